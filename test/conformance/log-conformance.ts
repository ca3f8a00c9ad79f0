import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { createIds, timeOfId } from '../../src/core/ids.ts';
import type { LogQuery, Store } from '../../src/store/store.ts';

/** What `listMessages` promises of searches and pages, held against one implementation. */
export function logConformance(name: string, open: () => Promise<Store>): void {
  describe(`log conformance: ${name}`, () => {
    let store: Store;
    let channelCount = 0;
    const newId = createIds();

    before(async () => {
      store = await open();
    });
    after(() => store.close());

    /** A channel of its own for each test, so that tests do not meet. */
    async function newChannel(): Promise<{ channel: string; accept(text: string): Promise<string> }> {
      const channel = `channel-${++channelCount}`;
      const [ref] = await store.registerChannels([
        { name: channel, providerId: 'webhook', endpointHash: `hash of ${channel}` },
      ]);
      assert.ok(ref);
      return {
        channel,
        async accept(text) {
          const id = newId(Date.now());
          const message = { id, requestId: null, msgType: 'text', text, createdAtMs: timeOfId(id) } as const;
          await store.accept({ message, channelIds: [ref.channelId] });
          return id;
        },
      };
    }

    /** Every page, with whatever happens between two of them. */
    async function findAll(
      query: Partial<LogQuery>,
      between: () => Promise<unknown> = async () => undefined,
    ): Promise<string[]> {
      const texts: string[] = [];
      let beforeId: string | undefined;
      for (;;) {
        const page = await store.listMessages({
          limit: 3,
          ...query,
          ...(beforeId === undefined ? {} : { beforeId }),
        });
        texts.push(...page.entries.map(({ text }) => text));
        assert.ok(page.more || page.searchedTo === null, 'a search that stopped early has more');
        if (!page.more) return texts;
        beforeId = page.searchedTo?.id ?? page.entries.at(-1)?.id;
        await between();
      }
    }

    const text = '【告警】数据库主库 CPU 使用率 100%，见 "监控_面板" 👩‍💻 e\u0301\n第二行\\完';
    const found = [
      '告警',
      '数据库',
      '据库主',
      '库',
      '%，',
      '"监',
      '_面',
      '👩',
      '👩‍💻',
      '💻 e',
      '\u0301',
      '\n第',
      '行\\完',
      text,
    ];
    const absent = ['警告', '数库', 'cpu', '100_', '监控*', '监%面', 'é', '行 完', ' OR ', '💻💻'];
    test('a search is for a piece of the text, exactly as written', async () => {
      const { channel, accept } = await newChannel();
      await accept(text);
      await accept('另一条');
      for (const query of found) assert.deepEqual(await findAll({ channel, text: query }), [text], query);
      for (const query of absent) assert.deepEqual(await findAll({ channel, text: query }), [], query);
    });

    test('any search finds what contains it, the last accepted first', async () => {
      const parts = fc.constantFrom('数', '据', '库', 'a', 'A', ' ', '"', '😀', '%');
      const textOf = (maxLength: number) =>
        fc.array(parts, { minLength: 1, maxLength }).map((list) => list.join(''));
      await fc.assert(
        fc.asyncProperty(
          fc.array(textOf(8), { minLength: 1, maxLength: 80 }),
          fc.array(textOf(3), { minLength: 1, maxLength: 5 }),
          async (texts, queries) => {
            const { channel, accept } = await newChannel();
            await Promise.all(texts.map(accept));
            for (const query of queries) {
              const want = texts.filter((candidate) => candidate.includes(query)).reverse();
              assert.deepEqual(await findAll({ channel, text: query }), want);
            }
          },
        ),
        { numRuns: 15 },
      );
    });

    test('pages of a search lose and repeat nothing while messages arrive', async () => {
      const { channel, accept } = await newChannel();
      const texts = Array.from({ length: 10 }, (_, n) => `支付失败 ${n}`);
      for (const each of texts) await accept(each);
      const all = await findAll({ channel, text: '失败' }, () => accept('支付失败，新来的'));
      assert.deepEqual(all, texts.toReversed());
    });

    test('a search that finds nothing comes to an end', async () => {
      const { channel, accept } = await newChannel();
      await accept('有');
      assert.deepEqual(await findAll({ text: '饕餮盛宴' }), []);
      assert.deepEqual(await findAll({ channel, text: '饕' }), []);
    });
  });
}
