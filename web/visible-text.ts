/** A piece of a text: as it is, or the name of a character that would not show or would change how others show. */
export type TextPiece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'mark'; readonly text: string };

/**
 * Controls but tab and line feed, marks that turn the reading direction, zero-width characters but the joiners that
 * emoji and scripts need, interlinear marks, the BOM, and surrogates without their partner.
 */
const HIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is its purpose
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufff9-\ufffb]|\p{Surrogate}/gu;

/** Cuts a text so that what hides in it can be shown: U+202E becomes a mark of its own. */
export function visiblePieces(text: string): readonly TextPiece[] {
  const pieces: TextPiece[] = [];
  const lines = text.replace(/\r\n/g, '\n');
  let end = 0;
  for (const { 0: char, index } of lines.matchAll(HIDDEN)) {
    if (index > end) pieces.push({ kind: 'text', text: lines.slice(end, index) });
    pieces.push({
      kind: 'mark',
      text: `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`,
    });
    end = index + char.length;
  }
  if (end < lines.length) pieces.push({ kind: 'text', text: lines.slice(end) });
  return pieces;
}

const LINE_END = /[\r\n\u2028\u2029]/;

/** The first line that has something in it, for a list; at most `maxLength` characters. `…` says that there is more. */
export function firstLine(text: string, maxLength = 300): string {
  const start = text.search(/\S/);
  if (start < 0) return '';
  const line = text.slice(start).split(LINE_END, 1)[0] ?? '';
  const short = line.trim();
  if (short.length > maxLength) return `${short.slice(0, maxLength).replace(/\p{Surrogate}$/u, '')}…`;
  return /\S/.test(text.slice(start + line.length)) ? `${short} …` : short;
}

/** What fits a list on any window, also in Chinese. */
const SURELY_SHOWN = 26;
/** What stands before a hit says what it is about. */
const BEFORE_HIT = 12;

/** The first line of a text; where what was searched for would not show in it, the line of the first hit from shortly before it. */
export function lineWithHit(text: string, find: string): string {
  const line = firstLine(text);
  const at = find === '' ? -1 : text.indexOf(find);
  if (at < 0) return line;
  const atInLine = line.indexOf(find);
  if (atInLine >= 0 && atInLine + find.length <= SURELY_SHOWN) return line;
  const lineBefore = text.slice(0, at).split(LINE_END).at(-1) ?? '';
  const before = lineBefore.slice(-BEFORE_HIT).replace(/^\p{Surrogate}/u, '');
  return `…${firstLine(before + text.slice(at))}`;
}

/** Marking each of a million hits would take the browser minutes. */
const MAX_HITS = 200;

interface HitPiece {
  readonly text: string;
  readonly isHit: boolean;
  /** Where it starts. */
  readonly at: number;
}

/** Cuts a text at what was searched for, as the service finds it: exactly. */
export function splitAtHits(text: string, find: string): readonly HitPiece[] {
  const pieces: HitPiece[] = [];
  let end = 0;
  const add = (until: number, isHit: boolean) => {
    if (until > end) pieces.push({ text: text.slice(end, until), isHit, at: end });
    end = until;
  };
  for (let hits = 0; find !== '' && hits < MAX_HITS; hits++) {
    const at = text.indexOf(find, end);
    if (at < 0) break;
    add(at, false);
    add(at + find.length, true);
  }
  add(text.length, false);
  return pieces;
}

/** How long a text is for a reader. */
export function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
