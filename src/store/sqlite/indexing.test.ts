import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { createIds, timeOfId } from '../../core/ids.ts';
import type { Store } from '../store.ts';
import { createIndexing } from './indexing.ts';
import type { FromIndexer, ToIndexer } from './messages.ts';
import { BLOCK, readProgress, searchPathOf } from './search/search-file.ts';
import { openSqliteStore } from './sqlite-store.ts';

// Goal: the index follows by itself, and nothing that happens to it shows in an answer. Method: the store with its threads;
// for threads that fail, doubles that end when the test says so, and mocked timers.

const folder = mkdtempSync(join(tmpdir(), 'postpoint-indexing-'));
after(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
const newPath = () => join(folder, `store-${++count}.db`);
const newId = createIds();

async function openWith(path: string, texts: readonly string[]): Promise<Store> {
  const store = await openSqliteStore({
    path,
    onFatal: (error) => {
      throw error;
    },
  });
  await acceptAll(store, texts);
  return store;
}

async function acceptAll(store: Store, texts: readonly string[]): Promise<void> {
  const [ref] = await store.registerChannels([{ name: 'a', providerId: 'webhook', endpointHash: 'h' }]);
  const channelIds = ref === undefined ? [] : [ref.channelId];
  await Promise.all(
    texts.map((text) => {
      const id = newId(Date.now());
      const message = { id, requestId: null, msgType: 'text', text, createdAtMs: timeOfId(id) } as const;
      return store.accept({ message, channelIds });
    }),
  );
}

const textsOf = (number: number) => Array.from({ length: number }, (_, n) => `数据库 ${n}`);

async function find(store: Store, text: string): Promise<string[]> {
  const { entries } = await store.listMessages({ limit: 200, text });
  return entries.map((entry) => entry.text);
}

/** Nothing tells when a thread in the background has caught up, so this looks again and again. */
async function indexed(path: string, messages: number): Promise<void> {
  const wanted = Math.floor((messages + 1) / BLOCK) * BLOCK - 1;
  for (let tries = 0; indexedTo(path) < wanted; tries++) {
    assert.ok(tries < 2_000, `the index stays at ${indexedTo(path)}`);
    await sleep(10);
  }
}

function indexedTo(path: string): number {
  let search: DatabaseSync | undefined;
  try {
    search = new DatabaseSync(searchPathOf(path), { readOnly: true });
    return readProgress(search).messageSeq;
  } catch {
    return -1;
  } finally {
    search?.close();
  }
}

test('what was accepted is found at once, and is indexed soon', async () => {
  const path = newPath();
  const store = await openWith(path, textsOf(3 * BLOCK));
  assert.deepEqual(await find(store, '库 77'), ['数据库 77']);
  await indexed(path, 3 * BLOCK);
  assert.deepEqual(await find(store, '库 77'), ['数据库 77']);
  assert.equal((await find(store, '据库')).length, 3 * BLOCK);
  await store.close();
});

test('after a stop nothing of the index is left open, and the next start goes on with it', async () => {
  const path = newPath();
  const first = await openWith(path, textsOf(2 * BLOCK));
  await indexed(path, 2 * BLOCK);
  await first.close();
  assert.equal(existsSync(`${searchPathOf(path)}-wal`), false);
  const made = statSync(searchPathOf(path)).ino;
  const second = await openWith(path, textsOf(2 * BLOCK));
  await indexed(path, 4 * BLOCK);
  assert.equal((await find(second, '库 77')).length, 2);
  assert.equal(statSync(searchPathOf(path)).ino, made);
  await second.close();
});

test('a search that comes during a stop starts no thread', async () => {
  const path = newPath();
  const store = await openWith(path, []);
  const closing = store.close();
  await assert.rejects(find(store, '库'));
  await closing;
  await assert.rejects(find(store, '库'));
  await sleep(500);
  assert.equal(existsSync(searchPathOf(path)), false);
});

test('a stop in the middle of indexing is a clean one', async () => {
  const path = newPath();
  const store = await openWith(path, textsOf(20 * BLOCK));
  await store.close();
  assert.equal(existsSync(`${path}-wal`), false);
});

test('an index that is damaged while it is in use is let go of and made anew', async () => {
  const path = newPath();
  const first = await openWith(path, textsOf(40 * BLOCK));
  await indexed(path, 40 * BLOCK);
  await first.close();
  // The beginning is whole, so that it opens.
  truncateSync(searchPathOf(path), 3 * 4_096);
  const store = await openWith(path, []);
  assert.deepEqual(await find(store, '库 777'), ['数据库 777']);
  await indexed(path, 40 * BLOCK);
  assert.deepEqual(await find(store, '库 777'), ['数据库 777']);
  await store.close();
});

test('where no index can be, everything is still found', async () => {
  const path = newPath();
  mkdirSync(searchPathOf(path));
  const store = await openWith(path, textsOf(2 * BLOCK));
  assert.deepEqual(await find(store, '库 77'), ['数据库 77']);
  assert.equal((await store.listMessages({ limit: 200, channel: 'a' })).entries.length, 2 * BLOCK);
  await store.close();
  assert.deepEqual(readdirSync(searchPathOf(path)), []);
});

/** Indexing with threads that do nothing by themselves. */
function useIndexing(canStart: () => boolean = () => true) {
  const threads: EventEmitter[] = [];
  const told: ToIndexer[] = [];
  const reader: string[] = [];
  let starts = 0;
  const indexing = createIndexing(
    () => {
      starts++;
      if (!canStart()) throw new Error('EMFILE');
      const thread = Object.assign(new EventEmitter(), {
        postMessage(message: ToIndexer) {
          told.push(message);
          if (message === 'close') thread.emit('exit', 0);
        },
      });
      threads.push(thread);
      return thread as unknown as Worker;
    },
    {
      openIndex: async () => void reader.push('open'),
      closeIndex: async () => void reader.push('close'),
    },
  );
  const thread = () => threads.at(-1) ?? assert.fail('no thread');
  return { indexing, thread, told, reader, starts: () => starts };
}

const rates: { name: string; commands: number[]; starts: number; told: ToIndexer[] }[] = [
  { name: 'few commands', commands: [BLOCK, BLOCK], starts: 1, told: ['changed', 'changed'] },
  { name: 'many commands', commands: [BLOCK, 501, 501], starts: 1, told: ['changed', 'busy', 'busy'] },
  {
    name: 'a flood of commands',
    commands: [BLOCK, 5_001, BLOCK],
    starts: 1,
    told: ['changed', 'wait', 'changed'],
  },
  { name: 'nothing but floods', commands: [500_000, 500_000], starts: 0, told: [] },
  { name: 'a flood and quiet', commands: [500_000, 0], starts: 1, told: ['changed'] },
];
for (const { name, commands, starts: expected, told: words } of rates) {
  test(`the indexing thread is told what it may do: ${name}`, async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { indexing, told, starts } = useIndexing();
    for (const count of commands) {
      if (count > 0) indexing.noteChanges(count);
      t.mock.timers.tick(1_000);
    }
    assert.equal(starts(), expected);
    assert.deepEqual(told, words);
    await indexing.close();
  });
}

test('what came in a flood is indexed when it is over', async () => {
  const path = newPath();
  const store = await openWith(path, textsOf(BLOCK));
  await indexed(path, BLOCK);
  await acceptAll(store, textsOf(100 * BLOCK));
  await indexed(path, 101 * BLOCK);
  await store.close();
});

const failures: { name: string; fail(thread: EventEmitter): void }[] = [
  {
    name: 'fails',
    fail(thread) {
      thread.emit('error', new Error('EMFILE'));
      thread.emit('exit', 1);
    },
  },
  { name: 'ends without a word', fail: (thread) => thread.emit('exit', 0) },
];
for (const { name, fail } of failures) {
  test(`an indexing thread that ${name} is started again after a minute, not before`, async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { indexing, thread, told, reader, starts } = useIndexing();
    indexing.start();
    thread().emit('message', 'usable' satisfies FromIndexer);
    fail(thread());
    assert.deepEqual(reader, ['open', 'close']);
    t.mock.timers.tick(59_999);
    indexing.start();
    assert.equal(starts(), 1);
    t.mock.timers.tick(1);
    assert.equal(starts(), 2);
    thread().emit('message', 'usable' satisfies FromIndexer);
    assert.deepEqual(reader, ['open', 'close', 'open']);
    thread().emit('message', 'damaged' satisfies FromIndexer);
    await turn();
    assert.deepEqual(told, ['remake']);
    await indexing.close();
  });
}

test('where no indexing thread can be started, whoever searches or writes does not notice', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let canStart = false;
  const { indexing, starts } = useIndexing(() => canStart);
  indexing.start();
  indexing.start();
  assert.equal(starts(), 1);
  indexing.noteChanges(BLOCK);
  t.mock.timers.tick(60_000);
  assert.equal(starts(), 2);
  canStart = true;
  t.mock.timers.tick(60_000);
  assert.equal(starts(), 3);
  await indexing.close();
});

test('a stop after a failure of the indexing thread starts no other', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { indexing, thread, starts } = useIndexing();
  indexing.start();
  thread().emit('error', new Error('EMFILE'));
  const closed = indexing.close();
  thread().emit('exit', 1);
  await closed;
  t.mock.timers.tick(120_000);
  indexing.start();
  assert.equal(starts(), 1);
});
