import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { systemClock } from '../../core/clock.ts';
import { createIds } from '../../core/ids.ts';
import { readMigrations } from '../migrate.ts';
import type { AcceptCommand, StoreError } from '../store.ts';
import { NotFileError, openBesideWriter } from './open-database.ts';
import { openEngine } from './open-engine.ts';
import { openSqliteStore, StoreUnusableError } from './sqlite-store.ts';

// Goal: the threads around the engine. What the engine promises is in test/conformance.

const folder = mkdtempSync(join(tmpdir(), 'postpoint-sqlite-'));
after(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
const newPath = () => join(folder, 'sub', `${++files}.db`);
const newId = createIds();
const onFatal = (error: StoreError) => assert.fail(error);

function acceptCommand(channelId: number, text = 'hello'): AcceptCommand {
  const id = newId(Date.now());
  return {
    message: { id, requestId: null, msgType: 'text', text, createdAtMs: Date.now() },
    channelIds: [channelId],
  };
}

test('commands of one moment are answered each with its own result, and read back by the other thread', async () => {
  const store = await openSqliteStore({ path: newPath(), onFatal });
  const [ref] = await store.registerChannels([{ name: 'a', providerId: 'webhook', endpointHash: 'h' }]);
  assert.ok(ref);
  const commands = Array.from({ length: 200 }, (_, n) => acceptCommand(ref.channelId, `text ${n}`));
  await Promise.all(commands.map((command) => store.accept(command)));
  for (const [n, { message }] of commands.entries()) {
    assert.equal((await store.getMessage(message.id))?.text, `text ${n}`);
  }
  assert.deepEqual(await store.countOpen(), [{ channel: 'a', count: 200 }]);
  assert.equal(store.isWritable(), true);
  await store.close();
});

test('what was begun before close() is done, what comes after is refused', async () => {
  const path = newPath();
  const store = await openSqliteStore({ path, onFatal });
  const [ref] = await store.registerChannels([{ name: 'a', providerId: 'webhook', endpointHash: 'h' }]);
  const begun = store.accept(acceptCommand(ref?.channelId ?? 0));
  const closed = store.close();
  await assert.rejects(store.accept(acceptCommand(1)), { name: 'StoreError', kind: 'closed' });
  assert.deepEqual(await begun, { kind: 'accepted' });
  await closed;
  const again = await openSqliteStore({ path, onFatal });
  assert.deepEqual(await again.countOpen(), [{ channel: 'a', count: 1 }]);
  await again.close();
});

test('a second process on the same file is refused, and let in once the first is gone', async () => {
  const path = newPath();
  const first = await openSqliteStore({ path, onFatal });
  await assert.rejects(openSqliteStore({ path, onFatal }), (error) => {
    return error instanceof StoreUnusableError && error.why === 'in_use';
  });
  await first.close();
  await (await openSqliteStore({ path, onFatal })).close();
});

test('another program’s database is refused and stays as it is', async () => {
  const path = newPath();
  mkdirSync(dirname(path), { recursive: true });
  const other = new DatabaseSync(path);
  other.exec('CREATE TABLE accounts (name TEXT)');
  other.close();
  const before = readFileSync(path);
  await assert.rejects(openSqliteStore({ path, onFatal }), { why: 'foreign' });
  assert.deepEqual(readFileSync(path), before);
});

for (const gone of ['', '-wal']) {
  test(`the file that is deleted while it is open: nothing more is acknowledged (postpoint.db${gone})`, {
    skip: process.platform === 'win32' && 'an open file cannot be deleted there',
  }, async () => {
    const path = newPath();
    let fatal: StoreError | null = null;
    const store = await openSqliteStore({ path, onFatal: (error) => (fatal = error) });
    const [ref] = await store.registerChannels([{ name: 'a', providerId: 'webhook', endpointHash: 'h' }]);
    rmSync(`${path}${gone}`);
    await assert.rejects(store.accept(acceptCommand(ref?.channelId ?? 0)), { kind: 'unknown_commit' });
    assert.notEqual(fatal, null);
    assert.equal(store.isWritable(), false);
    await store.close();
  });
}

test('a symbolic link to the file is the same store', {
  skip: process.platform === 'win32' && 'needs rights there',
}, async () => {
  const path = newPath();
  const first = await openSqliteStore({ path, onFatal });
  const link = join(folder, 'link.db');
  symlinkSync(path, link);
  await assert.rejects(openSqliteStore({ path: link, onFatal }), { why: 'in_use' });
  await first.close();
});

test('a store is used through a symbolic link, and made through one that leads to nothing yet', {
  skip: process.platform === 'win32' && 'needs rights there',
}, async () => {
  const path = newPath();
  const link = `${path}-link`;
  symlinkSync(path, link);
  for (const expected of [1, 2]) {
    const store = await openSqliteStore({ path: link, onFatal });
    const [ref] = await store.registerChannels([{ name: 'a', providerId: 'webhook', endpointHash: 'h' }]);
    await store.accept(acceptCommand(ref?.channelId ?? 0));
    await assert.rejects(openSqliteStore({ path, onFatal }), { why: 'in_use' });
    assert.equal((await store.listMessages({ limit: 10 })).entries.length, expected);
    await store.close();
  }
});

test('a hard link to the file is the same store: refused while it is open, served when it is not', async () => {
  const path = newPath();
  const first = await openSqliteStore({ path, onFatal });
  const [ref] = await first.registerChannels([{ name: 'a', providerId: 'webhook', endpointHash: 'h' }]);
  const link = `${path}-link`;
  linkSync(path, link);
  await assert.rejects(openSqliteStore({ path: link, onFatal }), { why: 'in_use' });
  assert.equal(existsSync(`${link}-wal`), false);
  await first.accept(acceptCommand(ref?.channelId ?? 0));
  await first.close();
  for (const name of [path, link]) {
    const store = await openSqliteStore({ path: name, onFatal });
    assert.deepEqual(await store.countOpen(), [{ channel: 'a', count: 1 }]);
    await store.close();
  }
});

test('a store with a hard link that nobody has open is served, also after a crash', async () => {
  const path = newPath();
  const crashed = openEngine(path, systemClock, { id: null, sinceStartMs: () => 0 });
  crashed.run([
    { name: 'registerChannels', argument: [{ name: 'a', providerId: 'webhook', endpointHash: 'h' }] },
  ]);
  const copied = `${path}-crashed`;
  for (const suffix of ['', '-wal']) copyFileSync(`${path}${suffix}`, `${copied}${suffix}`);
  crashed.db.close();
  linkSync(copied, `${copied}-backup`);
  const store = await openSqliteStore({ path: copied, onFatal });
  const [ref] = await store.registerChannels([{ name: 'a', providerId: 'webhook', endpointHash: 'h' }]);
  assert.equal(ref?.channelId, 1);
  await store.close();
});

const inTheWay: { name: string; make: (path: string) => unknown }[] = [
  { name: 'a folder', make: (path) => mkdirSync(path, { mode: 0o755 }) },
  { name: 'a pipe', make: (path) => execFileSync('mkfifo', ['-m', '644', path]) },
  {
    name: 'a socket',
    async make(path) {
      const server = createServer().listen(path);
      await once(server, 'listening');
      chmodSync(path, 0o644);
      after(() => server.close());
    },
  },
];
for (const { name, make } of inTheWay) {
  for (const byLink of [false, true]) {
    test(`${name} in the place of the store is refused and left alone${byLink ? ', through a link too' : ''}`, {
      skip: process.platform === 'win32' && 'no such things there',
    }, async () => {
      const place = mkdtempSync(join(folder, 'taken-'));
      const path = join(place, 'taken');
      await make(path);
      const named = byLink ? join(place, 'link') : path;
      if (byLink) symlinkSync(path, named);
      const look = () => ({ mode: statSync(path).mode, names: readdirSync(place) });
      const before = look();
      await assert.rejects(openSqliteStore({ path: named, onFatal }), { why: 'not_file' });
      assert.throws(() => openBesideWriter(path), NotFileError);
      assert.deepEqual(look(), before);
    });
  }
}

for (const left of ['absent', 'empty']) {
  test(`a log of writes whose store is ${left} is refused and kept`, async () => {
    const path = newPath();
    writeFileSync(`${path}-wal`, 'acknowledged messages');
    if (left === 'empty') writeFileSync(path, '');
    await assert.rejects(openSqliteStore({ path, onFatal }), { why: 'orphaned_log' });
    assert.equal(readFileSync(`${path}-wal`, 'utf8'), 'acknowledged messages');
    assert.equal(existsSync(path), left === 'empty');
  });
}

test('a damaged lock is named, not the store', async () => {
  const path = newPath();
  writeFileSync(`${path}.lock`, 'no database at all '.repeat(200));
  await assert.rejects(openSqliteStore({ path, onFatal }), (error) => {
    return error instanceof StoreUnusableError && error.why === 'failed' && error.message.includes('.lock');
  });
});

test('after a clean stop everything is in the one file', async () => {
  const path = newPath();
  const store = await openSqliteStore({ path, onFatal });
  const [ref] = await store.registerChannels([{ name: 'a', providerId: 'webhook', endpointHash: 'h' }]);
  await store.accept(acceptCommand(ref?.channelId ?? 0));
  await store.countOpen();
  await store.close();
  assert.equal(existsSync(`${path}-wal`), false);
  const copy = new DatabaseSync(path, { readOnly: true });
  assert.deepEqual({ ...copy.prepare('SELECT count(*) AS n FROM message').get() }, { n: 1 });
  copy.close();
});

test('an older store says that it is brought up to date, a new one and a present one do not', async () => {
  const path = newPath();
  const [first] = readMigrations(new URL('./migrations/', import.meta.url));
  const old = new DatabaseSync(path);
  old.exec(`${first?.sql}; PRAGMA user_version = 1`);
  old.close();
  for (const { file, said } of [
    { file: path, said: 1 },
    { file: path, said: 0 },
    { file: newPath(), said: 0 },
  ]) {
    let calls = 0;
    const store = await openSqliteStore({ path: file, onFatal, onMigrating: () => calls++ });
    await store.close();
    assert.equal(calls, said);
  }
});

test('a newer schema is refused and left alone', async () => {
  const path = newPath();
  await (await openSqliteStore({ path, onFatal })).close();
  const db = new DatabaseSync(path);
  db.exec('PRAGMA user_version = 999');
  db.close();
  await assert.rejects(openSqliteStore({ path, onFatal }), (error) => {
    return error instanceof StoreUnusableError && error.why === 'schema_too_new';
  });
});

test('a file that is no database is refused and left alone', async () => {
  await assert.rejects(openSqliteStore({ path: import.meta.filename, onFatal }), {
    name: 'StoreUnusableError',
    why: 'damaged',
  });
  rmSync(`${import.meta.filename}.lock`, { force: true });
});

test('more waiting text than the bound is refused as overloaded, and nothing of it is written', async () => {
  const store = await openSqliteStore({ path: newPath(), onFatal });
  const [ref] = await store.registerChannels([{ name: 'a', providerId: 'webhook', endpointHash: 'h' }]);
  const text = 'x'.repeat(1024 * 1024);
  const settled = await Promise.allSettled(
    Array.from({ length: 18 }, () => store.accept(acceptCommand(ref?.channelId ?? 0, text))),
  );
  const refused = settled.filter(({ status }) => status === 'rejected');
  assert.equal(refused.length, 2);
  for (const result of refused)
    assert.equal(result.status === 'rejected' && result.reason.kind, 'overloaded');
  assert.deepEqual(await store.countOpen(), [{ channel: 'a', count: 16 }]);
  await store.close();
});

test('the files are for their owner only', {
  skip: process.platform === 'win32' && 'no POSIX modes here',
}, async () => {
  const path = newPath();
  const store = await openSqliteStore({ path, onFatal });
  await store.registerChannels([{ name: 'a', providerId: 'webhook', endpointHash: 'h' }]);
  const name = path.slice(path.lastIndexOf('/') + 1);
  const files = readdirSync(join(folder, 'sub')).filter((file) => file.startsWith(name));
  assert.ok(files.length >= 3, files.join());
  for (const file of files) assert.equal(statSync(join(folder, 'sub', file)).mode & 0o077, 0, file);
  assert.equal(statSync(join(folder, 'sub')).mode & 0o077, 0);
  await store.close();
});
