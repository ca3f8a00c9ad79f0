/**
 * A sentence's end, with the quotes and brackets that close after it. A Latin full stop needs a space
 * (3.14, a.b.c); the lookbehind keeps a long row of stops linear.
 */
const SENTENCE_END = /[。！？…；]+[”’」』）】》〉"')\]]*|(?<![.!?])[.!?]+["')\]]*\s+/g;
const SPACE = /\s+/g;
const LINE_END = /\n+/g;

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * Where to cut a piece of text that may reach from `start` to `end` at most: after a line, else a sentence, else
 * a space, looking no further back than half of the piece, else between two graphemes.
 *
 * A single grapheme that is longer than the piece is cut at `end`, which the caller puts between code points.
 *
 * @param finest `grapheme` skips the search for a better place.
 * @returns a position after `start` and not after `end`.
 */
export function cutPosition(text: string, start: number, end: number, finest?: 'grapheme'): number {
  // Whether there is a boundary at a position depends on what stands before it and on the one code point after it.
  const piece = text.slice(start, end + 2);
  const segments = graphemes.segment(piece);
  const length = end - start;
  const isBoundary = (position: number) => segments.containing(position)?.index === position;

  if (finest === undefined) {
    const earliest = Math.floor(length / 2);
    for (const pattern of [LINE_END, SENTENCE_END, SPACE]) {
      const found = lastEnd(pattern, piece.slice(earliest, length), (at) => isBoundary(earliest + at));
      if (found !== null) return start + earliest + found;
    }
  }
  const grapheme = segments.containing(length);
  // No segment: the piece ends here.
  if (!grapheme || grapheme.index === 0) return end;
  return start + grapheme.index;
}

/** The end of the last match at which `accept` agrees to a cut. */
function lastEnd(pattern: RegExp, text: string, accept: (at: number) => boolean): number | null {
  const ends = Array.from(text.matchAll(pattern), (match) => match.index + match[0].length);
  return ends.findLast((at) => at > 0 && accept(at)) ?? null;
}
