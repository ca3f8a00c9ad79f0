/*
 * What the index knows. Of a text: its pairs of neighbouring characters (code points), each once. Of a block of texts: its
 * characters and its triples of Chinese characters. Spaces, marks and letters of either case count as they are, since a
 * search finds exactly what was written.
 */

/** One more than the largest code point. */
const CODE_POINTS = 0x110000;

/**
 * Chinese, Japanese, Korean and everything behind begin here. Triples of letters and digits would be more than half of
 * all, since numbers and ids are never the same twice.
 */
const FIRST_CJK = 0x2e80;

/**
 * Triples that share a number are told apart by the texts. So many numbers for the several hundred triples of a block:
 * one absent triple in 300 to 400 seems to be there, and the index is 8 % smaller than with four times as many.
 */
const TRIPLE_CODES = 2 ** 18;

/** A text with more pairs than this is not indexed but a candidate of every search: so one message stays a short step. */
const MAX_GRAMS = 20_000;

/** Pairs or triples of a search that are looked up at most; its candidates are checked against the text anyway. */
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

/** Adds what the index knows of this text's block. */
export function addBlockCodes(codes: Set<number>, text: string): void {
  for (const codePoint of codePointsOf(text)) codes.add(codePoint);
  addTriples(codes, text, Number.POSITIVE_INFINITY);
}

/** The tokens of a block, with spaces between them. */
export function blockTokens(codes: Iterable<number>): string {
  return tokensOf(codes).join(' ');
}

/** The full-text query for blocks with a text that may contain this one; null where a block says nothing about it. */
export function blockQuery(text: string): string | null {
  const codePoints = codePointsOf(text);
  const codes = new Set(codePoints.length === 1 ? codePoints : []);
  addTriples(codes, text, MAX_QUERY_GRAMS);
  return codes.size === 0 ? null : tokensOf(codes).join(' AND ');
}

function codePointsOf(text: string): number[] {
  return Array.from(text, (character) => character.codePointAt(0) ?? 0);
}

function addTriples(codes: Set<number>, text: string, atMost: number): void {
  let [first, second] = [0, 0];
  for (const character of text) {
    const third = character.codePointAt(0) ?? 0;
    if (first >= FIRST_CJK && second >= FIRST_CJK && third >= FIRST_CJK)
      codes.add(tripleCode(first, second, third));
    if (codes.size >= atMost) return;
    [first, second] = [second, third];
  }
}

/** Behind the characters. Spread evenly by three odd numbers of no meaning and the upper bits, which all three reach. */
function tripleCode(first: number, second: number, third: number): number {
  const mixed = Math.imul(Math.imul(Math.imul(first, 0x9e3779b1) + second, 0x85ebca6b) + third, 0xc2b2ae35);
  return CODE_POINTS + (((mixed ^ (mixed >>> 15)) >>> 0) % TRIPLE_CODES);
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
