import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { StoreError } from '../store.ts';
import type { FromReader, ReadRequest } from './messages.ts';
import { createReading } from './reading.ts';

// Goal: when a question is handed over. Method: a thread that answers when the test says so, and mocked timers.

function useReading(isBusy: () => boolean = () => false) {
  const received: (ReadRequest | 'close')[] = [];
  const reader = Object.assign(new EventEmitter(), {
    postMessage(message: ReadRequest | 'close') {
      received.push(message);
      if (message === 'close') reader.emit('exit');
    },
  });
  const reading = createReading({
    startReader: () => reader as unknown as Worker,
    onIndexDamaged: () => undefined,
    isBusy,
  });
  const ask = (id: string) => reading.ask({ name: 'getMessage', argument: id });
  const answer = async (tookMs = 10) => {
    reader.emit('message', { ok: true, value: null, indexDamaged: false, tookMs } satisfies FromReader);
    await turn();
  };
  const asked = () => received.map((message) => (message === 'close' ? 'close' : message.argument));
  return { reader, reading, ask, answer, asked };
}

test('one question at a time, in their order, and the next one at once while the store is at rest', async () => {
  const { ask, answer, asked } = useReading();
  const answers = Promise.all(['1', '2', '3'].map(ask));
  assert.deepEqual(asked(), ['1']);
  await answer();
  assert.deepEqual(asked(), ['1', '2']);
  await answer();
  await answer();
  assert.deepEqual(await answers, [null, null, null]);
});

test('while the store is busy the first question is answered at once, the next after nine times as long', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { ask, answer, asked } = useReading(() => true);
  const first = ask('1');
  assert.deepEqual(asked(), ['1']);
  await answer(20);
  await first;
  const second = ask('2');
  t.mock.timers.tick(179);
  assert.deepEqual(asked(), ['1']);
  t.mock.timers.tick(1);
  assert.deepEqual(asked(), ['1', '2']);
  await answer(0.1);
  await second;
  void ask('3');
  assert.deepEqual(asked(), ['1', '2', '3']);
});

test('a rest lasts two seconds at most, and ends when there is no longer much to write', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let busy = true;
  const { ask, answer, asked } = useReading(() => busy);
  for (const id of ['1', '2', '3']) void ask(id);
  await answer(60_000);
  for (let step = 1; step < 8; step++) t.mock.timers.tick(250);
  assert.deepEqual(asked(), ['1']);
  t.mock.timers.tick(250);
  assert.deepEqual(asked(), ['1', '2']);
  await answer(60_000);
  busy = false;
  t.mock.timers.tick(250);
  assert.deepEqual(asked(), ['1', '2', '3']);
});

test('the index is opened and closed however many wait, and nobody rests after that', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { reading, ask, answer, asked } = useReading(() => true);
  for (let n = 0; n < 64; n++) void ask(String(n)).catch(() => undefined);
  void reading.openIndex();
  await answer(0);
  for (let n = 1; n < 64; n++) await answer(0);
  assert.deepEqual(asked().at(-1), null);
  void ask('after');
  await answer(500);
  assert.deepEqual(asked().at(-1), 'after');
});

test('a close does not wait for a rest, and what was asked before it is answered', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { reading, ask, answer, asked } = useReading(() => true);
  const answers = Promise.all(['1', '2', '3'].map(ask));
  await answer();
  const closed = reading.close();
  assert.deepEqual(asked(), ['1', '2', '3', 'close']);
  await answer();
  await answer();
  assert.deepEqual(await answers, [null, null, null]);
  await closed;
  await assert.rejects(ask('4'), { kind: 'closed' });
});

test('too many questions are refused, and a thread that fails fails all of them', async () => {
  const { reader, ask } = useReading();
  const waiting = Array.from({ length: 64 }, (_, n) => ask(String(n)));
  await assert.rejects(ask('64'), { kind: 'overloaded' });
  reader.emit('error', new Error('out of memory'));
  for (const result of await Promise.allSettled(waiting)) {
    assert.equal(result.status, 'rejected');
    assert.ok(result.reason instanceof StoreError && result.reason.kind === 'unavailable');
  }
});
