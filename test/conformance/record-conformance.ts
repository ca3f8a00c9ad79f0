import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { NextStep } from '../../src/core/delivery.ts';
import type { Outcome } from '../../src/core/outcome.ts';
import type { Turn } from '../../src/store/store.ts';
import type { SimulatedClock } from '../support/simulated-clock.ts';
import {
  BUSY,
  DELIVERED,
  ERROR,
  FAILED,
  heldUpFor,
  nothingFor,
  OK,
  retryIn,
  type StoreUnderTest,
  UNKNOWN,
  useStore,
} from './store-kit.ts';

/** How an attempt that has ended moves its delivery and its endpoint on, held against one implementation. */
export function recordConformance(
  name: string,
  open: (clock: SimulatedClock) => Promise<StoreUnderTest>,
): void {
  describe(`record conformance: ${name}`, () => {
    const kit = useStore(open);
    const { newChannel, accept, take, takeOne, record, deliveryOf } = kit;

    describe('recordAttempt', () => {
      test('delivered: all of the attempt is in the log', async () => {
        const channel = await newChannel();
        const { id } = await accept([channel]);
        await record(await takeOne(channel), OK, DELIVERED);
        const delivery = await deliveryOf(id);
        assert.equal(delivery.status, 'delivered');
        assert.equal(delivery.finishedAtMs, kit.clock.wallMs());
        assert.equal(delivery.error, null);
        const [attempt] = delivery.attempts;
        assert.deepEqual(
          [
            attempt?.outcome,
            attempt?.httpStatus,
            attempt?.platformCode,
            attempt?.response,
            attempt?.durationMs,
          ],
          ['ok', 200, '0', '{"errcode":0}', 12.5],
        );
      });

      test('failed: it stays so, with the reason', async () => {
        const channel = await newChannel();
        const { id } = await accept([channel]);
        await record(await takeOne(channel), { ...BUSY, kind: 'permanent' }, FAILED);
        const delivery = await deliveryOf(id);
        assert.deepEqual([delivery.status, delivery.error], ['failed', ERROR]);
        assert.deepEqual(await take(channel), nothingFor(null));
      });

      test('retry: due after its wait, and the count goes up', async () => {
        const channel = await newChannel();
        const { id } = await accept([channel]);
        await record(await takeOne(channel), BUSY, retryIn(10_000));
        const delivery = await deliveryOf(id);
        assert.equal(delivery.status, 'retrying');
        assert.equal(delivery.nextAttemptAtMs, kit.clock.wallMs() + 10_000);
        assert.deepEqual(await take(channel), nothingFor(10_000));
        await kit.clock.advance(9_999);
        assert.deepEqual(await take(channel), nothingFor(1));
        await kit.clock.advance(1);
        const again = await takeOne(channel);
        assert.deepEqual([again.attemptNumber, again.retriesUsed, again.possibleDuplicate], [2, 1, false]);
      });

      test('again: due at once, and no retry is used up', async () => {
        const channel = await newChannel();
        const { id } = await accept([channel]);
        await record(await takeOne(channel), BUSY, { kind: 'again', error: ERROR });
        assert.equal((await deliveryOf(id)).status, 'retrying');
        const again = await takeOne(channel);
        assert.deepEqual([again.attemptNumber, again.retriesUsed, again.possibleDuplicate], [2, 0, false]);
      });

      test('retry: later messages pass, unless the channel is ordered', async () => {
        const channel = await newChannel();
        const first = await accept([channel], 'first');
        const second = await accept([channel], 'second');
        await record(await takeOne(channel, { ordered: true }), BUSY, retryIn(5_000));
        assert.deepEqual(await take(channel, { ordered: true }), heldUpFor(5_000));
        const passing = await takeOne(channel);
        assert.equal(passing.messageId, second.id);
        await record(passing, OK, DELIVERED);
        await kit.clock.advance(5_000);
        assert.equal((await takeOne(channel, { ordered: true })).messageId, first.id);
      });

      test('ordered: nothing is taken while one is in flight', async () => {
        const channel = await newChannel();
        const first = await accept([channel]);
        const second = await accept([channel]);
        const { turns } = await take(channel, { ordered: true });
        assert.deepEqual(
          turns.map(({ messageId }) => messageId),
          [first.id],
        );
        assert.deepEqual(await take(channel, { ordered: true }), heldUpFor(null));
        await record(turns[0] as Turn, OK, DELIVERED);
        assert.equal((await takeOne(channel, { ordered: true })).messageId, second.id);
      });

      test('unknown: later attempts say that they may be copies', async () => {
        const channel = await newChannel();
        const { id } = await accept([channel]);
        await record(await takeOne(channel), UNKNOWN, retryIn(0));
        const second = await takeOne(channel);
        assert.equal(second.possibleDuplicate, true);
        await record(second, BUSY, retryIn(0));
        await record(await takeOne(channel), OK, DELIVERED);
        const { attempts } = await deliveryOf(id);
        assert.deepEqual(
          attempts.map(({ possibleDuplicate }) => possibleDuplicate),
          [false, true, true],
        );
      });

      test('next_part: first in line, with a retry budget of its own', async () => {
        const channel = await newChannel();
        const { id } = await accept([channel], 'long');
        await accept([channel], 'other');
        await record(await takeOne(channel), BUSY, retryIn(0));
        await record(await takeOne(channel), OK, { kind: 'next_part' });
        assert.equal((await deliveryOf(id)).status, 'sending');
        const part2 = await takeOne(channel);
        assert.deepEqual(
          [part2.messageId, part2.partIndex, part2.retriesUsed, part2.attemptNumber],
          [id, 1, 0, 3],
        );
        await record(part2, OK, DELIVERED);
        assert.deepEqual(
          (await deliveryOf(id)).attempts.map(({ part }) => part),
          [1, 1, 2],
        );
      });

      test('pause: the endpoint is silent on every channel, and no retry is used up', async () => {
        const [a, b] = [await newChannel('paused url'), await newChannel('paused url')];
        await accept([a, b]);
        const limited: Outcome = { ...BUSY, kind: 'rate_limited' };
        await record(await takeOne(a), limited, {
          kind: 'pause',
          waitMs: 600_000,
          error: ERROR,
          scope: 'endpoint',
        });
        assert.deepEqual(await take(b), heldUpFor(600_000));
        await kit.clock.advance(600_000);
        assert.equal((await takeOne(a)).retriesUsed, 0);
        assert.equal((await take(b)).turns.length, 1);
      });

      test('pause of a platform: every endpoint of that provider, no other', async () => {
        const [a, b] = [await newChannel(), await newChannel()];
        const [other] = await kit.store.registerChannels([
          { name: 'other platform', providerId: 'slack_bot', endpointHash: 'other platform' },
        ]);
        assert.ok(other);
        await accept([a, b, other]);
        const limited: Outcome = { ...BUSY, kind: 'rate_limited' };
        const step: NextStep = { kind: 'pause', waitMs: 5_000, error: ERROR, scope: 'platform' };
        await record(await takeOne(a), limited, step);
        assert.deepEqual(await take(b), heldUpFor(5_000));
        assert.equal((await take(other)).turns.length, 1);
        await kit.clock.advance(5_000);
        assert.equal((await take(b)).turns.length, 1);
      });

      test('pause of a platform: an address belongs to the provider that it was given last', async () => {
        const register = (name: string, providerId: string, endpointHash: string) =>
          kit.store.registerChannels([{ name, providerId, endpointHash }]);
        await register('as webhook', 'webhook', 'moving');
        const [moved] = await register('as discord', 'discord_bot', 'moving');
        const [discord] = await register('discord', 'discord_bot', 'staying');
        const webhook = await newChannel();
        assert.ok(moved && discord);
        await accept([moved, discord, webhook]);
        const step: NextStep = { kind: 'pause', waitMs: 5_000, error: ERROR, scope: 'platform' };
        await record(await takeOne(moved), { ...BUSY, kind: 'rate_limited' }, step);
        assert.deepEqual(await take(discord), heldUpFor(5_000));
        assert.equal((await take(webhook)).turns.length, 1);
      });

      test('limits met in a row are counted until a minute has passed without one', async () => {
        const channel = await newChannel();
        await accept([channel]);
        const limited: Outcome = { ...BUSY, kind: 'rate_limited' };
        const step: NextStep = { kind: 'pause', waitMs: 1_000, error: ERROR, scope: 'endpoint' };
        for (const before of [0, 1, 2]) {
          const turn = await takeOne(channel);
          assert.equal(turn.limitsInARow, before);
          await record(turn, limited, step);
          await kit.clock.advance(1_000);
        }
        await kit.clock.advance(60_000);
        assert.equal((await takeOne(channel)).limitsInARow, 0);
      });

      test('of limits that one burst has met, only the first counts', async () => {
        const channel = await newChannel();
        for (let n = 0; n < 4; n++) await accept([channel]);
        const limited: Outcome = { ...BUSY, kind: 'rate_limited' };
        const step: NextStep = { kind: 'pause', waitMs: 1_000, error: ERROR, scope: 'endpoint' };
        const { turns } = await take(channel);
        for (const turn of turns) await record(turn, limited, step);
        await kit.clock.advance(1_000);
        assert.equal((await takeOne(channel)).limitsInARow, 1);
      });

      test('a pause for a lack of our own is no limit that was met', async () => {
        const channel = await newChannel();
        await accept([channel]);
        const step: NextStep = { kind: 'pause', waitMs: 1_000, error: ERROR, scope: 'endpoint' };
        for (let n = 0; n < 3; n++) {
          await record(await takeOne(channel), { ...BUSY, kind: 'transient', ownFault: true }, step);
          await kit.clock.advance(1_000);
        }
        const turn = await takeOne(channel);
        assert.equal(turn.limitsInARow, 0);
        await record(turn, { ...BUSY, kind: 'rate_limited' }, step);
        await kit.clock.advance(1_000);
        assert.equal((await takeOne(channel)).limitsInARow, 1);
      });

      test('limits met in a row are counted also where lacks of our own come between, and old ones are forgotten', async () => {
        const channel = await newChannel();
        await accept([channel]);
        const step: NextStep = { kind: 'pause', waitMs: 1_000, error: ERROR, scope: 'endpoint' };
        const meet = async (outcome: Outcome, expected: number) => {
          const turn = await takeOne(channel);
          assert.equal(turn.limitsInARow, expected);
          await record(turn, outcome, step);
          await kit.clock.advance(1_000);
        };
        const limited: Outcome = { ...BUSY, kind: 'rate_limited' };
        const lack: Outcome = { ...BUSY, kind: 'transient', ownFault: true };
        await meet(limited, 0);
        await meet(lack, 1);
        await meet(limited, 1);
        await meet(limited, 2);
        await kit.clock.advance(600_000);
        await meet(lack, 0);
        await meet(limited, 0);
        await meet(limited, 1);
      });

      test('a stopped endpoint: what waits fails unsent with the reason, until a person resumes it', async () => {
        const channel = await newChannel();
        const gone = await accept([channel]);
        const waiting = await accept([channel]);
        const reason = { zh: '已停用', en: 'stopped' };
        const stop: NextStep = { kind: 'failed', error: ERROR, stopsEndpoint: { reason, when: 'now' } };
        await record(await takeOne(channel), { ...BUSY, kind: 'permanent' }, stop);
        assert.deepEqual(await take(channel), { ...nothingFor(0), failedUnsent: 1 });
        assert.deepEqual(await take(channel), nothingFor(null));
        assert.deepEqual((await deliveryOf(gone.id)).error, ERROR);
        const unsent = await deliveryOf(waiting.id);
        assert.deepEqual([unsent.status, unsent.error, unsent.attempts], ['failed', reason, []]);
        const held = (await kit.store.listHeldEndpoints()).filter(
          ({ endpointId }) => endpointId === channel.endpointId,
        );
        assert.deepEqual(held, [
          { endpointId: channel.endpointId, pausedUntilMs: null, stoppedAtMs: kit.clock.wallMs(), reason },
        ]);

        await kit.store.resumeEndpoint(channel.endpointId);
        const later = await accept([channel]);
        assert.equal((await takeOne(channel)).messageId, later.id);
        const after = await kit.store.listHeldEndpoints();
        assert.deepEqual(
          after.filter(({ endpointId }) => endpointId === channel.endpointId),
          [],
        );
      });

      test('an endpoint that is only suspected stops after three answers over ten minutes, none of them good', async () => {
        const channel = await newChannel();
        const reason = { zh: '疑似失效', en: 'perhaps gone' };
        const suspect: NextStep = {
          kind: 'failed',
          error: ERROR,
          stopsEndpoint: { reason, when: 'repeated' },
        };
        const refused: Outcome = { ...BUSY, kind: 'permanent' };
        const isStopped = async () =>
          (await kit.store.listHeldEndpoints()).some(({ endpointId }) => endpointId === channel.endpointId);
        const refuseOne = async () => {
          await accept([channel]);
          await record(await takeOne(channel), refused, suspect);
        };
        for (let n = 0; n < 5; n++) await refuseOne();
        assert.equal(await isStopped(), false, 'five in one moment');
        await kit.clock.advance(600_000);
        await accept([channel]);
        await record(await takeOne(channel), OK, DELIVERED);
        await refuseOne();
        assert.equal(await isStopped(), false, 'a good one between');
        await kit.clock.advance(600_000);
        await refuseOne();
        assert.equal(await isStopped(), false, 'two over ten minutes');
        await refuseOne();
        assert.equal(await isStopped(), true, 'three over ten minutes');
        await kit.store.resumeEndpoint(channel.endpointId);
        await refuseOne();
        assert.equal(await isStopped(), false, 'it starts again after a resume');
      });

      test('the parts of a split text stay together', async () => {
        const channel = await newChannel();
        const { id } = await accept([channel], 'long');
        await accept([channel], 'other');
        await record(await takeOne(channel), OK, { kind: 'next_part' });
        const { turns } = await take(channel);
        assert.deepEqual(
          turns.map(({ messageId, partIndex }) => [messageId, partIndex]),
          [[id, 1]],
        );
        assert.deepEqual(await take(channel), heldUpFor(null));
        await record(turns[0] as Turn, OK, DELIVERED);
        assert.equal((await take(channel)).turns.length, 1);
      });

      test('the same attempt twice counts once', async () => {
        const channel = await newChannel();
        const { id } = await accept([channel]);
        const turn = await takeOne(channel);
        await record(turn, OK, DELIVERED);
        await record(turn, BUSY, retryIn(0));
        assert.equal((await deliveryOf(id)).status, 'delivered');
      });
    });
  });
}
