import type { DatabaseSync } from 'node:sqlite';
import type { ChannelCounts, CountBucket, CountQuery } from '../store.ts';

interface ChannelRow {
  readonly id: number;
  readonly channel: string;
  readonly provider: string;
}

type CountRow = readonly [channelId: number, ...bucket: CountBucket];

/** Reads the counts that `delivery-counts.ts` keeps. Rows as arrays: a month of 100 channels has 18,000 of them. */
export function createCountDeliveries(db: DatabaseSync): (query: CountQuery) => ChannelCounts[] {
  const channels = db.prepare('SELECT id, name AS channel, provider FROM channel ORDER BY id');
  const counts = db.prepare(
    `SELECT channel_id, start_ms, accepted, delivered, failed FROM delivery_count
     WHERE width_ms = ?1 AND start_ms >= ?2
       AND (?3 IS NULL OR channel_id IN (SELECT id FROM channel WHERE name = ?3))
     ORDER BY start_ms`,
  );
  counts.setReturnArrays(true);

  return ({ widthMs, fromMs, channel = null }) => {
    const buckets = new Map<number, CountBucket[]>();
    for (const [channelId, ...bucket] of counts.all(widthMs, fromMs, channel) as unknown as CountRow[]) {
      const known = buckets.get(channelId);
      if (known === undefined) buckets.set(channelId, [bucket]);
      else known.push(bucket);
    }
    return (channels.all() as unknown as ChannelRow[]).flatMap(({ id, channel: name, provider }) => {
      const found = buckets.get(id);
      return found === undefined ? [] : [{ channel: name, provider, buckets: found }];
    });
  };
}
