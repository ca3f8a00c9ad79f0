import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSimulatedClock } from '../../test/support/simulated-clock.ts';
import type { NextStep } from '../core/delivery.ts';
import { openInlineStore } from '../store/sqlite/inline-store.ts';
import { IN_MEMORY } from '../store/sqlite/open-database.ts';
import type { ChangeFeed } from './change-feed.ts';
import { noteChanges } from './noting-store.ts';

// Goal: no write that changes a delivery goes unnoticed, and one that changes none is not noted. Method: the real store.

const error = { zh: '已停用', en: 'gone' };
const stop: NextStep = { kind: 'failed', error, stopsEndpoint: { reason: error, when: 'now' } };

test('each write that changes a delivery is noted', async () => {
  const noted: unknown[] = [];
  const feed: ChangeFeed = {
    noteMessage: (messageId, count) => noted.push([messageId, count]),
    noteDelivery: (deliveryId) => noted.push(deliveryId),
    noteMany: () => noted.push('many'),
    watch: () => assert.fail('nobody watches'),
  };
  const clock = createSimulatedClock();
  const store = noteChanges(openInlineStore({ path: IN_MEMORY, clock }), feed);
  const [ref] = await store.registerChannels([{ name: 'a', providerId: 'webhook', endpointHash: 'h' }]);
  assert.ok(ref);
  const { channelId, endpointId } = ref;
  const accept = (id: string) =>
    store.accept({
      message: { id, requestId: 'key', msgType: 'text', text: 'x', createdAtMs: 0 },
      channelIds: [channelId],
    });
  const take = () =>
    store.takeTurns({ channelId, endpointId, windows: [], limit: 1, textRoom: 1, ordered: false });
  /** What was noted since it was last asked. */
  const news = () => noted.splice(0);

  await accept('m1');
  assert.deepEqual(news(), [['m1', 1]]);
  await accept('repeated');
  assert.deepEqual(news(), []);

  const { turns } = await take();
  const [turn] = turns;
  assert.ok(turn);
  assert.deepEqual(news(), [turn.deliveryId]);
  const resend = { messageId: 'm1', channelIds: [channelId], onlyFailed: false };
  await store.resend(resend);
  assert.deepEqual(news(), [turn.deliveryId + 1]);
  await store.resend({ ...resend, messageId: 'none' });
  assert.deepEqual(news(), []);

  const { attemptId, deliveryId } = turn;
  const outcome = { kind: 'permanent', httpStatus: 410, platformCode: null, response: null, error } as const;
  await store.recordAttempt({ attemptId, deliveryId, durationMs: 1, outcome, next: stop });
  assert.deepEqual(news(), [deliveryId]);
  assert.equal((await take()).failedUnsent, 1);
  assert.deepEqual(news(), ['many']);
  await take();
  assert.deepEqual(news(), []);
  await store.close();
});
