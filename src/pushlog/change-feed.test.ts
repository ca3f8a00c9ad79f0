import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSimulatedClock } from '../../test/support/simulated-clock.ts';
import type { Delivery } from '../core/delivery.ts';
import { type DeliverySelection, StoreError } from '../store/store.ts';
import { type ChangeFeed, createChangeFeed } from './change-feed.ts';

// Goal: every change reaches every watcher, also one that was away. Method: a store double and a simulated clock.

/** Deliveries 1, 2, … of messages `m1`, `m2`, …: two of each message. Their status is what the test last set. */
function startFeed() {
  const clock = createSimulatedClock();
  const asked: DeliverySelection[] = [];
  const statuses = new Map<number, Delivery['status']>();
  const troubles: unknown[] = [];
  let fault: Error | null = null;
  const feed = createChangeFeed({
    store: {
      async listDeliveries(selection) {
        asked.push(selection);
        if (fault !== null) throw fault;
        const ofMessages = selection.messageIds.flatMap((id) => [
          Number(id.slice(1)) * 2 - 1,
          Number(id.slice(1)) * 2,
        ]);
        const ids = [...new Set([...selection.deliveryIds, ...ofMessages])].sort((a, b) => a - b);
        return ids.map((id) => ({
          messageId: `m${Math.ceil(id / 2)}`,
          delivery: deliveryAs(id, statuses.get(id) ?? 'queued'),
        }));
      },
    },
    clock,
    epoch: 'e',
    onTrouble: (error) => troubles.push(error),
  });
  return {
    clock,
    asked,
    statuses,
    troubles,
    feed,
    fail: (error: Error | null) => {
      fault = error;
    },
  };
}

function deliveryAs(id: number, status: Delivery['status']): Delivery {
  return {
    id: String(id),
    channel: 'ops',
    provider: 'webhook',
    status,
    resentAtMs: null,
    attemptCount: 0,
    nextAttemptAtMs: null,
    finishedAtMs: null,
    error: null,
  };
}

/** Keeps what it is told as `position delivery status`. */
function listen(feed: ChangeFeed, since: string | null = null) {
  const told: string[] = [];
  const watch = feed.watch(
    {
      changed(changes) {
        for (const { position, delivery } of changes)
          told.push(`${position} ${delivery.id} ${delivery.status}`);
      },
      reset: (position) => told.push(`${position} reset`),
    },
    since,
  );
  return { told, ...watch };
}

test('while nobody watches, nothing is read', async () => {
  const { feed, clock, asked } = startFeed();
  feed.noteMessage('m1', 2);
  await clock.advance(1_000);
  assert.deepEqual(asked, []);
  const { told, position } = listen(feed);
  await clock.advance(1_000);
  assert.deepEqual([position, told, asked], ['e-1', [], []]);
});

test('changes of one moment are read together, each delivery once, in its latest state', async () => {
  const { feed, clock, asked, statuses } = startFeed();
  const { told } = listen(feed);
  feed.noteMessage('m1', 2);
  feed.noteDelivery(1);
  feed.noteDelivery(4);
  statuses.set(1, 'delivered');
  feed.noteDelivery(1);
  await clock.advance(100);
  assert.deepEqual(asked, [{ deliveryIds: [1, 4], messageIds: ['m1'] }]);
  assert.deepEqual(told, ['e-1 2 queued', 'e-3 4 queued', 'e-4 1 delivered']);
});

test('a message is whole only with the last of its deliveries', async () => {
  const { feed, clock } = startFeed();
  const { told } = listen(feed);
  feed.noteMessage('m1', 2);
  await clock.advance(100);
  assert.deepEqual(told, ['e-0 1 queued', 'e-1 2 queued']);
  const again = listen(feed, 'e-0');
  await clock.advance(100);
  assert.deepEqual(again.told, told);
});

test('who comes back gets what it missed, and nobody else gets it twice', async () => {
  const { feed, clock, statuses } = startFeed();
  const first = listen(feed);
  feed.noteDelivery(1);
  await clock.advance(100);
  first.stop();
  statuses.set(1, 'failed');
  feed.noteDelivery(1);
  feed.noteDelivery(3);
  const other = listen(feed);
  const back = listen(feed, 'e-1');
  feed.noteDelivery(5);
  await clock.advance(1_000);
  assert.deepEqual(first.told, ['e-1 1 queued']);
  assert.deepEqual(back.told, ['e-2 1 failed', 'e-3 3 queued', 'e-4 5 queued']);
  assert.deepEqual(other.told, ['e-4 5 queued']);
});

test('who comes while others are read for misses nothing', async () => {
  const { feed, clock } = startFeed();
  const one = listen(feed);
  feed.noteDelivery(1);
  feed.noteDelivery(2);
  await clock.advance(50);
  const late = listen(feed, 'e-1');
  feed.noteDelivery(3);
  await clock.advance(300);
  assert.deepEqual(one.told, ['e-1 1 queued', 'e-2 2 queued', 'e-3 3 queued']);
  assert.deepEqual(late.told, ['e-2 2 queued', 'e-3 3 queued']);
});

for (const since of ['e-9', 'other-1', 'e-', 'e-x', 'e--1', '1', 'e-1e1', `e-${'9'.repeat(30)}`]) {
  test(`position ${since} is none of ours: reset, then what follows`, async () => {
    const { feed, clock } = startFeed();
    feed.noteDelivery(1);
    const { told, position } = listen(feed, since);
    await clock.advance(100);
    feed.noteDelivery(2);
    await clock.advance(100);
    assert.deepEqual([position, told], ['e-1', ['e-1 reset', 'e-2 2 queued']]);
  });
}

test('away for too many changes, or while many changed at once: reset', async () => {
  const { feed, clock } = startFeed();
  for (let n = 0; n < 8_193; n++) feed.noteDelivery(1);
  const [lost, kept] = [listen(feed, 'e-0'), listen(feed, 'e-1')];
  await clock.advance(100);
  assert.deepEqual([lost.told, kept.told], [['e-8193 reset'], ['e-8193 1 queued']]);
  feed.noteMany();
  feed.noteDelivery(2);
  const away = listen(feed, 'e-8193');
  await clock.advance(100);
  assert.deepEqual(away.told, ['e-8195 reset']);
  assert.deepEqual(lost.told, ['e-8193 reset', 'e-8195 reset']);
  feed.noteDelivery(3);
  await clock.advance(100);
  assert.deepEqual(away.told.slice(1), ['e-8196 3 queued']);
});

test('a flood is told in steps of about 1,000 deliveries', async () => {
  const { feed, clock, asked } = startFeed();
  const { told } = listen(feed);
  for (let n = 1; n <= 1_500; n++) feed.noteMessage(`m${n}`, 2);
  await clock.advance(100);
  assert.deepEqual([told.length, asked.length], [1_000, 1]);
  await clock.advance(200);
  assert.deepEqual([told.length, asked.length], [3_000, 3]);
});

test('a store that cannot be read is tried again, and nothing is lost', async () => {
  const { feed, clock, troubles, fail } = startFeed();
  const { told } = listen(feed);
  const fault = new StoreError('unavailable', 'disk');
  fail(fault);
  feed.noteDelivery(1);
  await clock.advance(100);
  assert.deepEqual([told, troubles], [[], [fault]]);
  fail(null);
  feed.noteDelivery(2);
  await clock.advance(1_100);
  assert.deepEqual(told, ['e-1 1 queued', 'e-2 2 queued']);
});

test('after a stop no more is told, and nothing is read for nobody', async () => {
  const { feed, clock, asked } = startFeed();
  const { told, stop } = listen(feed);
  feed.noteDelivery(1);
  stop();
  await clock.advance(1_000);
  assert.deepEqual([told, asked], [[], []]);
});
