import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { IDEMPOTENCY_WINDOW_MS } from '../../src/store/store.ts';
import type { SimulatedClock } from '../support/simulated-clock.ts';
import { BUSY, DELIVERED, nothingFor, OK, retryIn, type StoreUnderTest, useStore } from './store-kit.ts';

/** How messages are accepted and deliveries get their turns, held against one implementation. */
export function storeConformance(
  name: string,
  open: (clock: SimulatedClock) => Promise<StoreUnderTest>,
): void {
  describe(`store conformance: ${name}`, () => {
    const kit = useStore(open);
    const { newChannel, accept, take, takeOne, record, deliveryOf } = kit;

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
  });
}
