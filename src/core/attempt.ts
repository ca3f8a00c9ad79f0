import type { LocalText } from './local-text.ts';
import type { OutcomeKind } from './outcome.ts';

/** One request for a delivery, as the push log shows it. It is written before the first byte leaves. */
export interface Attempt {
  /** From 1. */
  readonly number: number;
  /** Which part of a split text it carried, from 1. */
  readonly part: number;
  readonly startedAtMs: number;
  /** null while the request is in flight. */
  readonly durationMs: number | null;
  readonly outcome: OutcomeKind | null;
  readonly httpStatus: number | null;
  readonly platformCode: string | null;
  readonly response: string | null;
  readonly error: LocalText | null;
  /** The group may have the text already, from an earlier attempt that ended `unknown` or an earlier delivery of the message. */
  readonly possibleDuplicate: boolean;
}
