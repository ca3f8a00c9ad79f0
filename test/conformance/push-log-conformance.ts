import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { messageJson } from '../../src/http/message-json.ts';
import type { ChannelRef, LogEntry, LogQuery, Store } from '../../src/store/store.ts';
import type { SimulatedClock } from '../support/simulated-clock.ts';
import { DELIVERED, OK, type StoreUnderTest, UNKNOWN, useStore } from './store-kit.ts';

/** How long a page is in an answer. */
const jsonBytes = (entries: readonly LogEntry[]) =>
  Buffer.byteLength(JSON.stringify(entries.map((entry) => messageJson(entry, 'en'))));

/** What the push log reads of a store: pages, filters, counts. */
export function pushLogConformance(
  name: string,
  open: (clock: SimulatedClock) => Promise<StoreUnderTest>,
): void {
  describe(`push log conformance: ${name}`, () => {
    const kit = useStore(open);
    const { newChannel, accept, takeOne, record } = kit;

    test('pages, newest first, are stable while messages arrive', async () => {
      const channel = await newChannel();
      const ids: string[] = [];
      for (let n = 0; n < 5; n++) ids.unshift((await accept([channel], `page ${n}`)).id);
      const query = { channel: channel.name, limit: 2 };
      const first = await kit.store.listMessages(query);
      assert.deepEqual([first.entries.map(({ id }) => id), first.more], [ids.slice(0, 2), true]);
      await accept([channel], 'newer');
      const second = await kit.store.listMessages({ ...query, beforeId: ids[1] as string });
      assert.deepEqual(
        second.entries.map(({ id }) => id),
        ids.slice(2, 4),
      );
      const last = await kit.store.listMessages({ ...query, beforeId: ids[3] as string });
      assert.deepEqual([last.entries.map(({ id }) => id), last.more], [ids.slice(4), false]);
    });

    test('filters: text, time, channel, status, and both of these of one delivery', async () => {
      const [a, b] = [await newChannel(), await newChannel()];
      const early = await accept([a, b], '支付失败 100%_done');
      await record(await takeOne(a), OK, DELIVERED);
      await kit.clock.advance(1_000);
      const boundaryMs = kit.clock.wallMs();
      const late = await accept([a], '支付成功');

      const ids = async (query: Parameters<Store['listMessages']>[0]) =>
        (await kit.store.listMessages(query)).entries.map(({ id }) => id);
      const limit = 10;
      assert.deepEqual(await ids({ limit, text: '付失' }), [early.id]);
      assert.deepEqual(await ids({ limit, text: '100%_' }), [early.id]);
      assert.deepEqual(await ids({ limit, text: '付%失' }), []);
      assert.deepEqual(await ids({ limit, channel: a.name }), [late.id, early.id]);
      assert.deepEqual(await ids({ limit, channel: a.name, status: 'delivered' }), [early.id]);
      assert.deepEqual(await ids({ limit, channel: b.name, status: 'delivered' }), []);
      assert.deepEqual(await ids({ limit, channel: a.name, sinceMs: boundaryMs }), [late.id]);
      assert.deepEqual(await ids({ limit, channel: a.name, untilMs: boundaryMs }), [early.id]);
      assert.deepEqual(await ids({ limit, channel: 'no such channel' }), []);
    });

    test('a page ends early when its texts are long, and says that there is more', async () => {
      const channel = await newChannel();
      for (let n = 0; n < 6; n++) await accept([channel], 'x'.repeat(1_000_000));
      const seen: string[] = [];
      let beforeId: string | undefined;
      for (let pages = 1; ; pages++) {
        const query = {
          channel: channel.name,
          limit: 200,
          ...(beforeId === undefined ? {} : { beforeId }),
        };
        const page = await kit.store.listMessages(query);
        assert.ok(page.entries.length > 0 && page.entries.length < 6, `${page.entries.length} entries`);
        seen.push(...page.entries.map(({ id }) => id));
        beforeId = page.entries.at(-1)?.id;
        if (!page.more) break;
        assert.ok(pages < 6);
      }
      assert.equal(new Set(seen).size, 6);
    });

    /** Every page, first to last. */
    async function pagesOf(query: Omit<LogQuery, 'beforeId'>): Promise<(readonly LogEntry[])[]> {
      const pages: (readonly LogEntry[])[] = [];
      let beforeId: string | undefined;
      for (;;) {
        const page = await kit.store.listMessages({ ...query, ...(beforeId && { beforeId }) });
        assert.ok(page.entries.length > 0 && pages.length < 1_000);
        pages.push(page.entries);
        if (!page.more) return pages;
        beforeId = page.searchedTo?.id ?? page.entries.at(-1)?.id;
      }
    }

    /** So many channels, all of them with names of 40 characters. */
    async function newChannels(count: number): Promise<ChannelRef[]> {
      const first = await newChannel();
      const others = Array.from({ length: count - 1 }, (_, n) => {
        const name = `${first.name}-${n}`.padEnd(40, '-');
        return { name, providerId: 'webhook', endpointHash: `hash of ${name}` };
      });
      return [first, ...(await kit.store.registerChannels(others))];
    }

    test('a page ends early when its messages have many deliveries: nothing is lost, nothing comes twice', async () => {
      const channels = await newChannels(1_000);
      const channel = channels[0]?.name ?? '';
      const ids: string[] = [];
      for (let n = 0; n < 40; n++) ids.unshift((await accept(channels, `many ${n}`)).id);
      const pages = await pagesOf({ channel, limit: 200 });
      assert.deepEqual(
        pages.flat().map(({ id }) => id),
        ids,
      );
      assert.ok(pages.flat().every(({ deliveries }) => deliveries.length === channels.length));
      const bytes = pages.map(jsonBytes);
      assert.ok(
        bytes.every((size) => size < 4.2 * 1024 * 1024),
        `${bytes}`,
      );
      assert.ok(pages.length <= 4, `${pages.length} pages`);
    });

    test('what stands in the errors of the deliveries counts too', async () => {
      const channel = await newChannel();
      const ids: string[] = [];
      for (let n = 0; n < 6; n++) {
        ids.unshift((await accept([channel])).id);
        const error = { zh: '错'.repeat(300_000), en: 'x'.repeat(900_000) };
        await record(await takeOne(channel), UNKNOWN, { kind: 'failed', error, stopsEndpoint: null });
      }
      const pages = await pagesOf({ channel: channel.name, limit: 200 });
      assert.ok(pages.length > 1);
      assert.deepEqual(
        pages.flat().map(({ id }) => id),
        ids,
      );
    });

    for (const { name: what, texts, maxBytes, want } of [
      { name: 'short ones', texts: [10, 10, 10], maxBytes: 4_000, want: [3] },
      { name: 'a long one between short ones', texts: [10, 9_000, 10], maxBytes: 4_000, want: [1, 1, 1] },
      { name: 'long ones only', texts: [9_000, 9_000, 9_000], maxBytes: 4_000, want: [1, 1, 1] },
      { name: 'two long ones at the end', texts: [10, 10, 9_000, 9_000], maxBytes: 4_000, want: [2, 1, 1] },
      { name: 'more than is allowed is asked for', texts: [10, 10], maxBytes: 2 ** 40, want: [2] },
    ]) {
      test(`pages of ${maxBytes} bytes at most, at least one message on each: ${what}`, async () => {
        const channel = await newChannel();
        for (const length of texts.toReversed()) await accept([channel], 'x'.repeat(length));
        for (const filter of [{}, { text: 'x' }, { status: 'queued' as const }]) {
          const pages = await pagesOf({ channel: channel.name, limit: 200, maxBytes, ...filter });
          assert.deepEqual(
            pages.map((page) => page.length),
            want,
          );
          assert.deepEqual(
            pages.flat().map(({ text }) => text.length),
            texts,
          );
        }
      });
    }

    test('an unknown id is null', async () => {
      assert.equal(await kit.store.getMessage('01ARZ3NDEKTSV4RRFFQ69G5FAV'), null);
    });

    test('open deliveries are counted by channel', async () => {
      const channel = await newChannel();
      await accept([channel]);
      await accept([channel]);
      await record(await takeOne(channel), OK, DELIVERED);
      assert.deepEqual(
        (await kit.store.listWaitingChannels()).toSorted(),
        (await kit.store.countOpen()).map(({ channel }) => channel).toSorted(),
      );
      const counts = await kit.store.countOpen();
      assert.deepEqual(
        counts.find((row) => row.channel === channel.name),
        { channel: channel.name, count: 1 },
      );
    });
  });
}
