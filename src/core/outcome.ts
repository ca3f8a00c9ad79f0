import type { LocalText } from './local-text.ts';

/**
 * What an attempt learned.
 *
 * - `ok`: the platform took the message.
 * - `rate_limited`: refused for its frequency; the endpoint pauses, the retry count is not used up.
 * - `transient`: surely not taken, and the same request may succeed later.
 * - `permanent`: surely not taken, and the same request can never succeed.
 * - `unknown`: the platform may or may not have taken it.
 */
export const OUTCOME_KINDS = ['ok', 'rate_limited', 'transient', 'permanent', 'unknown'] as const;
export type OutcomeKind = (typeof OUTCOME_KINDS)[number];

/** What a provider reads out of a platform's answer. */
export interface Verdict {
  readonly kind: OutcomeKind;
  /** The platform's own code as it wrote it (`"19024"`, `"invalid_token"`); null where it has none. */
  readonly platformCode: string | null;
  /** What went wrong and what to do about it; null when `kind` is `ok`. */
  readonly error: LocalText | null;
  /** `rate_limited` only: how long the platform asks us to stay silent, or its documented penalty. */
  readonly pauseMs?: number;
  /** `rate_limited` only: the pause doubles with each limit met in a row, up to this. */
  readonly pauseGrowsToMs?: number;
  /** `rate_limited` only: the platform means this machine, not this endpoint, so all its endpoints pause. */
  readonly pausesPlatform?: boolean;
  /** `transient` only: this machine had no room for the request. The retry count is not used up. */
  readonly ownFault?: boolean;
  /** The platform says that the endpoint itself is gone (hook revoked, group disbanded): no later message can get through either. */
  readonly endpointGone?: boolean;
  /** As `endpointGone`, but the platform says the same in other cases too: it counts only when it is said again and again. */
  readonly endpointSuspect?: boolean;
}

/** A verdict together with what was seen on the wire. Everything in it is masked: it goes to the log as it is. */
export interface Outcome extends Verdict {
  /** null when no answer was received. */
  readonly httpStatus: number | null;
  /** The start of the answer's body, at most 4 KiB; null when there was none. */
  readonly response: string | null;
}
