import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../core/clock.ts';
import type { ChannelCounts, Store } from '../../store/store.ts';
import { envelope, sendJson } from '../answer.ts';
import { timeJson } from '../message-json.ts';
import { parseStatsQuery, STATS_RANGES } from '../stats-query.ts';

export interface StatsDeps {
  readonly countDeliveries: Store['countDeliveries'];
  readonly clock: Pick<Clock, 'wallMs'>;
  readonly nextId: () => string;
}

/** `GET /api/stats`: deliveries per channel over time, up to the bucket that is still filling. */
export function registerStats(app: FastifyInstance, { countDeliveries, clock, nextId }: StatsDeps): void {
  app.get('/stats', async ({ raw }, reply) => {
    const { range, channel } = parseStatsQuery(raw.url ?? '');
    const { rangeMs, widthMs } = STATS_RANGES[range];
    const toMs = clock.wallMs();
    const fromMs = Math.floor(toMs / widthMs) * widthMs - rangeMs + widthMs;
    const counts = await countDeliveries({ widthMs, fromMs, ...(channel !== null && { channel }) });
    const stats = {
      from: timeJson(fromMs),
      to: timeJson(toMs),
      bucket_ms: widthMs,
      channels: counts.map(channelStats),
    };
    sendJson(reply, envelope(raw, nextId(), 'ok', 'success', stats));
    return reply;
  });
}

function channelStats({ channel, provider, buckets }: ChannelCounts) {
  const totals = { accepted: 0, delivered: 0, failed: 0 };
  for (const [, accepted, delivered, failed] of buckets) {
    totals.accepted += accepted;
    totals.delivered += delivered;
    totals.failed += failed;
  }
  return { channel, provider, totals, series: buckets };
}
