import type { Overflow } from '../core/channel-config.ts';
import type { TextLimit } from '../providers/provider.ts';
import { texts } from '../texts/texts.ts';
import { cutPosition } from './text-cut.ts';

export type SplitResult =
  | { readonly kind: 'parts'; readonly parts: string[] }
  | { readonly kind: 'too_long' };

type Measure = Pick<TextLimit, 'max' | 'measure'>;

/** More parts than this are not counted out in a marker; at 20 requests a minute they would take eight hours. */
const MAX_MARKER_DIGITS = 4;

/**
 * Makes one text fit a platform's limit, in as many requests as `overflow` allows.
 *
 * - `split`: cut after a line, else after a sentence, else after a space, else between graphemes. Each part of
 *   several begins with a marker line, `(1/3)`. Without their markers the parts are the text: no character is
 *   lost, line ends and spaces at a cut included.
 * - `truncate`: one part with a mark at its end.
 * - `fail`, and when not even one character fits: `too_long`.
 *
 * Deterministic: a retry of part n makes the same cuts.
 */
export function splitText(text: string, limit: TextLimit | null, overflow: Overflow): SplitResult {
  if (limit === null) return { kind: 'parts', parts: [text] };
  const wholeSize = limit.measure(text);
  if (wholeSize <= limit.max) return { kind: 'parts', parts: [text] };
  switch (overflow) {
    case 'fail':
      return { kind: 'too_long' };
    case 'truncate':
      return truncate(text, limit);
    case 'split':
      return split(text, wholeSize, limit);
    default:
      return overflow satisfies never;
  }
}

function split(text: string, wholeSize: number, limit: Measure): SplitResult {
  const emptySize = limit.measure('');
  // The marker's width depends on the number of parts and the number of parts on the marker's width.
  for (let digits = 1; digits <= MAX_MARKER_DIGITS; digits++) {
    const widest = 10 ** digits - 1;
    const marker = partMarker(widest, widest);
    const size: Size = { max: limit.max, of: (part) => limit.measure(marker + part) };
    if (surelyMore(widest, { wholeSize: wholeSize - emptySize, sliceSize: limit.max - size.of('') }))
      continue;
    const guess = Math.floor((limit.max / wholeSize) * text.length);
    const slices = slice(text, size, guess, widest);
    if (slices === 'too_narrow') return { kind: 'too_long' };
    if (slices === 'too_many') continue;
    const parts = slices.map((part, index) => partMarker(index + 1, slices.length) + part);
    return { kind: 'parts', parts };
  }
  return { kind: 'too_long' };
}

/** @param guess the length of the first slice, about. */
function slice(
  text: string,
  size: Size,
  guess: number,
  maxSlices: number,
): string[] | 'too_many' | 'too_narrow' {
  const slices: string[] = [];
  let start = 0;
  let lastLength = guess;
  while (start < text.length) {
    if (slices.length === maxSlices) return 'too_many';
    const fit = longestFit(text, start, lastLength, size);
    if (fit === start) return 'too_narrow';
    const end = fit === text.length ? fit : cutPosition(text, start, fit);
    slices.push(text.slice(start, end));
    lastLength = fit - start;
    start = end;
  }
  return slices;
}

/** A cut may save a little: half of an `@everyone` needs no escape. */
const SAVED_BY_CUTS = 0.98;

/** Whether it takes more slices than that, seen from the sizes alone: saves cutting a long text in vain. */
function surelyMore(
  slices: number,
  { wholeSize, sliceSize }: { readonly wholeSize: number; readonly sliceSize: number },
): boolean {
  return sliceSize > 0 && wholeSize * SAVED_BY_CUTS > slices * sliceSize;
}

function truncate(text: string, limit: Measure): SplitResult {
  // In the language of the text: whoever reads the group reads that.
  const { delivery } = /\p{Script=Han}/u.test(text) ? texts.zh : texts.en;
  const mark = delivery.truncatedMark([...text].length);
  const size: Size = { max: limit.max, of: (part) => limit.measure(part + mark) };
  const fit = longestFit(text, 0, limit.max, size);
  if (fit === 0) return { kind: 'too_long' };
  return { kind: 'parts', parts: [text.slice(0, cutPosition(text, 0, fit, 'grapheme')) + mark] };
}

/** How large a piece is with what goes around it, and how large it may be. */
interface Size {
  readonly max: number;
  of(part: string): number;
}

/**
 * What a piece may lack of the limit, as a share of it: looking for the last few characters of each piece would measure the
 * whole text once more (a million `<` on Discord: 170 ms against 120).
 */
const SLACK = 1 / 256;

/** So often the next try is where a line through the last two sizes says; then in the middle, which always ends soon. */
const LINES_IN_A_ROW = 3;

/**
 * The end of about the longest piece from `start` that fits, never inside a surrogate pair; `start` if none does.
 *
 * Begins with `guess`, the length of the piece before. Texts are much the same from one piece to the next, so one try is
 * usual: where a piece is nearly as long as it may be, a longer one is not looked for. Longer pieces are only tried in
 * doubling steps, so that `size` never sees the whole rest of a long text.
 */
function longestFit(text: string, start: number, guess: number, size: Size): number {
  let good = { end: start, size: size.of('') };
  let bad = { end: text.length + 1, size: Number.POSITIVE_INFINITY };
  if (good.size > size.max) return start;

  const tryAt = (position: number) => {
    const end = between(text, good.end, bad.end, position);
    if (end === null) return false;
    const tried = { end, size: size.of(text.slice(start, end)) };
    if (tried.size <= size.max) good = tried;
    else bad = tried;
    return true;
  };

  const enough = size.max - Math.floor(size.max * SLACK);
  let going = tryAt(start + Math.max(1, guess));
  for (let tries = 1; going && (good.size < enough || good.end === start); tries++) {
    const isHalving = tries % (LINES_IN_A_ROW + 1) === 0;
    const farthest = bad.size === Number.POSITIVE_INFINITY ? start + 2 * (good.end - start) + 8 : bad.end - 1;
    const line = isHalving
      ? Math.floor((good.end + farthest) / 2)
      : onLine({ good, bad, start, max: size.max });
    going = tryAt(Math.min(line, farthest));
  }
  return good.end;
}

interface Tried {
  readonly end: number;
  readonly size: number;
}

interface Tries {
  readonly good: Tried;
  readonly bad: Tried;
  readonly start: number;
  readonly max: number;
}

/** Where the size would reach the limit if all characters of the piece were of one size. */
function onLine({ good, bad, start, max }: Tries): number {
  const perUnit =
    bad.size === Number.POSITIVE_INFINITY
      ? good.size / Math.max(1, good.end - start)
      : (bad.size - good.size) / (bad.end - good.end);
  return good.end + Math.floor((max - good.size) / perUnit);
}

/** The whole code points that end nearest to `position`, strictly between two ends; null when there are none. */
function between(text: string, good: number, bad: number, position: number): number | null {
  const wanted = wholeCodePoints(text, Math.max(good, Math.min(position, bad - 1, text.length)));
  const end = wanted > good ? wanted : nextCodePoint(text, good);
  return end < bad && end <= text.length ? end : null;
}

/** Steps back from the middle of a surrogate pair. */
function wholeCodePoints(text: string, end: number): number {
  const inside = end > 0 && end < text.length && isHigh(text, end - 1) && isLow(text, end);
  return inside ? end - 1 : end;
}

function nextCodePoint(text: string, start: number): number {
  return start + (isHigh(text, start) && isLow(text, start + 1) ? 2 : 1);
}

function isHigh(text: string, index: number): boolean {
  return (text.charCodeAt(index) & 0xfc00) === 0xd800;
}

function isLow(text: string, index: number): boolean {
  return (text.charCodeAt(index) & 0xfc00) === 0xdc00;
}

function partMarker(number: number, count: number): string {
  return `(${number}/${count})\n`;
}
