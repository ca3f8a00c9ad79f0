import type { DatabaseSync } from 'node:sqlite';
import type { ChannelCounts, CountQuery } from '../store.ts';

interface CountRow {
  readonly channel_id: number;
  readonly channel: string;
  readonly provider: string;
  readonly start_ms: number;
  readonly accepted: number;
  readonly delivered: number;
  readonly failed: number;
}

/** Reads the counts that `delivery-counts.ts` keeps. */
export function createCountDeliveries(db: DatabaseSync): (query: CountQuery) => ChannelCounts[] {
  const select = db.prepare(
    `SELECT n.channel_id, c.name AS channel, c.provider, n.start_ms, n.accepted, n.delivered, n.failed
     FROM delivery_count n JOIN channel c ON c.id = n.channel_id
     WHERE n.width_ms = ?1 AND n.start_ms >= ?2 AND (?3 IS NULL OR c.name = ?3) ORDER BY n.start_ms`,
  );

  return ({ widthMs, fromMs, channel = null }) => {
    const rows = select.all(widthMs, fromMs, channel) as unknown as CountRow[];
    const byChannel = Map.groupBy(rows, (row) => row.channel_id);
    return [...byChannel.values()].flatMap((buckets) => {
      const [first] = buckets;
      return first === undefined
        ? []
        : [{ channel: first.channel, provider: first.provider, buckets: buckets.map(toBucket) }];
    });
  };
}

function toBucket({ start_ms, accepted, delivered, failed }: CountRow) {
  return { startMs: start_ms, accepted, delivered, failed };
}
