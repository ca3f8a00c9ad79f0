import type { ChannelStats, Stats } from '../api/types.ts';

/** Counts over time, one entry for each bucket between `from` and `to`, empty ones included. Ready for a chart. */
export interface Series {
  /** Bucket starts, seconds since the Unix epoch. */
  readonly seconds: readonly number[];
  readonly delivered: readonly number[];
  readonly failed: readonly number[];
}

/** @param channel null: all channels together. */
export function seriesOf(stats: Stats, channel: string | null): Series {
  const { bucket_ms: bucketMs } = stats;
  const firstMs = Math.floor(Date.parse(stats.from) / bucketMs) * bucketMs;
  const length = Math.max(1, Math.ceil((Date.parse(stats.to) - firstMs) / bucketMs));
  const delivered = new Array<number>(length).fill(0);
  const failed = new Array<number>(length).fill(0);
  for (const [startMs, , good, bad] of channelsOf(stats, channel).flatMap(({ series }) => series)) {
    const index = Math.floor((startMs - firstMs) / bucketMs);
    // The last bucket may begin after `to` was written.
    if (index < 0 || index >= length) continue;
    delivered[index] = (delivered[index] ?? 0) + good;
    failed[index] = (failed[index] ?? 0) + bad;
  }
  const seconds = delivered.map((_, index) => (firstMs + index * bucketMs) / 1_000);
  return { seconds, delivered, failed };
}

export function totalsOf(stats: Stats, channel: string | null): ChannelStats['totals'] {
  const totals = { accepted: 0, delivered: 0, failed: 0 };
  for (const { totals: each } of channelsOf(stats, channel)) {
    totals.accepted += each.accepted;
    totals.delivered += each.delivered;
    totals.failed += each.failed;
  }
  return totals;
}

/** Fewer and wider entries, for a small picture. */
export function thin(series: Series, maxEntries: number): Series {
  const step = Math.ceil(series.seconds.length / maxEntries);
  if (step <= 1) return series;
  const sums = (values: readonly number[]) =>
    Array.from({ length: Math.ceil(values.length / step) }, (_, index) =>
      values.slice(index * step, (index + 1) * step).reduce((sum, value) => sum + value, 0),
    );
  const seconds = series.seconds.filter((_, index) => index % step === 0);
  return { seconds, delivered: sums(series.delivered), failed: sums(series.failed) };
}

function channelsOf(stats: Stats, channel: string | null): readonly ChannelStats[] {
  return channel === null ? stats.channels : stats.channels.filter((each) => each.channel === channel);
}
