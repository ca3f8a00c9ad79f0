import type { CountWidthMs } from '../store/store.ts';
import { invalidArgument } from './api-error.ts';
import { parseQuery } from './query.ts';

const HOUR_MS = 3_600_000;

/** What a chart can show: so much time, in buckets of this width. */
export const STATS_RANGES = {
  '1h': { rangeMs: HOUR_MS, widthMs: 60_000 },
  '24h': { rangeMs: 24 * HOUR_MS, widthMs: 900_000 },
  '7d': { rangeMs: 168 * HOUR_MS, widthMs: 3_600_000 },
  '30d': { rangeMs: 720 * HOUR_MS, widthMs: 14_400_000 },
} as const satisfies Record<string, { readonly rangeMs: number; readonly widthMs: CountWidthMs }>;

export type StatsRange = keyof typeof STATS_RANGES;
export const STATS_RANGE_NAMES = Object.keys(STATS_RANGES) as StatsRange[];
export const DEFAULT_RANGE: StatsRange = '24h';

const STATS_PARAMETERS = ['range', 'channel'] as const;

export interface StatsQuery {
  readonly range: StatsRange;
  readonly channel: string | null;
}

/** @throws ApiError that names the parameter. */
export function parseStatsQuery(target: string): StatsQuery {
  const { range: name = DEFAULT_RANGE, channel = null } = parseQuery(target, STATS_PARAMETERS);
  const range = STATS_RANGE_NAMES.find((known) => known === name);
  if (range === undefined) throw invalidArgument((t) => t.badRange(STATS_RANGE_NAMES.join(', ')));
  if (channel === '') throw invalidArgument((t) => t.emptyParameter('channel'));
  return { range, channel };
}
