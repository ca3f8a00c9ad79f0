import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { NextStep } from '../../src/core/delivery.ts';
import type { Outcome } from '../../src/core/outcome.ts';
import type { Turn } from '../../src/store/store.ts';
import { createSimulatedClock, type SimulatedClock } from '../support/simulated-clock.ts';
import {
  BUSY,
  DELIVERED,
  ERROR,
  heldUpFor,
  nothingFor,
  OK,
  retryIn,
  type StoreUnderTest,
  UNKNOWN,
  useStore,
} from './store-kit.ts';

/** What windows hold, and what outlives the process: limits, pauses, keys and the time, held against one implementation. */
export function restartConformance(
  name: string,
  open: (clock: SimulatedClock) => Promise<StoreUnderTest>,
): void {
  describe(`restart conformance: ${name}`, () => {
    const kit = useStore(open);
    const { newChannel, accept, take, takeOne, record, deliveryOf, restart } = kit;

    describe('windows', () => {
      const windows = [{ maxSends: 2, windowMs: 60_000 }];

      test('a slot is held from the start of its request until one window after its end', async () => {
        const channel = await newChannel();
        for (let n = 0; n < 4; n++) await accept([channel]);
        const { turns } = await take(channel, { windows });
        assert.equal(turns.length, 2);
        assert.deepEqual(await take(channel, { windows }), heldUpFor(null));
        await kit.clock.advance(3_000);
        await record(turns[0] as Turn, OK, DELIVERED);
        assert.deepEqual(await take(channel, { windows }), heldUpFor(60_000));
        await kit.clock.advance(59_999);
        assert.deepEqual(await take(channel, { windows }), heldUpFor(1));
        await kit.clock.advance(1);
        assert.equal((await take(channel, { windows })).turns.length, 1);
      });

      test('every window holds', async () => {
        const channel = await newChannel();
        for (let n = 0; n < 4; n++) await accept([channel]);
        const both = [...windows, { maxSends: 1, windowMs: 1_000 }];
        await record(await takeOne(channel, { windows: both }), OK, DELIVERED);
        assert.deepEqual(await take(channel, { windows: both }), heldUpFor(1_000));
        await kit.clock.advance(1_000);
        await record(await takeOne(channel, { windows: both }), OK, DELIVERED);
        await kit.clock.advance(1_000);
        assert.deepEqual(await take(channel, { windows: both }), heldUpFor(58_000));
      });

      test('two channels on one URL share one set', async () => {
        const [a, b] = [await newChannel('one url'), await newChannel('one url')];
        await accept([a, b]);
        await accept([a, b]);
        assert.equal((await take(a, { windows })).turns.length, 2);
        assert.equal((await take(b, { windows })).turns.length, 0);
      });

      test('an idle channel waits for no window', async () => {
        const channel = await newChannel();
        await accept([channel]);
        await record(await takeOne(channel, { windows }), OK, DELIVERED);
        assert.deepEqual(await take(channel, { windows }), nothingFor(null));
      });
    });

    describe('after a restart', () => {
      test('accepted messages, keys, windows and pauses are still there', async () => {
        const channel = await newChannel('restart url');
        const windows = [{ maxSends: 1, windowMs: 60_000 }];
        const kept = await accept([channel], 'kept', 'key-restart');
        await accept([channel], 'second');
        await record(await takeOne(channel, { windows }), OK, DELIVERED);
        await kit.clock.advance(1_000);
        await restart();
        assert.equal((await deliveryOf(kept.id)).status, 'delivered');
        assert.deepEqual((await accept([channel], 'kept', 'key-restart')).result, {
          kind: 'repeated',
          messageId: kept.id,
          sameText: true,
        });
        assert.deepEqual(await take(channel, { windows }), heldUpFor(59_000));
      });

      test('a limit that is switched on counts what was sent without one just before', async () => {
        const [channel, other] = [await newChannel(), await newChannel()];
        const windows = [{ maxSends: 2, windowMs: 60_000 }];
        for (let n = 0; n < 4; n++) await accept([channel, other]);
        await record(await takeOne(channel), OK, DELIVERED);
        await kit.clock.advance(59_000);
        await record(await takeOne(channel), OK, DELIVERED);
        await restart();
        assert.deepEqual(await take(channel, { windows }), heldUpFor(60_000));
        assert.equal((await take(other, { windows })).turns.length, 2);
        await kit.clock.advance(30_000);
        await restart();
        assert.deepEqual(await take(channel, { windows }), heldUpFor(30_000));
        await kit.clock.advance(30_000);
        assert.equal((await take(channel, { windows })).turns.length, 2);
      });

      test('a request whose end nobody saw counts for one window, however often the service starts', async () => {
        const channel = await newChannel();
        const windows = [{ maxSends: 1, windowMs: 60_000 }];
        for (let n = 0; n < 2; n++) await accept([channel]);
        await takeOne(channel, { windows });
        await restart();
        const [interrupted] = await kit.store.listInterrupted();
        assert.ok(interrupted);
        const { attemptId, deliveryId } = interrupted;
        const next = { kind: 'failed', error: ERROR, stopsEndpoint: null } as const;
        await kit.store.recordAttempt({ attemptId, deliveryId, durationMs: null, outcome: UNKNOWN, next });
        assert.deepEqual(await take(channel, { windows }), heldUpFor(60_000));
        await kit.clock.advance(60_000);
        for (let n = 0; n < 2; n++) await restart();
        assert.equal((await take(channel, { windows })).turns.length, 1);
      });

      test('what was sent without a limit longer ago than its window does not count', async () => {
        const channel = await newChannel();
        const windows = [{ maxSends: 1, windowMs: 60_000 }];
        for (let n = 0; n < 2; n++) await accept([channel]);
        await record(await takeOne(channel), OK, DELIVERED);
        await kit.clock.advance(61_000);
        await restart();
        assert.equal((await take(channel, { windows })).turns.length, 1);
      });

      test('what was in flight without a limit when the process died counts in one that is switched on', async () => {
        const channel = await newChannel();
        const windows = [{ maxSends: 1, windowMs: 60_000 }];
        for (let n = 0; n < 2; n++) await accept([channel]);
        await takeOne(channel);
        await kit.clock.advance(30_000);
        await restart();
        assert.deepEqual(await take(channel, { windows }), heldUpFor(60_000));
      });

      test('what was in flight is listed, keeps its slot for one window, and is not taken by itself', async () => {
        const channel = await newChannel();
        const windows = [{ maxSends: 1, windowMs: 60_000 }];
        const { id } = await accept([channel]);
        const turn = await takeOne(channel, { windows });
        await kit.clock.advance(5_000);
        await restart();
        const [interrupted] = (await kit.store.listInterrupted()).filter(
          (row) => row.channel === channel.name,
        );
        assert.deepEqual(
          [
            interrupted?.attemptId,
            interrupted?.deliveryId,
            interrupted?.messageId,
            interrupted?.attemptNumber,
          ],
          [turn.attemptId, turn.deliveryId, id, 1],
        );
        assert.deepEqual(await take(channel, { windows }), nothingFor(null));
        await kit.clock.advance(5_000);
        await record(turn, UNKNOWN, retryIn(0));
        assert.deepEqual(await take(channel, { windows }), heldUpFor(60_000));
        await kit.clock.advance(60_000);
        assert.equal((await takeOne(channel, { windows })).possibleDuplicate, true);
      });

      test('a good answer clears the suspicion that an earlier process had', async () => {
        const channel = await newChannel();
        const suspect: NextStep = {
          kind: 'failed',
          error: ERROR,
          stopsEndpoint: { reason: ERROR, when: 'repeated' },
        };
        const sendOne = async (outcome: Outcome, next: NextStep) => {
          await accept([channel]);
          await record(await takeOne(channel), outcome, next);
        };
        for (let n = 0; n < 2; n++) await sendOne({ ...BUSY, kind: 'permanent' }, suspect);
        await kit.clock.advance(600_000);
        await restart();
        await sendOne(OK, DELIVERED);
        await sendOne({ ...BUSY, kind: 'permanent' }, suspect);
        const held = await kit.store.listHeldEndpoints();
        assert.equal(
          held.some(({ endpointId }) => endpointId === channel.endpointId),
          false,
        );
      });

      test('a wall clock that was set back a day neither freezes a channel nor opens a window early', async () => {
        const channel = await newChannel();
        const windows = [{ maxSends: 1, windowMs: 60_000 }];
        await accept([channel]);
        await accept([channel]);
        await record(await takeOne(channel, { windows }), BUSY, retryIn(30_000));
        await kit.clock.advance(2_000);
        await take(channel, { windows });
        const setBack = createSimulatedClock(kit.clock.wallMs() - 86_400_000);
        await restart(setBack);
        const { turns, waitMs } = await take(channel, { windows });
        assert.equal(turns.length, 0);
        assert.ok(waitMs !== null && waitMs > 55_000 && waitMs <= 60_000, `waits ${waitMs} ms`);
        await kit.clock.advance(60_000);
        assert.equal((await take(channel, { windows })).turns.length, 1);
      });
    });
  });
}
