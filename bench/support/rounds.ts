import type { BenchContext } from '../program.ts';

/** Something that is measured once in each round. */
export interface Case<T> {
  readonly name: string;
  measure(): Promise<T>;
}

/** By the name of the case, one entry for each round. */
export type Rounds<T> = Readonly<Record<string, readonly T[]>>;

/** Measures each case once per round, in turn: a machine that grows slower meanwhile does so for all of them. */
export async function measureInTurn<T>(
  { rounds, say }: Pick<BenchContext, 'rounds' | 'say'>,
  cases: readonly Case<T>[],
): Promise<Rounds<T>> {
  const measured: Record<string, T[]> = Object.fromEntries(cases.map(({ name }) => [name, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const { name, measure } of cases) {
      say(`round ${round} of ${rounds}: ${name}`);
      measured[name]?.push(await measure());
    }
  }
  return measured;
}

/** NaN where it was not measured. */
export type Figure<T> = (measured: T) => number;

/** From so many rounds on, a range is that of the middle half of them; of fewer it is from the least to the most. */
const ROUNDS_FOR_QUARTILES = 8;

/** The median over the rounds, and in brackets their range where there are several. */
export function spread<T>(rounds: readonly T[], figure: Figure<T>, digits = 0): string {
  const values = rounds.map(figure);
  return withRange(median(values), values, digits);
}

/** The median of the ratios within each round, and in brackets their range. */
export function ratio<T>(ours: readonly T[], theirs: readonly T[], figure: Figure<T>, digits = 2): string {
  const ourValues = ours.map(figure);
  const theirValues = theirs.map(figure);
  const perRound = ourValues.map((value, round) => value / (theirValues[round] ?? Number.NaN));
  return withRange(median(perRound), perRound, digits);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]];
  return (low + high) / 2;
}

function withRange(value: number, values: readonly number[], digits: number): string {
  if (!Number.isFinite(value)) return '–';
  if (values.length < 2) return value.toFixed(digits);
  const sorted = values.toSorted((a, b) => a - b);
  const cut = values.length < ROUNDS_FOR_QUARTILES ? 0 : Math.floor(values.length / 4);
  const [least = Number.NaN, most = Number.NaN] = [sorted[cut], sorted[sorted.length - 1 - cut]];
  return `${value.toFixed(digits)} (${least.toFixed(digits)}–${most.toFixed(digits)})`;
}
