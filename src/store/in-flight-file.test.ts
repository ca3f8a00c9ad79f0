import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { createSimulatedClock } from '../../test/support/simulated-clock.ts';
import type { AttemptEnd } from './in-flight.ts';
import { CHUNK_BYTES } from './in-flight-chunk.ts';
import { openInFlightFile } from './in-flight-file.ts';

// Goal: what a killed process knew of its requests is known to the next one. Method: marks are made, the file is left
// as it is, and opened again.

const folder = mkdtempSync(join(tmpdir(), 'postpoint-inflight-'));
after(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
function newFile() {
  const path = join(folder, `${++count}.inflight`);
  const clock = createSimulatedClock();
  const troubles: unknown[] = [];
  const open = () =>
    openInFlightFile({ path, clock, boot: clock.boot, onTrouble: (error) => troubles.push(error) });
  return { path, clock, troubles, open };
}

const END: AttemptEnd = {
  durationMs: 12.5,
  outcome: { kind: 'ok', httpStatus: 200, platformCode: '0', response: '{"errcode":0}', error: null },
  next: { kind: 'delivered' },
};
const longError: AttemptEnd = {
  ...END,
  outcome: { ...END.outcome, kind: 'permanent', error: { zh: '错'.repeat(500), en: 'wrong '.repeat(200) } },
};
const longResponse: AttemptEnd = { ...END, outcome: { ...END.outcome, response: '\u0001'.repeat(4_096) } };

test('each state of an attempt is known to the next process', async () => {
  const { open, path } = newFile();
  const first = open();
  first.begin();
  first.mark(1);
  first.mark(2).leaving('now');
  const third = first.mark(3);
  third.leaving('now');
  third.ended(END);
  const fourth = first.mark(4);
  fourth.leaving('soon');
  fourth.ended(longError);
  await setImmediate();

  const next = open();
  assert.deepEqual(next.leftBehind(1), { kind: 'not_sent' });
  assert.deepEqual(next.leftBehind(2), { kind: 'maybe_sent' });
  assert.deepEqual(next.leftBehind(3), { kind: 'ended', end: END });
  assert.deepEqual(next.leftBehind(4), { kind: 'ended', end: longError });
  if (process.platform !== 'win32') assert.equal(statSync(path).mode & 0o777, 0o600);
});

test('a slot is used again once its attempt is recorded, not before', () => {
  const { open, path } = newFile();
  const marks = open();
  marks.begin();
  const held = marks.mark(1);
  held.leaving('now');
  for (let attempt = 2; attempt < 1_000; attempt++) {
    const mark = marks.mark(attempt);
    mark.leaving('now');
    mark.ended(END);
    mark.release();
  }
  assert.deepEqual(open().leftBehind(1), { kind: 'maybe_sent' });
  assert.ok(statSync(path).size < 2 * CHUNK_BYTES, `${statSync(path).size} bytes`);
});

test('an answer that is too long for its slot is left out, the outcome is kept', async () => {
  const { open } = newFile();
  const marks = open();
  marks.begin();
  marks.mark(1).ended(longResponse);
  await setImmediate();
  const end = { ...longResponse, outcome: { ...longResponse.outcome, response: null } };
  assert.deepEqual(open().leftBehind(1), { kind: 'ended', end });
});

test('what leaves soon is marked with the first that leaves now', () => {
  const { open } = newFile();
  const marks = open();
  marks.begin();
  const [first, second, third] = [marks.mark(1), marks.mark(2), marks.mark(3)];
  first.leaving('soon');
  second.leaving('soon');
  assert.deepEqual(open().leftBehind(1), { kind: 'not_sent' });
  second.leaving('now');
  third.leaving('soon');
  const next = open();
  assert.deepEqual(next.leftBehind(1), { kind: 'maybe_sent' });
  assert.deepEqual(next.leftBehind(2), { kind: 'maybe_sent' });
  assert.deepEqual(next.leftBehind(3), { kind: 'not_sent' });
});

for (const { name, spoil } of [
  { name: 'without a file', spoil: ({ path }: ReturnType<typeof newFile>) => rmSync(path) },
  {
    name: 'after a restart of the machine',
    spoil: ({ clock }: ReturnType<typeof newFile>) => clock.restart(),
  },
  {
    name: 'with a head that cannot be read',
    spoil: ({ path }: ReturnType<typeof newFile>) => writeFileSync(path, '{"format":1'),
  },
  {
    name: 'with its slots cut off',
    spoil: ({ path }: ReturnType<typeof newFile>) => truncateSync(path, statSync(path).size - 1),
  },
  {
    name: 'with a slot that cannot be read',
    spoil({ path }: ReturnType<typeof newFile>) {
      const bytes = readFileSync(path);
      bytes[bytes.length - CHUNK_BYTES + 9] = 0xff;
      writeFileSync(path, bytes);
    },
  },
]) {
  test(`${name} an attempt without a mark may have been sent`, () => {
    const file = newFile();
    const marks = file.open();
    marks.begin();
    marks.mark(1).leaving('now');
    spoil(file);
    assert.deepEqual(file.open().leftBehind(2), { kind: 'maybe_sent' });
  });
}

test('a new beginning forgets what the earlier process left', () => {
  const { open } = newFile();
  const first = open();
  first.begin();
  first.mark(1).leaving('now');
  open().begin();
  assert.deepEqual(open().leftBehind(1), { kind: 'not_sent' });
});

test('what is in its place and cannot be removed is an error that names it', () => {
  const { open, path } = newFile();
  mkdirSync(path);
  assert.throws(() => open().begin(), { name: 'InFlightFileError', path });
});

test('where no file can be written nothing is marked, and nothing claims not to have been sent', () => {
  const { open, path, troubles } = newFile();
  const marks = openInFlightFile({
    path: join(path, 'below/a/file'),
    clock: createSimulatedClock(),
    boot: createSimulatedClock().boot,
    onTrouble: (error) => troubles.push(error),
  });
  marks.begin();
  const mark = marks.mark(1);
  mark.leaving('now');
  mark.ended(END);
  mark.release();
  assert.equal(troubles.length, 1);
  assert.deepEqual(open().leftBehind(1), { kind: 'maybe_sent' });
});
