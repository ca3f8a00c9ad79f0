import { COUNT_WIDTHS_MS } from '../store.ts';
import type { Statements } from './statements.ts';

/** Only the last hour is shown in minutes. */
const KEEP_MINUTES_MS = 2 * 86_400_000;
/** Old minutes deleted in one transaction: about this many, so that no commit waits for a purge. */
const PURGE_BUCKETS = 500;
const MINUTE_MS = 60_000;
/** Minutes since 1970 until the year 2225: a channel and a minute make one whole number. */
const MINUTES_OF_ALL_TIME = 2 ** 27;

type Counted = 'accepted' | 'delivered' | 'failed';

/**
 * Counts the deliveries of one transaction, for the charts.
 *
 * The sums of a batch are kept in memory and written once, inside its transaction, so that counts and rows never
 * disagree, and a batch of thousands costs as many statements as it has channels.
 */
export interface DeliveryCounts {
  /** @param atMs wall-clock time. */
  add(channelId: number, what: Counted, atMs: number, count?: number): void;
  /** Writes what was counted. Before the commit. */
  write(): void;
  /** Forgets what was counted and not written: its transaction is rolled back. */
  discard(): void;
}

interface Sums {
  readonly channelId: number;
  readonly minuteMs: number;
  accepted: number;
  delivered: number;
  failed: number;
}

export function createDeliveryCounts(sql: Statements): DeliveryCounts {
  const sums = new Map<number, Sums>();
  let purgedUntilMs = 0;

  return {
    add(channelId, what, atMs, count = 1) {
      const minuteMs = startOf(atMs, MINUTE_MS);
      const key = channelId * MINUTES_OF_ALL_TIME + minuteMs / MINUTE_MS;
      let present = sums.get(key);
      if (present === undefined) {
        present = { channelId, minuteMs, accepted: 0, delivered: 0, failed: 0 };
        sums.set(key, present);
      }
      present[what] += count;
    },
    write() {
      for (const { channelId, minuteMs, accepted, delivered, failed } of sums.values()) {
        for (const widthMs of COUNT_WIDTHS_MS) {
          sql.addCounts.run(widthMs, startOf(minuteMs, widthMs), channelId, accepted, delivered, failed);
        }
        purgeMinutes(minuteMs - KEEP_MINUTES_MS);
      }
      sums.clear();
    },
    discard: () => sums.clear(),
  };

  /** At most once a minute. */
  function purgeMinutes(beforeMs: number): void {
    if (beforeMs <= purgedUntilMs) return;
    purgedUntilMs = beforeMs;
    const last = sql.nthBucket.get(MINUTE_MS, PURGE_BUCKETS) as { start_ms: number } | undefined;
    sql.purgeBuckets.run(MINUTE_MS, beforeMs, last?.start_ms ?? beforeMs);
  }
}

function startOf(atMs: number, widthMs: number): number {
  return Math.floor(atMs / widthMs) * widthMs;
}
