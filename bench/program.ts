/** One benchmark. It measures and tells; nothing passes or fails here. */
export interface BenchProgram {
  /** As it is called: `npm run bench -- NAME`. */
  readonly name: string;
  readonly about: string;
  run(context: BenchContext): Promise<BenchResult>;
}

export interface BenchContext {
  /** How often each subject is measured, in turn with the others; figures are medians of them. */
  readonly rounds: number;
  /** Each measurement takes so long, after a warm-up. */
  readonly measureMs: number;
  /** A tenth of the backlog and of the log: shows that a program runs. */
  readonly quick: boolean;
  /** The store with a long log, kept for the next run; made where it is absent. */
  readonly logStorePath: string;
  /** Progress, for a person who watches. */
  say(line: string): void;
}

export type BenchResult =
  | {
      readonly kind: 'measured';
      readonly tables: readonly BenchTable[];
      /** What each round gave, by the name of what was measured; for `--json`. */
      readonly rounds: Readonly<Record<string, readonly unknown[]>>;
    }
  /** This machine lacks what the program needs. */
  | { readonly kind: 'not_run'; readonly why: string };

export interface BenchTable {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}
