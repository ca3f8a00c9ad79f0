import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { createSimulatedClock } from '../../../test/support/simulated-clock.ts';
import { openGuestSlots } from './guest-slots.ts';
import { openEngine } from './open-engine.ts';

// Goal: who sends beside the service keeps the windows together with it. Method: the service's own engine and a guest on one
// file, and a clock that the test moves.

const folder = mkdtempSync(join(tmpdir(), 'postpoint-guest-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const newFile = () => join(folder, `${++files}.db`);

const WINDOWS = [{ maxSends: 2, windowMs: 60_000 }];
const HASH = 'hash of one';
const REQUEST = { endpointHash: HASH, providerId: 'webhook', windows: WINDOWS, timeoutMs: 10_000 };

/** A store with an engine that serves one channel. */
function openService() {
  const path = newFile();
  const clock = createSimulatedClock();
  const engine = openEngine(path, clock, clock.boot);
  function ask(name: 'registerChannels' | 'accept' | 'takeTurns', argument: unknown): unknown {
    const [reply] = engine.run([{ name, argument }]);
    assert.ok(reply?.ok);
    return reply.value;
  }
  const channels = [{ name: 'one', providerId: 'webhook', endpointHash: HASH }];
  const [ref] = ask('registerChannels', channels) as { channelId: number; endpointId: number }[];
  assert.ok(ref);
  const { channelId, endpointId } = ref;
  const take = { channelId, endpointId, windows: WINDOWS, ordered: false, limit: 9 };
  return {
    path,
    clock,
    accept(id: string) {
      const message = { id, requestId: null, msgType: 'text', text: id, createdAtMs: 0 };
      ask('accept', { message, channelIds: [channelId] });
    },
    takeTurns: () => ask('takeTurns', take) as { turns: unknown[]; waitMs: number | null },
    close: () => engine.db.close(),
  };
}

test('the service does not send while a guest has the room, and then does', async () => {
  const service = openService();
  const guest = openGuestSlots(service.path, service.clock, service.clock.boot);
  for (const id of ['a', 'b', 'c']) service.accept(id);
  const end = await guest.book(REQUEST, 0);
  assert.equal(service.takeTurns().turns.length, 1);
  end?.();
  assert.deepEqual([service.takeTurns().turns.length, service.takeTurns().waitMs], [0, 60_000]);
  await service.clock.advance(60_001);
  assert.equal(service.takeTurns().turns.length, 1);
  guest.close();
  service.close();
});

test('a guest waits for the service, and gives up after its patience', async () => {
  const service = openService();
  const guest = openGuestSlots(service.path, service.clock, service.clock.boot);
  for (const id of ['a', 'b']) service.accept(id);
  assert.equal(service.takeTurns().turns.length, 2);
  assert.equal(await guest.book(REQUEST, 0), null);
  guest.close();
  service.close();
});

test('guests wait for each other', async () => {
  const { path, clock, close } = openService();
  const [one, other] = [openGuestSlots(path, clock, clock.boot), openGuestSlots(path, clock, clock.boot)];
  for (const guest of [one, other]) (await guest.book(REQUEST, 0))?.();
  const third = one.book(REQUEST, 90_000);
  assert.equal(await other.book(REQUEST, 59_000), null);
  await clock.advance(60_001);
  assert.notEqual(await third, null);
  for (const guest of [one, other]) guest.close();
  close();
});

test('a slot whose guest has died is free one window after its deadline', async () => {
  const service = openService();
  const guest = openGuestSlots(service.path, service.clock, service.clock.boot);
  await guest.book(REQUEST, 0);
  await guest.book(REQUEST, 0);
  guest.close();
  service.accept('a');
  assert.deepEqual([service.takeTurns().turns.length, service.takeTurns().waitMs], [0, 60_000]);
  await service.clock.advance(60_000);
  assert.deepEqual([service.takeTurns().turns.length, service.takeTurns().waitMs], [0, 10_000]);
  await service.clock.advance(10_001);
  assert.equal(service.takeTurns().turns.length, 1);
  service.close();
});

test('the service waits for the end of a guest and not for its deadline', async () => {
  const service = openService();
  const guest = openGuestSlots(service.path, service.clock, service.clock.boot);
  const request = { ...REQUEST, timeoutMs: 300_000 };
  const ends = [await guest.book(request, 0), await guest.book(request, 0)];
  service.accept('a');
  const { waitMs } = service.takeTurns();
  for (const end of ends) end?.();
  await service.clock.advance((waitMs ?? 0) + 1);
  assert.equal(service.takeTurns().turns.length, 1);
  guest.close();
  service.close();
});

test('where there is no store none is made, and the windows hold all the same', async () => {
  const path = newFile();
  const clock = createSimulatedClock();
  const guest = openGuestSlots(path, clock, clock.boot);
  for (let count = 0; count < 2; count++) (await guest.book(REQUEST, 0))?.();
  assert.equal(await guest.book(REQUEST, 0), null);
  guest.close();
  assert.equal(existsSync(path), false);
});

for (const [name, make] of [
  ['a text file', (path: string) => writeFileSync(path, 'no database at all\n'.repeat(500))],
  ["another program's database", (path: string) => void makeDatabase(path, 'CREATE TABLE guest (name TEXT)')],
  ['a link that leads nowhere but to itself', (path: string) => symlinkSync(path, path)],
  ['an empty database', (path: string) => void makeDatabase(path, 'VACUUM')],
  [
    'an empty file beside a log of writes',
    (path: string) => {
      writeFileSync(path, '');
      writeFileSync(`${path}-wal`, 'what was acknowledged last');
    },
  ],
] as const) {
  test(`${name} is refused and left as it is`, () => {
    const path = newFile();
    const clock = createSimulatedClock();
    make(path);
    const contents = () =>
      [path, `${path}-wal`].map((file) => (existsSync(file) ? readFileSync(file, 'hex') : null));
    const before = contents();
    assert.throws(() => openGuestSlots(path, clock, clock.boot));
    assert.deepEqual(contents(), before);
  });
}

function makeDatabase(path: string, sql: string): void {
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
}
