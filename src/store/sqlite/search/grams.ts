/*
 * What the index knows of a text: its pairs of neighbouring characters (code points), each once. Spaces, marks and
 * letters of either case count as they are, since a search finds exactly what was written.
 */

/** One more than the largest code point. */
const CODE_POINTS = 0x110000;

/** A text with more pairs than this is not indexed but a candidate of every search: so one message stays a short step. */
const MAX_GRAMS = 20_000;

/** Pairs of a search that are looked up at most; its candidates are checked against the text anyway. */
const MAX_QUERY_GRAMS = 16;

/** The tokens of a text with spaces between them; null for a text that has too many. */
export function gramTokens(text: string): string | null {
  const grams = gramsOf(text, MAX_GRAMS + 1);
  return grams.size > MAX_GRAMS ? null : tokensOf(grams).join(' ');
}

/** The full-text query for texts that may contain this one; null for a text of a single character. */
export function gramQuery(text: string): string | null {
  const grams = gramsOf(text, MAX_QUERY_GRAMS);
  return grams.size === 0 ? null : tokensOf(grams).join(' AND ');
}

/** The tokens of single characters; no pair has the same. */
export function characterTokens(characters: Iterable<number>): string {
  return tokensOf(characters).join(' ');
}

export function codePointsOf(text: string): number[] {
  return Array.from(text, (character) => character.codePointAt(0) ?? 0);
}

function gramsOf(text: string, atMost: number): Set<number> {
  const grams = new Set<number>();
  let previous = -1;
  for (const character of text) {
    const codePoint = character.codePointAt(0) ?? 0;
    if (previous >= 0) grams.add(previous * CODE_POINTS + codePoint);
    if (grams.size >= atMost) break;
    previous = codePoint;
  }
  return grams;
}

/** Lower-case letters and digits only: no tokenizer changes them and no query syntax knows them. */
function tokensOf(codes: Iterable<number>): string[] {
  return Array.from(codes, (code) => code.toString(36));
}
