/** Levenshtein distance; two neighbours swapped cost 1 (the commonest slip of a keyboard). */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

/** Words longer than this are no slip of anyone's keyboard, and the distance is quadratic in time. */
const LONGEST_WORD = 100;

/**
 * The known word that was probably meant, or null when none is close: at most a third of the letters differ
 * (two in short words), or one is the other's beginning (`feishu` for `feishu_bot`).
 */
export function nearest(word: string, known: readonly string[]): string | null {
  if (word === '' || word.length > LONGEST_WORD) return null;
  const lower = word.toLowerCase();
  const allowed = Math.max(Math.min(2, word.length - 1), Math.floor(word.length / 3));
  let best: { word: string; distance: number } | null = null;
  for (const candidate of known) {
    // Of a thousand names this leaves the few that are worth a look.
    if (Math.abs(candidate.length - lower.length) > allowed) continue;
    const distance = editDistance(lower, candidate.toLowerCase());
    if (best === null || distance < best.distance) best = { word: candidate, distance };
  }
  if (best !== null && best.distance <= allowed) return best.word;
  return known.find((candidate) => lower.length >= 3 && candidate.startsWith(lower)) ?? null;
}
