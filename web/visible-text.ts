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

/** The first line that has something in it, for a list; at most `maxLength` characters. */
export function firstLine(text: string, maxLength = 300): string {
  const line = text.split(/[\r\n\u2028\u2029]/).find((candidate) => candidate.trim() !== '') ?? '';
  const short = line.trim();
  return short.length > maxLength ? `${short.slice(0, maxLength).replace(/\p{Surrogate}$/u, '')}…` : short;
}

/** How long a text is for a reader. */
export function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
