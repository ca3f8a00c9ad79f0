import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Delivery } from '../api/types.ts';
import { byChannel, latestDeliveries, summarize, tookMs } from './latest-deliveries.ts';

const CREATED = '2026-11-26T00:00:00.000Z';
const on = (channel: string, status: Delivery['status'], finishedAt: string | null = null): Delivery => ({
  id: `${channel}-${status}`,
  channel,
  provider: 'webhook',
  status,
  resent_at: null,
  attempt_count: 1,
  next_attempt_at: null,
  finished_at: finishedAt,
  error: null,
});

test('the latest delivery of each channel, in the order of the first', () => {
  const standings = latestDeliveries([on('a', 'failed'), on('b', 'delivered'), on('a', 'queued')]);
  assert.deepEqual(
    standings.map(({ latest, count }) => [latest.channel, latest.status, count]),
    [
      ['a', 'queued', 2],
      ['b', 'delivered', 1],
    ],
  );
});

test('channel by channel, the last first', () => {
  const deliveries = [on('a', 'failed'), on('b', 'delivered'), on('a', 'queued')];
  assert.deepEqual(
    byChannel(deliveries).map(({ id }) => id),
    ['a-queued', 'a-failed', 'b-delivered'],
  );
});

test('what failed comes first, then what is on its way', () => {
  const deliveries = [
    on('a', 'delivered'),
    on('b', 'retrying'),
    on('c', 'failed'),
    on('d', 'queued'),
    on('e', 'failed'),
  ];
  assert.deepEqual(
    byChannel(deliveries).map(({ channel }) => channel),
    ['c', 'e', 'b', 'd', 'a'],
  );
});

test('delivered everywhere takes as long as its slowest channel', () => {
  const deliveries = [
    on('a', 'delivered', '2026-11-26T00:00:01.500Z'),
    on('b', 'delivered', '2026-11-26T00:00:03.000Z'),
  ];
  assert.deepEqual(summarize(CREATED, deliveries), { kind: 'delivered', totalMs: 3_000, resent: false });
});

test('one open delivery keeps the message open', () => {
  assert.deepEqual(summarize(CREATED, [on('a', 'failed'), on('b', 'retrying')]), { kind: 'open' });
});

test('a failure counts until a later delivery makes up for it', () => {
  const failed = [on('a', 'failed'), on('b', 'delivered', CREATED)];
  assert.deepEqual(summarize(CREATED, failed), { kind: 'failed', delivered: 1, all: 2 });
  const later = {
    ...on('a', 'delivered', '2026-11-26T05:00:00.250Z'),
    resent_at: '2026-11-26T05:00:00.000Z',
  };
  assert.deepEqual(summarize(CREATED, [...failed, later]), { kind: 'delivered', totalMs: 250, resent: true });
});

test('a delivery counts from acceptance, a resent one from its resend, an open one not at all', () => {
  const finishedAt = '2026-11-26T05:00:00.250Z';
  assert.equal(tookMs(CREATED, on('a', 'failed', finishedAt)), 18_000_250);
  const resent = { ...on('a', 'delivered', finishedAt), resent_at: '2026-11-26T05:00:00.000Z' };
  assert.equal(tookMs(CREATED, resent), 250);
  assert.equal(tookMs(CREATED, on('a', 'sending')), null);
});
