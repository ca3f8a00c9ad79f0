import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { NextStep } from '../../src/core/delivery.ts';
import type { Outcome } from '../../src/core/outcome.ts';
import { IDEMPOTENCY_WINDOW_MS, type Turn } from '../../src/store/store.ts';
import { createSimulatedClock, type SimulatedClock } from '../support/simulated-clock.ts';
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

/** Every promise of `store.ts` about taking messages and deliveries, held against one implementation. */
export function storeConformance(
  name: string,
  open: (clock: SimulatedClock) => Promise<StoreUnderTest>,
): void {
  describe(`store conformance: ${name}`, () => {
    const kit = useStore(open);
    const { newChannel, accept, take, takeOne, record, deliveryOf, restart } = kit;

    describe('channels', () => {
      test('the same channel gets the same ids again', async () => {
        const registration = [{ name: 'same', providerId: 'webhook', endpointHash: 'h1' }];
        assert.deepEqual(
          await kit.store.registerChannels(registration),
          await kit.store.registerChannels(registration),
        );
      });

      test('a name with another provider is another channel, one URL is one endpoint', async () => {
        const [a, b] = await kit.store.registerChannels([
          { name: 'x', providerId: 'webhook', endpointHash: 'shared' },
          { name: 'x', providerId: 'slack_bot', endpointHash: 'shared' },
        ]);
        assert.notEqual(a?.channelId, b?.channelId);
        assert.equal(a?.endpointId, b?.endpointId);
      });
    });

    describe('accept', () => {
      test('a message and one delivery per channel can be read back', async () => {
        const channels = [await newChannel(), await newChannel()];
        const { id, result } = await accept(channels, '测试 🙂\n"quoted"', 'key-read-back');
        assert.deepEqual(result, { kind: 'accepted' });
        const entry = await kit.store.getMessage(id);
        assert.equal(entry?.text, '测试 🙂\n"quoted"');
        assert.equal(entry?.requestId, 'key-read-back');
        assert.deepEqual(
          entry?.deliveries.map(({ channel, provider, status, attempts }) => ({
            channel,
            provider,
            status,
            attempts,
          })),
          channels.map(({ name: channel }) => ({
            channel,
            provider: 'webhook',
            status: 'queued',
            attempts: [],
          })),
        );
      });

      test('a repeated key gets the first id, also with another text', async () => {
        const channel = await newChannel();
        const first = await accept([channel], 'one', 'key-1');
        assert.deepEqual((await accept([channel], 'one', 'key-1')).result, {
          kind: 'repeated',
          messageId: first.id,
          sameText: true,
        });
        const other = await accept([channel], 'two', 'key-1');
        assert.deepEqual(other.result, { kind: 'repeated', messageId: first.id, sameText: false });
        assert.equal(await kit.store.getMessage(other.id), null);
      });

      test('of many at the same moment with one key exactly one is accepted', async () => {
        const channel = await newChannel();
        const all = await Promise.all(
          Array.from({ length: 16 }, () => accept([channel], 'race', 'key-race')),
        );
        const accepted = all.filter(({ result }) => result.kind === 'accepted');
        assert.equal(accepted.length, 1);
        for (const { result } of all) {
          if (result.kind === 'repeated') assert.equal(result.messageId, accepted[0]?.id);
        }
        assert.equal((await take(channel)).turns.length, 1);
      });

      test('a key is forgotten two minutes after its first acceptance, not after the last', async () => {
        const channel = await newChannel();
        await accept([channel], 'old', 'key-age');
        await kit.clock.advance(IDEMPOTENCY_WINDOW_MS - 1);
        assert.equal((await accept([channel], 'old', 'key-age')).result.kind, 'repeated');
        await kit.clock.advance(1);
        assert.equal((await accept([channel], 'old', 'key-age')).result.kind, 'accepted');
        assert.equal((await accept([channel], 'old', 'key-age')).result.kind, 'repeated');
      });
    });

    describe('takeTurns', () => {
      test('oldest first, each once, and the attempt is on record at once', async () => {
        const channel = await newChannel();
        const ids = [];
        for (const text of ['1', '2', '3']) ids.push((await accept([channel], text)).id);
        const { turns } = await take(channel, { limit: 2 });
        assert.deepEqual(
          turns.map(({ messageId }) => messageId),
          ids.slice(0, 2),
        );
        const delivery = await deliveryOf(ids[0] ?? '');
        assert.equal(delivery.status, 'sending');
        assert.equal(delivery.attempts.length, 1);
        assert.deepEqual(delivery.attempts[0], {
          number: 1,
          part: 1,
          startedAtMs: kit.clock.wallMs(),
          durationMs: null,
          outcome: null,
          httpStatus: null,
          platformCode: null,
          response: null,
          error: null,
          possibleDuplicate: false,
        });
        assert.deepEqual(
          (await take(channel)).turns.map(({ messageId }) => messageId),
          ids.slice(2),
        );
        assert.deepEqual(await take(channel), nothingFor(null));
      });

      test('with the turns comes what there is to wait for after them', async () => {
        const channel = await newChannel();
        const after = async (limit: number, ordered = false) => {
          const { turns, waitMs, heldUp } = await take(channel, { limit, ordered });
          for (const turn of turns) await record(turn, BUSY, retryIn(7_000));
          return { taken: turns.length, waitMs, heldUp };
        };
        for (const text of ['1', '2', '3']) await accept([channel], text);
        assert.deepEqual(await after(1), { taken: 1, waitMs: 0, heldUp: false });
        assert.deepEqual(await after(5), { taken: 2, waitMs: 7_000, heldUp: false });
        await kit.clock.advance(7_000);
        assert.deepEqual(await after(5), { taken: 3, waitMs: 0, heldUp: false });
        await kit.clock.advance(7_000);
        assert.deepEqual(await after(5, true), { taken: 1, waitMs: null, heldUp: true });
      });

      test('turns are taken while there is room for text, and each has its whole text', async () => {
        const channel = await newChannel();
        // Long and short ones, and one of which each character takes several bytes.
        const texts = ['a'.repeat(20_000), '长'.repeat(5_000), 'c', 'd'.repeat(100_000), 'e'];
        for (const text of texts) await accept([channel], text);
        const taken = [];
        for (const textRoom of [35_001, 99_999, 100_001]) {
          const { turns, waitMs, heldUp, textWanted } = await take(channel, { textRoom });
          taken.push({ texts: turns.map(({ text }) => text), waitMs, heldUp, textWanted });
          for (const turn of turns) await record(turn, BUSY, retryIn(7_000));
        }
        assert.deepEqual(taken, [
          { texts: texts.slice(0, 3), waitMs: null, heldUp: true, textWanted: 100_000 },
          { texts: [], waitMs: null, heldUp: true, textWanted: 100_000 },
          { texts: texts.slice(3), waitMs: 7_000, heldUp: false, textWanted: 0 },
        ]);
        await kit.clock.advance(7_000);
        const again = await take(channel, { textRoom: 1_000_000 });
        assert.deepEqual(
          again.turns.map(({ text }) => text),
          texts,
        );
        assert.equal((await take(channel, { textRoom: 0 })).turns.length, 0);
      });

      test('what a call before it writes is seen, also while that has not resolved', async () => {
        const channel = await newChannel();
        const [message, turn] = await Promise.all([accept([channel]), takeOne(channel)]);
        assert.equal(turn.messageId, message.id);
        await record(turn, OK, DELIVERED);
      });

      test('a channel never gets another channel\u2019s deliveries', async () => {
        const [a, b] = [await newChannel(), await newChannel()];
        await accept([a]);
        assert.deepEqual(await take(b), nothingFor(null));
        assert.equal((await take(a)).turns.length, 1);
      });

      test('two callers at the same moment never get the same delivery', async () => {
        const channel = await newChannel();
        for (let n = 0; n < 20; n++) await accept([channel]);
        const taken = await Promise.all(Array.from({ length: 8 }, () => take(channel, { limit: 5 })));
        const ids = taken.flatMap(({ turns }) => turns.map(({ deliveryId }) => deliveryId));
        assert.equal(ids.length, 20);
        assert.equal(new Set(ids).size, 20);
      });
    });

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
