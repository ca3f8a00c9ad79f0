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
  if (limit === null || limit.measure(text) <= limit.max) return { kind: 'parts', parts: [text] };
  switch (overflow) {
    case 'fail':
      return { kind: 'too_long' };
    case 'truncate':
      return truncate(text, limit);
    case 'split':
      return split(text, limit);
    default:
      return overflow satisfies never;
  }
}

function split(text: string, limit: Measure): SplitResult {
  // The marker's width depends on the number of parts and the number of parts on the marker's width.
  for (let digits = 1; digits <= MAX_MARKER_DIGITS; digits++) {
    const widest = 10 ** digits - 1;
    const slices = slice(text, limit, partMarker(widest, widest), widest);
    if (slices === 'too_narrow') return { kind: 'too_long' };
    if (slices === 'too_many') continue;
    const parts = slices.map((part, index) => partMarker(index + 1, slices.length) + part);
    return { kind: 'parts', parts };
  }
  return { kind: 'too_long' };
}

/** Cuts the text so that each slice fits behind `marker`. */
function slice(
  text: string,
  limit: Measure,
  marker: string,
  maxSlices: number,
): string[] | 'too_many' | 'too_narrow' {
  const fits = (part: string) => limit.measure(marker + part) <= limit.max;
  const slices: string[] = [];
  let start = 0;
  let lastLength = 1;
  while (start < text.length) {
    if (slices.length === maxSlices) return 'too_many';
    const fit = longestFit(text, start, lastLength, fits);
    if (fit === start) return 'too_narrow';
    const end = fit === text.length ? fit : cutPosition(text, start, fit);
    slices.push(text.slice(start, end));
    lastLength = fit - start;
    start = end;
  }
  return slices;
}

function truncate(text: string, limit: Measure): SplitResult {
  // In the language of the text: whoever reads the group reads that.
  const { delivery } = /\p{Script=Han}/u.test(text) ? texts.zh : texts.en;
  const mark = delivery.truncatedMark([...text].length);
  const fits = (part: string) => limit.measure(part + mark) <= limit.max;
  const fit = longestFit(text, 0, limit.max, fits);
  if (fit === 0) return { kind: 'too_long' };
  return { kind: 'parts', parts: [text.slice(0, cutPosition(text, 0, fit, 'grapheme')) + mark] };
}

/**
 * The end of the longest piece from `start` that fits, never inside a surrogate pair; `start` if none does.
 *
 * Gropes up or down from `guess` in doubling steps and then halves, so that `fits` sees a few slices of about the
 * size of one part each and never the whole rest of a long text.
 */
function longestFit(text: string, start: number, guess: number, fits: (part: string) => boolean): number {
  let good = start;
  let bad = text.length + 1;
  const tryAt = (position: number) => {
    const end = wholeCodePoints(text, Math.max(start, Math.min(position, text.length)));
    if (end <= good || end >= bad) return;
    if (fits(text.slice(start, end))) good = end;
    else bad = end;
  };
  tryAt(start + guess);
  for (let step = 8; bad > text.length && good < text.length; step *= 2) tryAt(good + step);
  for (let step = 8; good === start && bad - step > start; step *= 2) tryAt(bad - step);
  for (;;) {
    const middle = wholeCodePoints(text, Math.floor((good + bad) / 2));
    const end = middle > good ? middle : nextCodePoint(text, good);
    if (end >= bad || end > text.length) return good;
    tryAt(end);
  }
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
