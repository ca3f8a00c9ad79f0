import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChannelStats, Stats, StatsBucket } from '../api/types.ts';
import { seriesOf, thin, totalsOf } from './stats-series.ts';

const MINUTE = 60_000;
const START = Date.parse('2026-11-26T10:00:00Z');

function channel(name: string, ...series: StatsBucket[]): ChannelStats {
  const sum = (index: 1 | 2 | 3) => series.reduce((total, bucket) => total + bucket[index], 0);
  return {
    channel: name,
    provider: 'webhook',
    totals: { accepted: sum(1), delivered: sum(2), failed: sum(3) },
    series,
  };
}

const stats: Stats = {
  from: '2026-11-26T10:00:30.000Z',
  to: '2026-11-26T10:04:30.000Z',
  bucket_ms: MINUTE,
  channels: [
    channel('a', [START, 3, 2, 1], [START + 2 * MINUTE, 1, 1, 0]),
    channel('b', [START + 2 * MINUTE, 5, 4, 1], [START + 60 * MINUTE, 9, 9, 9]),
  ],
};

test('every bucket from the first to the last has its entry; what is outside is left out', () => {
  assert.deepEqual(seriesOf(stats, null), {
    seconds: [0, 1, 2, 3, 4].map((minute) => (START + minute * MINUTE) / 1_000),
    delivered: [2, 0, 5, 0, 0],
    failed: [1, 0, 1, 0, 0],
  });
});

test('one channel alone; an unknown one is all zero', () => {
  assert.deepEqual(seriesOf(stats, 'a').delivered, [2, 0, 1, 0, 0]);
  assert.deepEqual(seriesOf(stats, 'c').delivered, [0, 0, 0, 0, 0]);
  assert.deepEqual(totalsOf(stats, 'a'), { accepted: 4, delivered: 3, failed: 1 });
});

test('thinned, the sums stay', () => {
  const { seconds, delivered, failed } = thin(seriesOf(stats, null), 2);
  assert.deepEqual([seconds.length, delivered, failed], [2, [7, 0], [2, 0]]);
  assert.deepEqual(thin(seriesOf(stats, null), 50), seriesOf(stats, null));
});
