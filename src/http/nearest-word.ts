import { editDistance } from '../core/nearest-word.ts';

/** A name that a caller made up is shown at most this long. */
const MAX_SHOWN_CHARS = 50;

/** The known word with the smallest edit distance; for a tie the earlier one. */
export function nearestWord(word: string, known: readonly [string, ...string[]]): string {
  const wanted = shownWord(word).toLowerCase();
  let best: string = known[0];
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const distance = editDistance(wanted, candidate);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** A caller's own word as an answer repeats it: cut short, and valid Unicode. */
export function shownWord(word: string): string {
  const start = [...word.slice(0, MAX_SHOWN_CHARS * 2)].slice(0, MAX_SHOWN_CHARS).join('');
  return (start.length < word.length ? `${start}…` : start).toWellFormed();
}
