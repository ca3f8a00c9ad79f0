import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { createIds } from '../../../core/ids.ts';
import type { LogQuery } from '../../store.ts';
import { openForReading, openForWriting } from '../open-database.ts';
import { createReadQueries } from '../read-queries.ts';
import { FAILED } from '../status-codes.ts';
import { createFillIndex } from './fill-index.ts';
import {
  BLOCK,
  openSearchForFilling,
  openSearchForReading,
  readProgress,
  searchPathOf,
  VOLUME,
} from './search-file.ts';
import { createSearchIndex } from './search-index.ts';

// Goal: whatever is indexed so far, a search finds exactly the texts that contain what was asked for, newest first, each
// once. Method: the index filled by hand beside a real store, against `String.prototype.includes`.

const folder = mkdtempSync(join(tmpdir(), 'postpoint-search-'));
after(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
const newPath = () => join(folder, `store-${++count}.db`);

interface StoreWithTexts {
  readonly path: string;
  readonly db: DatabaseSync;
  /** By `seq`. */
  readonly ids: ReadonlyMap<number, string>;
  add(texts: readonly string[], firstSeq?: number): void;
  close(): void;
}

/** Channel 1 has every message, channel 2 each tenth; of channel 2 each 50th failed. */
function openStore(path = newPath()): StoreWithTexts {
  const db = openForWriting(path);
  db.exec("INSERT INTO channel (name, provider) VALUES ('all', 'webhook'), ('some', 'webhook')");
  const addMessage = db.prepare(
    "INSERT INTO message (seq, id, msg_type, text, created_at_ms) VALUES (?, ?, 'text', ?, ?)",
  );
  const addDelivery = db.prepare('INSERT INTO delivery (message_seq, channel_id, status) VALUES (?, ?, ?)');
  const newId = createIds(() => 0.5);
  const ids = new Map<number, string>();
  return {
    path,
    db,
    ids,
    add(texts, firstSeq = Math.max(0, ...ids.keys()) + 1) {
      db.exec('BEGIN');
      for (const [index, text] of texts.entries()) {
        const seq = firstSeq + index;
        const id = newId(seq);
        ids.set(seq, id);
        addMessage.run(seq, id, text, seq);
        addDelivery.run(seq, 1, 3);
        if (seq % 10 === 0) addDelivery.run(seq, 2, seq % 50 === 0 ? FAILED : 3);
      }
      db.exec('COMMIT');
    },
    close: () => db.close(),
  };
}

function fill({ path, db }: StoreWithTexts, steps = Number.POSITIVE_INFINITY): void {
  const search = openSearchForFilling(path, db);
  const step = createFillIndex(db, search);
  for (let n = 0; n < steps && step(); n++);
  search.close();
}

const UNHURRIED = { maxMs: Number.POSITIVE_INFINITY, nowMs: () => 0 };

/** All pages of a query, by `createdAtMs`, which is the `seq` here. */
function findAll(
  { path }: StoreWithTexts,
  query: Partial<LogQuery>,
  withIndex = true,
  time = UNHURRIED,
): number[] {
  const db = openForReading(path);
  const queries = createReadQueries(db, 0, time);
  const search = withIndex ? openSearchForReading(path) : null;
  const index = search === null ? null : createSearchIndex(search);
  const found: number[] = [];
  let beforeId: string | undefined;
  for (;;) {
    const page = queries.listMessages(
      { limit: 7, ...query, ...(beforeId === undefined ? {} : { beforeId }) },
      index,
    );
    found.push(...page.entries.map(({ createdAtMs }) => createdAtMs));
    if (!page.more) break;
    beforeId = page.searchedTo?.id ?? page.entries.at(-1)?.id;
  }
  index?.close();
  db.close();
  return found;
}

const wantedSeqs = (texts: readonly string[], query: string) =>
  texts.flatMap((text, index) => (text.includes(query) ? [index + 1] : [])).reverse();

/** Few characters, so that texts and searches meet: Chinese, both cases, marks, an emoji, quotes, FTS5's own syntax. */
const ALPHABET = [
  '数',
  '据',
  '库',
  'a',
  'A',
  ' ',
  '\n',
  '"',
  '*',
  "'",
  '\u0301',
  '😀',
  '👍🏽',
  '%',
  '_',
  '\\',
  '\u0001',
];
const textOf = (minLength: number, maxLength: number) =>
  fc.array(fc.constantFrom(...ALPHABET), { minLength, maxLength }).map((parts) => parts.join(''));

test('a search finds exactly what contains it, with the index absent, behind, half-way and complete', () => {
  fc.assert(
    fc.property(
      fc.array(textOf(1, 12), { minLength: 1, maxLength: 4 * BLOCK }),
      fc.array(textOf(1, 12), { maxLength: 2 * BLOCK }),
      fc.array(textOf(1, 4), { minLength: 1, maxLength: 8 }),
      (early, late, queries) => {
        const store = openStore();
        store.add(early);
        fill(store);
        store.add(late);
        const texts = [...early, ...late];
        for (const query of queries) {
          const want = wantedSeqs(texts, query);
          assert.deepEqual(findAll(store, { text: query }, false), want, 'no index');
          assert.deepEqual(findAll(store, { text: query }), want, 'behind');
        }
        fill(store, 3);
        for (const query of queries)
          assert.deepEqual(findAll(store, { text: query }), wantedSeqs(texts, query));
        fill(store);
        for (const query of queries)
          assert.deepEqual(findAll(store, { text: query }), wantedSeqs(texts, query));
        store.close();
      },
    ),
    { numRuns: 15 },
  );
});

test('any text is found by any piece of itself', () => {
  const anyText = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 40 })
    .map((text) => text.replaceAll('\0', ' '));
  fc.assert(
    fc.property(
      fc.array(anyText, { minLength: BLOCK, maxLength: BLOCK }),
      fc.nat(),
      fc.nat(),
      (texts, a, b) => {
        const store = openStore();
        store.add(texts);
        fill(store);
        const characters = Array.from(texts[a % texts.length] ?? '');
        const start = b % characters.length;
        const piece = characters.slice(start, start + 1 + (a % 5)).join('');
        assert.deepEqual(findAll(store, { text: piece }), wantedSeqs(texts, piece));
        store.close();
      },
    ),
    { numRuns: 20 },
  );
});

test('searches across two volumes, gaps, and a text too long to index', () => {
  const store = openStore();
  const manyPairs = String.fromCodePoint(
    ...Array.from({ length: 30_000 }, (_, n) => 0x4e00 + ((n * 7_919) % 20_000)),
  );
  store.add(['数据库 Q', `${manyPairs}数据库`], VOLUME - BLOCK - 1);
  store.add(['数据库 中', '数据 库'], VOLUME - 1);
  store.add(Array.from({ length: 3 * BLOCK }, (_, n) => `文字 ${n}`));
  store.add(['数据库 晚']);
  const want = [VOLUME + 1 + 3 * BLOCK, VOLUME - 1, VOLUME - BLOCK, VOLUME - BLOCK - 1];
  fill(store);
  assert.deepEqual(findAll(store, { text: '数据库' }), want);
  assert.deepEqual(findAll(store, { text: 'Q' }), [VOLUME - BLOCK - 1]);
  assert.deepEqual(findAll(store, { text: ' 库' }), [VOLUME]);
  assert.deepEqual(findAll(store, { text: 'Z' }), []);
  store.close();
});

// The pairs of the searches are in every text, in this order or another; the last text alone has the words themselves.
const named = [
  { text: '据库存', want: [4 * BLOCK] },
  { text: '使用户中', want: [4 * BLOCK] },
  { text: '库存在', want: [] },
  { text: '用户中心', want: 'all' },
  { text: '中心', want: 'all' },
  { text: '7用户中', want: [] },
  { text: '心\n用', want: [] },
  { text: '饕餮盛宴', want: [] },
] as const;
for (const { text, want } of named) {
  test(`${JSON.stringify(text)} has no candidates in blocks without it`, () => {
    const store = openStore();
    store.add(Array.from({ length: 4 * BLOCK - 1 }, () => '使用率，用户中心，数据库，库存，存在'));
    store.add(['据库存使用户中，用户中心']);
    store.add(Array.from({ length: BLOCK }, () => '用户中心'));
    fill(store);
    const index = createSearchIndex(openSearchForReading(store.path));
    const { seqs, after } = index.findText(text, { after: 0, upTo: 5 * BLOCK - 1 }, 1_024);
    const all = Array.from({ length: 5 * BLOCK - 1 }, (_, n) => 5 * BLOCK - 1 - n);
    assert.deepEqual(seqs, want === 'all' ? all : want);
    assert.equal(after, 0);
    index.close();
    store.close();
  });
}

test('candidates that are too many for one look are named bit by bit', () => {
  const store = openStore();
  const hasWord = (seq: number) => Math.floor(seq / BLOCK) % 3 === 0 && seq % 5 === 0;
  const total = 12 * BLOCK - 1;
  store.add(Array.from({ length: total }, (_, n) => (hasWord(n + 1) ? '据库存' : '据库，库存')));
  fill(store);
  const index = createSearchIndex(openSearchForReading(store.path));
  for (const limit of [1, 2, 7, 64, 1_024]) {
    const found: number[] = [];
    for (let upTo = total; upTo > 0; ) {
      const { seqs, after } = index.findText('据库存', { after: 0, upTo }, limit);
      assert.ok(seqs.length <= limit && after < upTo, `${limit}: ${seqs.length} down to ${after}`);
      found.push(...seqs);
      upTo = after;
    }
    const named = new Set(found);
    assert.equal(named.size, found.length, `${limit}: each once`);
    for (let seq = 1; seq <= total; seq++) if (hasWord(seq)) assert.ok(named.has(seq), `${limit}: ${seq}`);
  }
  index.close();
  store.close();
});

const filters: readonly { readonly query: Partial<LogQuery>; matches(seq: number): boolean }[] = [
  { query: {}, matches: () => true },
  { query: { channel: 'all' }, matches: () => true },
  { query: { channel: 'some' }, matches: (seq) => seq % 10 === 0 },
  { query: { channel: 'none' }, matches: () => false },
  { query: { status: 'failed' }, matches: (seq) => seq % 50 === 0 },
  { query: { status: 'queued' }, matches: () => false },
  { query: { status: 'delivered', channel: 'some' }, matches: (seq) => seq % 10 === 0 && seq % 50 !== 0 },
  { query: { status: 'failed', channel: 'some' }, matches: (seq) => seq % 50 === 0 },
  { query: { status: 'failed', channel: 'all' }, matches: () => false },
  { query: { sinceMs: 4_000, untilMs: 4_100 }, matches: (seq) => seq >= 4_000 && seq < 4_100 },
  { query: { untilMs: 50, text: '数' }, matches: (seq) => seq < 50 && seq % 3 === 0 },
  { query: { sinceMs: 5_990 }, matches: (seq) => seq >= 5_990 },
  { query: { text: '数据', channel: 'some' }, matches: (seq) => seq % 30 === 0 },
  { query: { text: '数据', status: 'failed' }, matches: (seq) => seq % 150 === 0 },
  {
    query: { text: '数据', status: 'failed', sinceMs: 3_000 },
    matches: (seq) => seq % 150 === 0 && seq >= 3_000,
  },
  { query: { text: '据0' }, matches: (seq) => seq % 30 === 0 },
];

test('every filter, with and without an index, in one walk and in the smallest pieces', () => {
  const store = openStore();
  const total = 6_000;
  store.add(Array.from({ length: total }, (_, n) => ((n + 1) % 3 === 0 ? `数据${(n + 1) % 10}` : '文字')));
  const seqs = Array.from({ length: total }, (_, n) => total - n);
  // Each look at the clock says that the time is used up: one step a call.
  let nowMs = 0;
  const hurried = { maxMs: 0, nowMs: () => ++nowMs };
  const check = (state: string, withIndex: boolean) => {
    for (const { query, matches } of filters) {
      const label = `${state}: ${JSON.stringify(query)}`;
      assert.deepEqual(findAll(store, { limit: 100, ...query }, withIndex), seqs.filter(matches), label);
      assert.deepEqual(
        findAll(store, { limit: 100, ...query }, withIndex, hurried),
        seqs.filter(matches),
        `${label}, hurried`,
      );
    }
  };
  check('no index', false);
  fill(store, 5);
  check('behind', true);
  fill(store);
  check('complete', true);
  store.close();
});

test('a walk that has to stop says how far it came, and asking on comes to the end', () => {
  const store = openStore();
  store.add(Array.from({ length: 5_000 }, () => '文字'));
  let nowMs = 0;
  const db = openForReading(store.path);
  const queries = createReadQueries(db, 0, { maxMs: 0, nowMs: () => ++nowMs });
  const looked: number[] = [];
  let beforeId: string | undefined;
  for (;;) {
    const page = queries.listMessages(
      { limit: 5, text: '饕餮', ...(beforeId === undefined ? {} : { beforeId }) },
      null,
    );
    assert.deepEqual(page.entries, []);
    assert.equal(page.more, page.searchedTo !== null);
    if (page.searchedTo === null) break;
    assert.equal(store.ids.get(page.searchedTo.createdAtMs), page.searchedTo.id);
    looked.push(page.searchedTo.createdAtMs);
    beforeId = page.searchedTo.id;
  }
  assert.ok(looked.length >= 3, `${looked}`);
  assert.deepEqual(
    looked,
    [...looked].sort((a, b) => b - a),
  );
  db.close();
  store.close();
});

test('a message sent again to another channel is found there, indexed or not', () => {
  const store = openStore();
  store.add(Array.from({ length: 2 * BLOCK }, () => '文字'));
  fill(store);
  const again = store.db.prepare('INSERT INTO delivery (message_seq, channel_id, status) VALUES (?, 2, 3)');
  again.run(3);
  const want = [120, 110, 100, 90, 80, 70, 60, 50, 40, 30, 20, 10, 3];
  assert.deepEqual(findAll(store, { channel: 'some' }), want);
  for (let n = 0; n < BLOCK; n++) again.run(3);
  fill(store);
  assert.deepEqual(findAll(store, { channel: 'some' }), want);
  store.close();
});

test('a clock set back between two starts: the last accepted stays first, no page loses or repeats one', () => {
  const store = openStore();
  store.add(Array.from({ length: 2 * BLOCK }, (_, n) => `数据 ${n}`));
  const db = store.db;
  const late = db.prepare(
    "INSERT INTO message (seq, id, msg_type, text, created_at_ms) VALUES (?, ?, 'text', '数据', ?)",
  );
  const newId = createIds(() => 0.25);
  for (let seq = 2 * BLOCK + 1; seq <= 4 * BLOCK; seq++) late.run(seq, newId(seq - 100), seq);
  const want = Array.from({ length: 4 * BLOCK }, (_, n) => 4 * BLOCK - n);
  for (const state of ['behind', 'complete']) {
    if (state === 'complete') fill(store);
    else fill(store, 1);
    assert.deepEqual(findAll(store, { text: '数据' }), want, state);
    assert.deepEqual(findAll(store, {}), want, state);
    // By id: of the first half 60 to 69, of the second those that were given these times again.
    const inTime = want.filter((seq) => (seq <= 2 * BLOCK ? seq >= 60 && seq < 70 : seq >= 160 && seq < 170));
    assert.deepEqual(findAll(store, { text: '数据', sinceMs: 60, untilMs: 70 }), inTime, state);
  }
  store.close();
});

const broken: readonly { readonly name: string; harm(path: string, store: StoreWithTexts): void }[] = [
  { name: 'is gone', harm: (path) => rmSync(path) },
  { name: 'is no database', harm: (path) => writeFileSync(path, 'no database '.repeat(1_000)) },
  { name: 'is empty', harm: (path) => writeFileSync(path, '') },
  {
    name: 'is of another version',
    harm: (_, store) => {
      const search = openSearchForFilling(store.path, store.db);
      search.exec('PRAGMA user_version = 999; DROP TABLE zone');
      search.close();
    },
  },
  {
    name: 'is of another store',
    harm: (path) => {
      const other = openStore();
      other.add(Array.from({ length: BLOCK }, () => '别处'));
      other.db.exec("UPDATE message SET id = replace(id, '0000', '0001')");
      fill(other);
      other.close();
      rmSync(path);
      writeFileSync(path, readFileSync(searchPathOf(other.path)));
    },
  },
];
for (const { name, harm } of broken) {
  test(`an index that ${name} is made anew`, () => {
    const store = openStore();
    store.add(Array.from({ length: BLOCK }, () => '数据库'));
    fill(store);
    harm(searchPathOf(store.path), store);
    fill(store);
    const search = openSearchForReading(store.path);
    assert.equal(readProgress(search).messageSeq, BLOCK - 1);
    search.close();
    assert.equal(findAll(store, { text: '据库' }).length, BLOCK);
    assert.deepEqual(findAll(store, { text: '别处' }), []);
    store.close();
  });
}

test('an older copy of the store does not get the newer index', () => {
  const store = openStore();
  store.add(Array.from({ length: 3 * BLOCK }, () => '数据库'));
  fill(store);
  store.db.exec(
    `DELETE FROM message WHERE seq > ${BLOCK}; DELETE FROM delivery WHERE message_seq > ${BLOCK}`,
  );
  fill(store);
  assert.equal(findAll(store, { text: '据库' }).length, BLOCK);
  store.close();
});

test('the index is for its owner only', {
  skip: process.platform === 'win32' && 'no POSIX modes here',
}, () => {
  const store = openStore();
  store.add(['x']);
  fill(store);
  assert.equal(statSync(searchPathOf(store.path)).mode & 0o777, 0o600);
  store.close();
});
