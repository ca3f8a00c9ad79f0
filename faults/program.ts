import type { SeededRandom } from './support/random.ts';

/** One program that tries to break a promise of the contract. */
export interface FaultProgram {
  /** As it is called: `npm run faults -- NAME`. */
  readonly name: string;
  /** What it breaks and what must hold, in one sentence. */
  readonly about: string;
  run(context: FaultContext): Promise<FaultResult>;
}

export interface FaultContext {
  /** A failing run is repeated with the same seed. Where processes and disks take part, the seed fixes the plan, not every instant. */
  readonly seed: number;
  readonly random: SeededRandom;
  /** true: the long run whose figures stand in docs/reliability.md. */
  readonly full: boolean;
  /** Progress, for a person who watches. */
  say(line: string): void;
}

export type FaultResult =
  | {
      readonly kind: 'measured';
      /** What was seen: `0 lost, 3 copies, 50 kills`. */
      readonly value: string;
      /** What it is held against: `0 lost, copies <= 12 unknown`. */
      readonly bound: string;
      /** Each broken promise in a sentence; none = passed. */
      readonly broken: readonly string[];
    }
  /** This machine lacks what the program needs. That is no pass. */
  | { readonly kind: 'not_run'; readonly why: string };
