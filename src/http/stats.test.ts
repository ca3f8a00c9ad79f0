import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../core/clock.ts';
import { texts } from '../texts/texts.ts';
import { ApiError } from './api-error.ts';
import { parseStatsQuery } from './stats-query.ts';
import { jsonOf, startServer } from './test-support.ts';

// Goal: the range becomes whole buckets up to now, and counts a chart's series. Method: tables; a fixed clock.

const { api } = texts.zh;

for (const { query, want } of [
  { query: '', want: { range: '24h', channel: null } },
  { query: '?range=1h', want: { range: '1h', channel: null } },
  { query: '?range=30d&channel=%E8%BF%90%E7%BB%B4', want: { range: '30d', channel: '运维' } },
]) {
  test(`stats query ${query}`, () => assert.deepEqual(parseStatsQuery(`/api/stats${query}`), want));
}

for (const { query, want } of [
  { query: 'range=2h', want: api.badRange('1h, 24h, 7d, 30d') },
  { query: 'range=', want: api.badRange('1h, 24h, 7d, 30d') },
  { query: 'range=toString', want: api.badRange('1h, 24h, 7d, 30d') },
  { query: 'channel=', want: api.emptyParameter('channel') },
  { query: 'rang=1h', want: api.unknownParameter('rang', 'range') },
]) {
  test(`stats query ${query} is refused`, () => {
    assert.throws(
      () => parseStatsQuery(`/api/stats?${query}`),
      (error) => error instanceof ApiError && error.pickText(api) === want,
    );
  });
}

const NOW = Date.UTC(2026, 0, 31, 10, 7, 30, 5);
const ranges = [
  { range: '1h', bucketMs: 60_000, from: '2026-01-31T09:08:00.000Z' },
  { range: '24h', bucketMs: 900_000, from: '2026-01-30T10:15:00.000Z' },
  { range: '7d', bucketMs: 3_600_000, from: '2026-01-24T11:00:00.000Z' },
  { range: '30d', bucketMs: 14_400_000, from: '2026-01-01T12:00:00.000Z' },
];
for (const { range, bucketMs, from } of ranges) {
  test(`stats of ${range}: whole buckets, the last of them still filling`, async (t) => {
    const { url, counted } = await startServer(t, { clock: { ...systemClock, wallMs: () => NOW } });
    const { id: _, ...answer } = await jsonOf(await fetch(`${url}/api/stats?range=${range}`));
    assert.deepEqual(counted, [{ widthMs: bucketMs, fromMs: Date.parse(from) }]);
    assert.deepEqual(answer, {
      code: 'ok',
      msg: 'success',
      from,
      to: '2026-01-31T10:07:30.005Z',
      bucket_ms: bucketMs,
      channels: [
        {
          channel: 'ops',
          provider: 'feishu_bot',
          totals: { accepted: 3, delivered: 2, failed: 1 },
          series: [
            [900_000, 3, 1, 0],
            [2_700_000, 0, 1, 1],
          ],
        },
      ],
    });
  });
}
