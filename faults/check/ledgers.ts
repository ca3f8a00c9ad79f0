import type { LogEntryWithAttempts } from '../../src/store/store.ts';

/** What the clients know: every request that got a 200, and the id in each answer to its key. */
export interface DriverLedger {
  readonly accepted: Map<string, { readonly token: string; readonly key: string }>;
  readonly idsOfKey: Map<string, Set<string>>;
}

/** One request as a receiver saw it. */
export interface Arrival {
  readonly channel: string;
  readonly token: string;
  /** Tells the parts of a split text apart; 0 for a whole text. */
  readonly part: number;
  /** Monotonic ms at the receiver, when the whole request had come. */
  readonly atMs: number;
  /** The receiver's group has the message, whatever the sender came to know. */
  readonly taken: boolean;
}

export interface Ledgers {
  readonly driver: DriverLedger;
  readonly arrivals: readonly Arrival[];
  /** The whole push log after everything has come to rest. */
  readonly log: readonly LogEntryWithAttempts[];
  readonly channels: readonly CheckedChannel[];
  /** Everything that the service printed, where a program keeps it. */
  readonly output?: string;
  /** What must be in no log and in no output. */
  readonly secrets?: readonly string[];
}

/** A channel as far as the checker must know it. */
export interface CheckedChannel {
  readonly name: string;
  /** Default `webhook`. */
  readonly provider?: string;
  readonly ordered: boolean;
  /** Default `retry`. */
  readonly onUncertain?: 'retry' | 'hold';
  /** Channels with the same endpoint share its limits. */
  readonly endpoint: string;
  /** 0 = no limit. */
  readonly perMinute: number;
  readonly perSecond: number;
}
