import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { NextStep } from '../../src/core/delivery.ts';
import type { Outcome, OutcomeKind } from '../../src/core/outcome.ts';
import { type ChannelRef, COUNT_WIDTHS_MS, type ResendResult, type Turn } from '../../src/store/store.ts';
import type { SimulatedClock } from '../support/simulated-clock.ts';
import { DELIVERED, ERROR, FAILED, type StoreUnderTest, useStore } from './store-kit.ts';

const outcome = (kind: OutcomeKind): Outcome => ({
  kind,
  httpStatus: null,
  platformCode: null,
  response: null,
  error: kind === 'ok' ? null : ERROR,
});

/** What the log's pages ask of a store beside reading: resend, counts, budgets, and how changed deliveries stand. */
export function liveLogConformance(
  name: string,
  open: (clock: SimulatedClock) => Promise<StoreUnderTest>,
): void {
  describe(`live log conformance: ${name}`, () => {
    const kit = useStore(open);

    let channelCount = 0;
    async function newChannel(
      channel = `log-${++channelCount}`,
      providerId = 'webhook',
    ): Promise<ChannelRef> {
      const [ref] = await kit.store.registerChannels([
        { name: channel, providerId, endpointHash: `hash of ${channel} ${providerId}` },
      ]);
      assert.ok(ref);
      return ref;
    }

    const accept = async (...channels: readonly ChannelRef[]) => (await kit.accept(channels)).id;

    const record = (turn: Turn, kind: OutcomeKind, next: NextStep) => kit.record(turn, outcome(kind), next);

    const resend = (messageId: string, channels: readonly ChannelRef[], onlyFailed = false) =>
      kit.store.resend({ messageId, channelIds: channels.map(({ channelId }) => channelId), onlyFailed });

    function channelsOf(result: ResendResult): string[] {
      assert.equal(result.kind, 'resent');
      return result.kind === 'resent' ? result.deliveries.map(({ delivery }) => delivery.channel) : [];
    }

    describe('resend', () => {
      test('a new delivery of the same message, which is taken like any other', async () => {
        const channel = await newChannel();
        const id = await accept(channel);
        await record(await kit.takeOne(channel), 'permanent', FAILED);
        const result = await resend(id, [channel]);
        assert.equal(result.kind, 'resent');
        const [resent] = result.kind === 'resent' ? result.deliveries : [];
        assert.equal(resent?.channelId, channel.channelId);
        const entry = await kit.store.getMessage(id);
        const { attempts, ...latest } = entry?.deliveries.at(-1) ?? assert.fail('no delivery');
        assert.deepEqual(resent?.delivery, latest);
        assert.deepEqual(
          [latest.status, latest.attemptCount, attempts, entry?.deliveries.map(({ status }) => status)],
          ['queued', 0, [], ['failed', 'queued']],
        );
        const [fromStart] = (await kit.store.listMessages({ limit: 1 })).entries;
        const changed = await kit.store.listDeliveries({ deliveryIds: [], messageIds: [id] });
        for (const deliveries of [
          entry?.deliveries,
          fromStart?.deliveries,
          changed.map(({ delivery }) => delivery),
        ])
          assert.deepEqual(
            deliveries?.map(({ resentAtMs }) => resentAtMs),
            [null, kit.clock.wallMs()],
          );
        const turn = await kit.takeOne(channel);
        assert.deepEqual(
          [turn.messageId, turn.text, turn.attemptNumber, turn.retriesUsed, String(turn.deliveryId)],
          [id, 'hello', 1, 0, latest.id],
        );
        await record(turn, 'ok', DELIVERED);
      });

      test('an unknown message', async () => {
        const channel = await newChannel();
        assert.deepEqual(await resend(kit.newId(0), [channel]), { kind: 'unknown_message' });
      });

      test('only failed: those whose latest delivery is failed, by name, whatever came before', async () => {
        const [failed, delivered, waiting, cured] = [
          await newChannel(),
          await newChannel(),
          await newChannel(),
          await newChannel(),
        ];
        const stranger = await newChannel();
        const id = await accept(failed, delivered, waiting, cured);
        await record(await kit.takeOne(failed), 'permanent', FAILED);
        await record(await kit.takeOne(delivered), 'ok', DELIVERED);
        await record(await kit.takeOne(cured), 'permanent', FAILED);
        await resend(id, [cured]);
        await record(await kit.takeOne(cured), 'ok', DELIVERED);
        const all = [failed, delivered, waiting, cured, stranger];
        assert.deepEqual(channelsOf(await resend(id, all, true)), [failed.name]);
        assert.deepEqual(await resend(id, all, true), { kind: 'nothing_failed' });
        assert.deepEqual(channelsOf(await resend(id, [stranger])), [stranger.name]);
      });

      test('only failed: a channel that has another provider now', async () => {
        const before = await newChannel('moved');
        const id = await accept(before);
        await record(await kit.takeOne(before), 'permanent', FAILED);
        const now = await newChannel('moved', 'slack_bot');
        assert.deepEqual(channelsOf(await resend(id, [now], true)), ['moved']);
        assert.equal((await kit.takeOne(now)).messageId, id);
      });

      const copies: { name: string; earlier: (channel: ChannelRef) => Promise<unknown>; copy: boolean }[] = [
        {
          name: 'refused',
          earlier: async (channel) => record(await kit.takeOne(channel), 'permanent', FAILED),
          copy: false,
        },
        {
          name: 'surely not taken, twice',
          async earlier(channel) {
            await record(await kit.takeOne(channel), 'transient', { kind: 'retry', waitMs: 0, error: ERROR });
            await record(await kit.takeOne(channel), 'transient', FAILED);
          },
          copy: false,
        },
        {
          name: 'delivered',
          earlier: async (channel) => record(await kit.takeOne(channel), 'ok', DELIVERED),
          copy: true,
        },
        {
          name: 'held after an unknown outcome',
          earlier: async (channel) => record(await kit.takeOne(channel), 'unknown', FAILED),
          copy: true,
        },
        {
          name: 'unknown first, refused then',
          async earlier(channel) {
            await record(await kit.takeOne(channel), 'unknown', { kind: 'retry', waitMs: 0, error: ERROR });
            await record(await kit.takeOne(channel), 'permanent', FAILED);
          },
          copy: true,
        },
        {
          name: 'delivered in part',
          async earlier(channel) {
            await record(await kit.takeOne(channel), 'ok', { kind: 'next_part' });
            await record(await kit.takeOne(channel), 'permanent', FAILED);
          },
          copy: true,
        },
        { name: 'still in flight', earlier: (channel) => kit.takeOne(channel), copy: true },
      ];
      for (const { name: earlierName, earlier, copy } of copies) {
        test(`an earlier delivery ${earlierName}: each attempt of the new one ${copy ? 'may be' : 'is no'} copy`, async () => {
          const channel = await newChannel();
          const id = await accept(channel);
          await earlier(channel);
          await resend(id, [channel]);
          const first = await kit.takeOne(channel);
          await record(first, 'ok', { kind: 'next_part' });
          const second = await kit.takeOne(channel);
          assert.deepEqual([first.possibleDuplicate, second.possibleDuplicate], [copy, copy]);
          const { attempts } =
            (await kit.store.getMessage(id))?.deliveries.at(-1) ?? assert.fail('no delivery');
          assert.deepEqual(
            attempts.map(({ possibleDuplicate }) => possibleDuplicate),
            [copy, copy],
          );
        });
      }

      test('an earlier delivery to another channel makes no copy', async () => {
        const [one, other] = [await newChannel(), await newChannel()];
        const id = await accept(one);
        await record(await kit.takeOne(one), 'ok', DELIVERED);
        await resend(id, [other]);
        assert.equal((await kit.takeOne(other)).possibleDuplicate, false);
      });
    });

    describe('window room', () => {
      test('each window for itself, with the time of its next free slot', async () => {
        const channel = await newChannel();
        const windows = [
          { maxSends: 2, windowMs: 60_000 },
          { maxSends: 1, windowMs: 1_000 },
        ];
        const room = async () => {
          const [first] = await kit.store.listWindowRoom([{ endpointId: channel.endpointId, windows }]);
          return first?.windows.map(({ free, waitMs }) => [free, waitMs]);
        };
        await accept(channel);
        assert.deepEqual(await room(), [
          [2, 0],
          [1, 0],
        ]);
        const turn = await kit.takeOne(channel, { windows });
        assert.deepEqual(await room(), [
          [1, 0],
          [0, null],
        ]);
        await record(turn, 'ok', DELIVERED);
        await kit.clock.advance(400);
        assert.deepEqual(await room(), [
          [1, 0],
          [0, 600],
        ]);
      });
    });

    describe('oldest open delivery', () => {
      const oldest = async ({ name: channel }: ChannelRef) =>
        (await kit.store.listOldestOpen()).find((row) => row.channel === channel)?.acceptedAtMs;

      test('the time of its acceptance, whatever it waits for; none once all are finished', async () => {
        const channel = await newChannel();
        const acceptedMs = kit.clock.wallMs();
        await accept(channel);
        await kit.clock.advance(5_000);
        await accept(channel);
        assert.equal(await oldest(channel), acceptedMs);
        const turn = await kit.takeOne(channel);
        assert.equal(await oldest(channel), acceptedMs);
        await record(turn, 'transient', { kind: 'retry', waitMs: 60_000, error: ERROR });
        assert.equal(await oldest(channel), acceptedMs);
        await kit.clock.advance(60_000);
        await record(await kit.takeOne(channel), 'ok', DELIVERED);
        assert.equal(await oldest(channel), acceptedMs + 5_000);
        await record(await kit.takeOne(channel), 'ok', DELIVERED);
        assert.equal(await oldest(channel), undefined);
      });

      test('of a resend: the time of the resend', async () => {
        const channel = await newChannel();
        const id = await accept(channel);
        await record(await kit.takeOne(channel), 'permanent', FAILED);
        await kit.clock.advance(86_400_000);
        await resend(id, [channel]);
        assert.equal(await oldest(channel), kit.clock.wallMs());
      });
    });

    describe('deliveries as they stand', () => {
      test('by their ids and by their messages, each once; unknown ones are left out', async () => {
        const [a, b] = [await newChannel(), await newChannel()];
        const both = await accept(a, b);
        const single = await accept(a);
        const turn = await kit.takeOne(a);
        const found = await kit.store.listDeliveries({
          deliveryIds: [turn.deliveryId, 2 ** 40],
          messageIds: [both, kit.newId(0)],
        });
        assert.deepEqual(
          found.map(({ messageId, delivery }) => [messageId, delivery.channel, delivery.status]),
          [
            [both, a.name, 'sending'],
            [both, b.name, 'queued'],
          ],
        );
        const whole = await kit.store.getMessage(single);
        const { attempts: _, ...delivery } = whole?.deliveries[0] ?? assert.fail('no delivery');
        assert.deepEqual(await kit.store.listDeliveries({ deliveryIds: [], messageIds: [single] }), [
          { messageId: single, delivery },
        ]);
      });
    });

    describe('counts', () => {
      const sums = async (
        { name: channel }: ChannelRef,
        widthMs: (typeof COUNT_WIDTHS_MS)[number],
        fromMs = 0,
      ) => {
        const [counts, ...others] = await kit.store.countDeliveries({ widthMs, fromMs, channel });
        assert.equal(others.length, 0);
        return counts?.buckets;
      };
      const startOf = (atMs: number, widthMs: number) => Math.floor(atMs / widthMs) * widthMs;

      test('accepted and resent by their acceptance, the rest by its end, in every width', async () => {
        const channel = await newChannel();
        const firstMs = kit.clock.wallMs();
        const id = await accept(channel);
        await accept(channel);
        const turn = await kit.takeOne(channel);
        await kit.clock.advance(14_400_000);
        const laterMs = kit.clock.wallMs();
        await record(turn, 'ok', DELIVERED);
        await record(await kit.takeOne(channel), 'transient', { kind: 'retry', waitMs: 0, error: ERROR });
        await record(await kit.takeOne(channel), 'permanent', FAILED);
        await resend(id, [channel]);
        for (const widthMs of COUNT_WIDTHS_MS) {
          assert.deepEqual(await sums(channel, widthMs), [
            [startOf(firstMs, widthMs), 2, 0, 0],
            [startOf(laterMs, widthMs), 1, 1, 1],
          ]);
          assert.deepEqual(await sums(channel, widthMs, startOf(laterMs, widthMs)), [
            [startOf(laterMs, widthMs), 1, 1, 1],
          ]);
        }
      });

      test('a repeated record counts once, and what a stopped endpoint fails unsent counts as failed', async () => {
        const channel = await newChannel();
        for (let n = 0; n < 3; n++) await accept(channel);
        const turn = await kit.takeOne(channel);
        const stop: NextStep = {
          kind: 'failed',
          error: ERROR,
          stopsEndpoint: { reason: ERROR, when: 'now' },
        };
        await record(turn, 'permanent', stop);
        await record(turn, 'permanent', stop);
        await kit.take(channel);
        assert.deepEqual(await sums(channel, 14_400_000), [
          [startOf(kit.clock.wallMs(), 14_400_000), 3, 0, 3],
        ]);
      });

      test('by name and provider, all channels without a filter, nothing for an unknown one', async () => {
        const channel = await newChannel();
        await accept(channel);
        const all = await kit.store.countDeliveries({ widthMs: 3_600_000, fromMs: 0 });
        assert.equal(all.find((counts) => counts.channel === channel.name)?.provider, 'webhook');
        assert.ok(all.length > 1);
        assert.deepEqual(
          await kit.store.countDeliveries({ widthMs: 3_600_000, fromMs: 0, channel: 'nobody' }),
          [],
        );
      });

      test('minutes are dropped after some days, the longer buckets stay', async () => {
        const channel = await newChannel();
        await accept(channel);
        await kit.clock.advance(3 * 86_400_000);
        await accept(channel);
        assert.equal((await sums(channel, 60_000))?.length, 1);
        for (const widthMs of COUNT_WIDTHS_MS.slice(1))
          assert.equal((await sums(channel, widthMs))?.length, 2);
      });
    });
  });
}
