import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { NextStep } from '../../src/core/delivery.ts';
import type { Outcome } from '../../src/core/outcome.ts';
import type { SimulatedClock } from '../support/simulated-clock.ts';
import {
  BUSY,
  DELIVERED,
  ERROR,
  FAILED,
  nothingFor,
  OK,
  retryIn,
  type StoreUnderTest,
  UNKNOWN,
  useStore,
} from './store-kit.ts';

/** What becomes of a channel's deliveries when its name gets another provider, held against one implementation. */
export function successionConformance(
  name: string,
  open: (clock: SimulatedClock) => Promise<StoreUnderTest>,
): void {
  describe(`succession conformance: ${name}`, () => {
    const kit = useStore(open);
    const { accept, take, takeOne, record, deliveryOf, restart } = kit;

    let names = 0;
    const newName = () => `changing-${++names}`;

    /** As at each start. */
    async function register(channel: string, providerId: string) {
      const [ref] = await kit.store.registerChannels([
        { name: channel, providerId, endpointHash: `hash of ${channel} at ${providerId}` },
      ]);
      assert.ok(ref);
      return ref;
    }

    async function change(channel: string, providerId: string) {
      await restart();
      return register(channel, providerId);
    }

    test('what is queued waits for the new one, in its order', async () => {
      const channel = newName();
      const before = await register(channel, 'webhook');
      assert.equal(before.moved, 0);
      const ids = [];
      for (const text of ['1', '2', '3']) ids.push((await accept([before], text)).id);
      const now = await change(channel, 'slack_bot');
      assert.deepEqual([now.moved, now.channelId === before.channelId], [3, false]);
      assert.deepEqual(await take(before), nothingFor(null));
      ids.push((await accept([now], '4')).id);
      for (const id of ids) {
        const turn = await takeOne(now, { ordered: true });
        assert.deepEqual(
          [turn.messageId, turn.attemptNumber, turn.partIndex, turn.possibleDuplicate],
          [id, 1, 0, false],
        );
        await record(turn, OK, DELIVERED);
      }
      assert.equal((await deliveryOf(ids[0] ?? '')).provider, 'slack_bot');
      assert.equal((await change(channel, 'slack_bot')).moved, 0);
    });

    test('what has ended stays with the one that it ended with', async () => {
      const channel = newName();
      const before = await register(channel, 'webhook');
      const ids = [(await accept([before])).id, (await accept([before])).id];
      await record(await takeOne(before), OK, DELIVERED);
      await record(await takeOne(before), { ...BUSY, kind: 'permanent' }, FAILED);
      assert.equal((await change(channel, 'slack_bot')).moved, 0);
      for (const id of ids) assert.equal((await deliveryOf(id)).provider, 'webhook');
    });

    test('another name, and a name that is not configured, keep what they have', async () => {
      const [left, other] = [await register(newName(), 'webhook'), newName()];
      await accept([left]);
      await register(other, 'webhook');
      assert.equal((await change(other, 'slack_bot')).moved, 0);
      assert.equal((await take(left)).turns.length, 1);
    });

    /** What came before the change, and what the first two parts of the next try say. */
    const begun: {
      name: string;
      text?: string;
      earlier: readonly (readonly [Outcome, NextStep])[];
      copies: readonly [boolean, boolean];
    }[] = [
      { name: 'surely not taken', earlier: [[BUSY, retryIn(600_000)]], copies: [false, false] },
      { name: 'perhaps taken', earlier: [[UNKNOWN, retryIn(600_000)]], copies: [true, true] },
      { name: 'with a part sent', earlier: [[OK, { kind: 'next_part' }]], copies: [true, true] },
      {
        name: 'with a part sent and the next one not taken',
        earlier: [
          [OK, { kind: 'next_part' }],
          [BUSY, retryIn(600_000)],
        ],
        copies: [true, true],
      },
    ];
    for (const { name: state, earlier, copies } of begun) {
      for (const inFlight of [false, true]) {
        const when = inFlight ? 'that the restart finds in flight, then' : 'that waits,';
        test(`a delivery ${when} ${state}: begins anew, and says where it may be a copy`, async () => {
          const channel = newName();
          const before = await register(channel, 'webhook');
          const { id } = await accept([before], 'long');
          const settled = inFlight ? earlier.at(-1) : undefined;
          for (const [outcome, next] of inFlight ? earlier.slice(0, -1) : earlier)
            await record(await takeOne(before), outcome, next);
          const interrupted = inFlight ? await takeOne(before) : null;
          const now = await change(channel, 'slack_bot');
          assert.equal(now.moved, inFlight ? 0 : 1);
          if (interrupted && settled) {
            assert.deepEqual(await take(now), nothingFor(null));
            const listed = await kit.store.listInterrupted();
            assert.ok(
              listed.some((row) => row.attemptId === interrupted.attemptId && row.channel === channel),
            );
            await record(interrupted, ...settled);
          }
          const waiting = await deliveryOf(id);
          assert.deepEqual(
            [waiting.status, waiting.provider, waiting.error, waiting.nextAttemptAtMs],
            ['queued', 'slack_bot', null, null],
          );
          const first = await takeOne(now);
          assert.deepEqual(
            [first.attemptNumber, first.partIndex, first.retriesUsed],
            [earlier.length + 1, 0, 0],
          );
          await record(first, OK, { kind: 'next_part' });
          const second = await takeOne(now);
          assert.equal(second.partIndex, 1);
          await record(second, OK, DELIVERED);
          assert.deepEqual([first.possibleDuplicate, second.possibleDuplicate], copies);
          const { status, attempts } = await deliveryOf(id);
          assert.deepEqual(
            [status, attempts.map(({ number }) => number)],
            ['delivered', attempts.map((_, index) => index + 1)],
          );
        });
      }
    }

    for (const { step, outcome, next, status } of [
      { step: 'delivered', outcome: OK, next: DELIVERED, status: 'delivered' },
      { step: 'failed', outcome: UNKNOWN, next: FAILED, status: 'failed' },
    ] as const)
      test(`what was in flight and turns out ${step} stays with the old one`, async () => {
        const channel = newName();
        const before = await register(channel, 'webhook');
        const { id } = await accept([before]);
        const turn = await takeOne(before);
        const now = await change(channel, 'slack_bot');
        await record(turn, outcome, next);
        const delivery = await deliveryOf(id);
        assert.deepEqual([delivery.status, delivery.provider], [status, 'webhook']);
        assert.deepEqual(await take(now), nothingFor(null));
      });

    test('there and back, with one in flight each time: nothing is left behind', async () => {
      const channel = newName();
      const first = await register(channel, 'webhook');
      for (let n = 0; n < 4; n++) await accept([first]);
      const here = await takeOne(first);
      const there = await change(channel, 'slack_bot');
      await record(here, BUSY, { kind: 'again', error: ERROR });
      const away = await takeOne(there);
      const back = await change(channel, 'webhook');
      assert.deepEqual([back.channelId, back.moved], [first.channelId, 3]);
      await record(away, UNKNOWN, retryIn(10_000));
      assert.deepEqual(
        (await take(back)).turns.map(({ possibleDuplicate }) => possibleDuplicate),
        [true, false, false, false],
      );
    });

    test('it is counted where it was accepted and where it ended, so that the sums of a name are true', async () => {
      const channel = newName();
      const before = await register(channel, 'webhook');
      for (let n = 0; n < 3; n++) await accept([before]);
      const turn = await takeOne(before);
      const now = await change(channel, 'slack_bot');
      await record(turn, BUSY, retryIn(0));
      for (const moved of (await take(now)).turns) await record(moved, OK, DELIVERED);
      const counts = await kit.store.countDeliveries({ widthMs: 60_000, fromMs: 0, channel });
      assert.deepEqual(
        counts.map(({ provider, buckets }) => [provider, buckets.map(([, ...counted]) => counted)]),
        [
          ['webhook', [[3, 0, 0]]],
          ['slack_bot', [[0, 3, 0]]],
        ],
      );
      const open = (await kit.store.countOpen()).filter((row) => row.channel === channel);
      assert.deepEqual(open, []);
    });

    test('it is found in the log by its channel, before and after', async () => {
      const channel = newName();
      const before = await register(channel, 'webhook');
      const { id } = await accept([before], 'of a changing channel');
      await change(channel, 'slack_bot');
      for (const text of [undefined, 'changing']) {
        const query = {
          limit: 10,
          channel,
          status: 'queued',
          ...(text === undefined ? {} : { text }),
        } as const;
        const { entries } = await kit.store.listMessages(query);
        assert.deepEqual(
          entries.map((entry) => entry.id),
          [id],
        );
      }
    });
  });
}
