import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createRandom } from '../../faults/support/random.ts';
import type { TraceEvent } from '../../faults/support/read-trace.ts';
import { createReplayedDisk, type Leftover } from '../../faults/support/replayed-disk.ts';

// Goal: a power cut takes what was not synced, and nothing else. Method: a few events, and the files that are left.
const DB = '/d/db';
const create: TraceEvent = { kind: 'create', path: DB };
const unlink: TraceEvent = { kind: 'unlink', path: DB };
const write = (text: string, offset = 0): TraceEvent => ({
  kind: 'write',
  path: DB,
  bytes: Buffer.from(text),
  offset,
});
const begin = (path: string): TraceEvent => ({ kind: 'sync_begin', path, thread: '1' });
const end = (path: string): TraceEvent => ({ kind: 'sync_end', path, thread: '1' });
const sync = (path: string): TraceEvent[] => [begin(path), end(path)];
/** The file with one text in it, and its name, are on disk. */
const kept: readonly TraceEvent[] = [create, write('old'), ...sync(DB), ...sync('/d')];

const cases: readonly {
  name: string;
  events: readonly TraceEvent[];
  leftover: Leftover;
  want: Readonly<Record<string, string>>;
}[] = [
  { name: 'a synced file in a synced folder stays', events: kept, leftover: 'none', want: { db: 'old' } },
  {
    name: 'a synced file in a folder that was not synced is lost',
    events: [create, write('old'), ...sync(DB)],
    leftover: 'none',
    want: {},
  },
  {
    name: 'a name can be there without its content',
    events: [create, write('old'), ...sync('/d')],
    leftover: 'none',
    want: { db: '' },
  },
  { name: 'a later write is lost', events: [...kept, write('new')], leftover: 'none', want: { db: 'old' } },
  { name: 'a later write is there', events: [...kept, write('new')], leftover: 'all', want: { db: 'new' } },
  {
    name: 'writes in their order, beyond the end too',
    events: [...kept, write('12345', 1), write('x', 2)],
    leftover: 'all',
    want: { db: 'o1x345' },
  },
  {
    name: 'a hole reads as zeros',
    events: [...kept, write('z', 5)],
    leftover: 'all',
    want: { db: 'old\0\0z' },
  },
  {
    name: 'cut short, then longer again',
    events: [...kept, { kind: 'truncate', path: DB, size: 1 }, { kind: 'truncate', path: DB, size: 3 }],
    leftover: 'all',
    want: { db: 'o\0\0' },
  },
  {
    name: 'a write after the begin of a sync is not in it',
    events: [...kept, write('mid'), begin(DB), write('end'), end(DB)],
    leftover: 'none',
    want: { db: 'mid' },
  },
  {
    name: 'a sync that never ended made nothing durable',
    events: [...kept, write('new'), begin(DB)],
    leftover: 'none',
    want: { db: 'old' },
  },
  {
    name: 'a deleted file comes back until its folder is synced',
    events: [...kept, unlink],
    leftover: 'none',
    want: { db: 'old' },
  },
  {
    name: 'a deleted file is gone with its folder synced',
    events: [...kept, unlink, ...sync('/d')],
    leftover: 'none',
    want: {},
  },
  {
    name: 'a new file under an old name starts empty',
    events: [...kept, unlink, create, ...sync('/d')],
    leftover: 'none',
    want: { db: '' },
  },
  {
    name: 'shared memory is gone',
    events: [{ kind: 'create', path: '/d/db-shm' }, ...sync('/d')],
    leftover: 'all',
    want: {},
  },
  {
    name: 'what lies elsewhere, or leaves by the network, is no part of the disk',
    events: [
      { kind: 'create', path: '/data/db' },
      { kind: 'sent', bytes: Buffer.from('x') },
    ],
    leftover: 'all',
    want: {},
  },
];
for (const { name, events, leftover, want } of cases) {
  test(`a power cut, ${leftover} left: ${name}`, () => assert.deepEqual(cut(events, leftover, 1), want));
}

test('a lost folder takes what is in it along', () => {
  const events: readonly TraceEvent[] = [
    { kind: 'make_folder', path: '/d/data' },
    { kind: 'create', path: '/d/data/db' },
    ...sync('/d/data'),
  ];
  assert.deepEqual(cut(events, 'none', 1), {});
  assert.deepEqual(cut([...events, ...sync('/d')], 'none', 1), { 'data/db': '' });
});

const SECTOR = 512;
const fresh = Buffer.alloc(8 * SECTOR, 'n').toString();
const rewritten: readonly TraceEvent[] = [
  create,
  write(Buffer.alloc(8 * SECTOR, 'o').toString()),
  ...sync(DB),
  ...sync('/d'),
  write(fresh),
];

test('a torn write leaves whole sectors of the old and the new', () => {
  const ends = new Set<string>();
  for (let seed = 0; seed < 40; seed++) {
    const content = cut(rewritten, 'torn', seed).db ?? '';
    const sectors = content.match(/.{512}/gs) ?? [];
    assert.equal(sectors.length, 8);
    for (const sector of sectors) assert.match(sector, /^(n+|o+)$/);
    ends.add(sectors.map(([first]) => first).join(''));
  }
  assert.ok(ends.size > 4, `only ${[...ends]}`);
  assert.ok([...ends].some((end) => end.includes('n') && end.includes('o')));
});

test('garbage lies only where something was written', () => {
  const small = [...rewritten.slice(0, -1), write('n'.repeat(SECTOR), 3 * SECTOR)];
  let spoiled = 0;
  for (let seed = 0; seed < 40; seed++) {
    const content = cut(small, 'garbage', seed).db ?? '';
    assert.equal(content.slice(0, 3 * SECTOR), 'o'.repeat(3 * SECTOR));
    assert.equal(content.slice(4 * SECTOR), 'o'.repeat(4 * SECTOR));
    if (!/^(n+|o+)$/.test(content.slice(3 * SECTOR, 4 * SECTOR))) spoiled++;
  }
  assert.ok(spoiled > 0);
});

test('a prefix keeps no write without all before it, a subset does', () => {
  const events: readonly TraceEvent[] = [
    create,
    ...sync('/d'),
    ...Array.from({ length: 8 }, (_, index) => write(String(index), index)),
  ];
  const of = (leftover: Leftover) =>
    Array.from({ length: 40 }, (_, seed) => cut(events, leftover, seed).db ?? '');
  for (const content of of('prefix')) assert.ok('01234567'.startsWith(content), content);
  assert.ok(new Set(of('prefix')).size > 2);
  assert.ok(of('subset').some((content) => content.includes('\0')));
});

/** @returns the files below `/d` after a power cut, with their content in latin1. */
function cut(events: readonly TraceEvent[], leftover: Leftover, seed: number): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'postpoint-disk-'));
  try {
    const disk = createReplayedDisk('/d');
    for (const event of events) disk.apply(event);
    disk.cutPower(folder, leftover, createRandom(seed));
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    return Object.fromEntries(
      files.map(({ parentPath, name }) => {
        const path = join(parentPath, name);
        return [path.slice(folder.length + 1).replaceAll('\\', '/'), readFileSync(path, 'latin1')];
      }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
