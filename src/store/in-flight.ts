import type { OnLeaving } from '../core/on-leaving.ts';
import type { RecordAttemptCommand } from './store.ts';

/** How an attempt ended, and what follows: known from the moment at which its answer was read. */
export type AttemptEnd = Pick<RecordAttemptCommand, 'durationMs' | 'outcome' | 'next'>;

/**
 * What an earlier process has left of an attempt that it did not record:
 *
 * - `not_sent`: surely not one byte of its request has left.
 * - `maybe_sent`: the request may have left, and nobody has seen an answer.
 * - `ended`: the answer was read, and only its record is missing.
 */
export type LeftBehind =
  | { readonly kind: 'not_sent' }
  | { readonly kind: 'maybe_sent' }
  | { readonly kind: 'ended'; readonly end: AttemptEnd };

/**
 * Marks of the requests in flight, in a place that outlives the process: they shrink the time in which a kill leaves it
 * open whether a message has arrived to that in which nobody can know it.
 */
export interface InFlightMarks {
  /** What the earlier process knew of an attempt that is still without an end in the store. */
  leftBehind(attemptId: number): LeftBehind;
  /** Forgets what the earlier process left; marks can be made from now on. */
  begin(): void;
  /** For an attempt that has been leased. */
  mark(attemptId: number): InFlightMark;
}

export interface InFlightMark {
  /** `now`: marked when this returns, together with all that leave soon. */
  readonly leaving: OnLeaving;
  /** Marked within this turn of the event loop. */
  ended(end: AttemptEnd): void;
  /** The end is in the store; the mark is not needed any more. */
  release(): void;
}

const NO_MARK: InFlightMark = {
  leaving: () => undefined,
  ended: () => undefined,
  release: () => undefined,
};

/** Where nothing can be marked: after a kill every attempt in flight may have been sent. */
export const noMarks: InFlightMarks = {
  leftBehind: () => ({ kind: 'maybe_sent' }),
  begin: () => undefined,
  mark: () => NO_MARK,
};
