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
  /** Monotonic ms of the simulation. */
  readonly atMs: number;
  /** Wall clock of the simulation, as the sender's log uses it. */
  readonly taken: boolean;
}

export interface Ledgers {
  readonly driver: DriverLedger;
  readonly arrivals: readonly Arrival[];
  /** The whole push log after everything has come to rest. */
  readonly log: readonly LogEntryWithAttempts[];
  readonly channels: readonly SimulatedChannel[];
  /** What was done to the service. */
  readonly faults: { readonly crashes: number; readonly storeFaults: number; readonly lostAnswers: number };
}

export interface SimulatedChannel {
  readonly name: string;
  readonly providerId: string;
  readonly ordered: boolean;
  /** Channels with the same endpoint share its limits. */
  readonly endpoint: string;
  readonly perMinute: number;
  readonly perSecond: number;
}
