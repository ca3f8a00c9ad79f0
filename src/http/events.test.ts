import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { openEventStream } from '../../test/support/event-stream.ts';
import { systemClock } from '../core/clock.ts';
import type { Delivery } from '../core/delivery.ts';
import { Secret } from '../core/secret.ts';
import { createChangeFeed } from '../pushlog/change-feed.ts';
import { texts } from '../texts/texts.ts';
import { jsonOf, startServer } from './test-support.ts';

// Goal: changes leave as server-sent events, and streams end as they should. Method: a real server and feed, a store
// double.

const MESSAGE = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
const failedWith = (error: Delivery['error']): Delivery => ({
  id: '7',
  channel: 'ops',
  provider: 'webhook',
  status: 'failed',
  resentAtMs: null,
  attemptCount: 2,
  nextAttemptAtMs: null,
  finishedAtMs: 1_500,
  error,
});
const failed = failedWith({ zh: '平台拒绝\n第二行', en: 'refused' });

function feedOf(delivery: Delivery) {
  return createChangeFeed({
    store: {
      listDeliveries: async ({ deliveryIds }) =>
        deliveryIds.map((id) => ({ messageId: MESSAGE, delivery: { ...delivery, id: String(id) } })),
    },
    clock: systemClock,
    epoch: 'epoch',
    onTrouble: (error) => assert.fail(String(error)),
  });
}

test('head, hello, and each change in the language of the caller', async (t) => {
  const feed = feedOf(failed);
  const { url } = await startServer(t, { feed });
  const [zh, en] = [
    await openEventStream(`${url}/api/events`),
    await openEventStream(`${url}/api/events`, { 'accept-language': 'en' }),
  ];
  assert.equal(zh.response.status, 200);
  for (const [name, value] of [
    ['content-type', 'text/event-stream; charset=utf-8'],
    ['cache-control', 'no-store'],
    ['x-accel-buffering', 'no'],
    ['x-content-type-options', 'nosniff'],
  ] as const)
    assert.equal(zh.response.headers.get(name), value);

  feed.noteDelivery(7);
  const change = await zh.until((events) => events[1]);
  assert.deepEqual(zh.events[0], { id: 'epoch-0', name: 'hello', data: { id: 'epoch-0' } });
  assert.match(zh.text(), /^retry: 2000\n\n/);
  assert.deepEqual(change, {
    id: 'epoch-1',
    name: 'delivery',
    data: {
      message_id: MESSAGE,
      id: '7',
      channel: 'ops',
      provider: 'webhook',
      status: 'failed',
      resent_at: null,
      attempt_count: 2,
      next_attempt_at: null,
      finished_at: '1970-01-01T00:00:01.500Z',
      error: '平台拒绝\n第二行',
    },
  });
  assert.equal((await en.until((events) => events[1]?.data as { error: string })).error, 'refused');
});

for (const { name, query, headers } of [
  { name: 'the header', query: '', headers: { 'last-event-id': 'epoch-1' } },
  { name: 'the parameter', query: '?last_event_id=epoch-1', headers: {} },
  {
    name: 'the header before the parameter',
    query: '?last_event_id=old',
    headers: { 'last-event-id': 'epoch-1' },
  },
]) {
  test(`a client that comes back says where it was by ${name}`, async (t) => {
    const feed = feedOf(failed);
    for (const id of [1, 2, 3]) feed.noteDelivery(id);
    const { url } = await startServer(t, { feed });
    const stream = await openEventStream(`${url}/api/events${query}`, headers);
    await stream.until((events) => events[2]);
    assert.deepEqual(
      stream.events.map(({ id, name: event }) => [id, event]),
      [
        ['epoch-1', 'hello'],
        ['epoch-2', 'delivery'],
        ['epoch-3', 'delivery'],
      ],
    );
  });
}

test('a position of another process is answered by reset', async (t) => {
  const feed = feedOf(failed);
  feed.noteDelivery(1);
  const { url } = await startServer(t, { feed });
  const stream = await openEventStream(`${url}/api/events`, { 'last-event-id': 'other-5' });
  assert.deepEqual(await stream.until((events) => events[1]), { id: 'epoch-1', name: 'reset', data: {} });
});

test('a quiet stream shows that it lives', async (t) => {
  const { url } = await startServer(t);
  const stream = await openEventStream(`${url}/api/events`);
  await stream.until(() => (stream.text().includes('\n\n: ping\n\n: ping\n\n') ? true : undefined));
});

for (const { query, want } of [
  { query: 'last_event_id=', want: texts.zh.api.emptyParameter('last_event_id') },
  { query: 'since=1', want: texts.zh.api.unknownParameter('since', 'last_event_id') },
]) {
  test(`events?${query} is refused`, async (t) => {
    const { url } = await startServer(t);
    const response = await fetch(`${url}/api/events?${query}`);
    assert.deepEqual([response.status, (await jsonOf(response)).msg], [400, want]);
  });
}

test('the guards hold for events too, and HEAD opens no stream', async (t) => {
  const headers = [{ name: 'X-Token', value: new Secret('abc') }];
  const { url } = await startServer(t, { api: { headers } });
  assert.equal((await fetch(`${url}/api/events`)).status, 401);
  const head = await fetch(`${url}/api/events`, { method: 'HEAD', headers: { 'x-token': 'abc' } });
  assert.deepEqual(
    [head.status, head.headers.get('content-type')],
    [200, 'text/event-stream; charset=utf-8'],
  );
  const stream = await openEventStream(`${url}/api/events`, { 'x-token': 'abc' });
  assert.equal((await stream.until((events) => events[0])).name, 'hello');
  assert.equal(
    (await fetch(`${url}/api/events`, { method: 'POST', headers: { 'x-token': 'abc' } })).status,
    405,
  );
});

test('close ends the streams and waits for none', async (t) => {
  const { server, url } = await startServer(t, {
    timings: { closeGraceMs: 60_000, eventPingIntervalMs: 60_000 },
  });
  const stream = await openEventStream(`${url}/api/events`);
  await stream.until((events) => events[0]);
  await server.close();
  await stream.ended;
});

test('a client that reads nothing is cut off, the others go on', async (t) => {
  const feed = feedOf(failedWith({ zh: '长'.repeat(2_000), en: '' }));
  const { url, port } = await startServer(t, { feed });
  const socket = connect(port, '127.0.0.1');
  socket.write('GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await new Promise((resolve) => socket.once('data', resolve));
  socket.pause();
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('error', () => undefined);

  const reader = await openEventStream(`${url}/api/events`);
  let last = 0;
  for (let step = 0; step < 6; step++) {
    for (let n = 0; n < 1_000; n++) feed.noteDelivery(++last);
    const position = `epoch-${last}`;
    await reader.until((events) => (events.at(-1)?.id === position ? true : undefined));
  }
  // What the system had taken for it arrives, then the end.
  socket.resume();
  await closed;
  assert.ok(socket.bytesRead < 6_000 * 6_000, `${socket.bytesRead} bytes`);
});
