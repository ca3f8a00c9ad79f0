import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { StoreError } from '../store.ts';
import type { FromReader, ReadRequest } from './messages.ts';
import { createReading } from './reading.ts';

// Goal: when a question is handed over. Method: a thread that answers when the test says so, and mocked timers.

type Received = (ReadRequest | 'close')[];

/** Ends once it has been told to and has answered what came before. */
function newThread(received: Received) {
  let unanswered = 0;
  let isClosing = false;
  const endIfDone = () => {
    if (isClosing && unanswered === 0) thread.emit('exit', 0);
  };
  const thread = Object.assign(new EventEmitter(), {
    postMessage(message: ReadRequest | 'close') {
      received.push(message);
      if (message === 'close') isClosing = true;
      else unanswered++;
      endIfDone();
    },
    answer(reply: FromReader) {
      unanswered--;
      thread.emit('message', reply);
      endIfDone();
    },
  });
  return thread;
}

/** @param canStart false: the system has no room for another thread. */
function useReading(isBusy: () => boolean = () => false, canStart: () => boolean = () => true) {
  const received: Received = [];
  const threads: ReturnType<typeof newThread>[] = [];
  const time = { nowMs: 0 };
  let starts = 0;
  const reading = createReading({
    startReader() {
      starts++;
      if (!canStart()) throw new Error('EMFILE');
      const thread = newThread(received);
      threads.push(thread);
      return thread as unknown as Worker;
    },
    onIndexDamaged: () => undefined,
    isBusy,
    nowMs: () => time.nowMs,
  });
  /** The present thread. */
  const reader = () => threads.at(-1) ?? assert.fail('no thread');
  const ask = (id: string) => reading.ask({ name: 'getMessage', argument: id });
  const answer = async (tookMs = 10, thread = reader()) => {
    thread.answer({ ok: true, value: null, indexDamaged: false, tookMs });
    await turn();
  };
  const asked = () => received.map((message) => (message === 'close' ? 'close' : message.argument));
  return { reader, reading, ask, answer, asked, received, time, starts: () => starts };
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
  reader().emit('error', new Error('out of memory'));
  for (const result of await Promise.allSettled(waiting)) {
    assert.equal(result.status, 'rejected');
    assert.ok(result.reason instanceof StoreError && result.reason.kind === 'unavailable');
  }
});

const ends: { name: string; end(thread: EventEmitter): void; why: RegExp }[] = [
  {
    name: 'fails and ends',
    end(thread) {
      thread.emit('error', new Error('Worker initialization failure: EMFILE'));
      thread.emit('exit', 1);
    },
    why: /EMFILE/,
  },
  { name: 'ends without a word', end: (thread) => thread.emit('exit', 0), why: /ended by itself/ },
];
for (const { name, end, why } of ends) {
  test(`a thread that ${name} is a passing fault, and the next question starts another`, async () => {
    const { reader, reading, ask, answer, time, starts } = useReading();
    const lost = Promise.allSettled([ask('1'), ask('2')]);
    const failed = reader();
    end(failed);
    for (const result of await lost) {
      assert.ok(result.status === 'rejected' && result.reason instanceof StoreError);
      assert.equal(result.reason.kind, 'unavailable');
      assert.match(result.reason.message, why);
    }
    time.nowMs = 1_000;
    const again = ask('3');
    assert.equal(starts(), 2);
    await answer(10, failed);
    await answer();
    assert.equal(await again, null);
    await reading.close();
    await assert.rejects(ask('4'), { kind: 'closed' });
  });
}

test('the last words of a thread that has failed answer nobody', async () => {
  const { reader, ask, answer, time } = useReading();
  const lost = assert.rejects(ask('1'), { kind: 'unavailable' });
  const failed = reader();
  failed.emit('error', new Error('out of memory'));
  await lost;
  time.nowMs = 1_000;
  let isAnswered = false;
  const again = ask('2').then(() => {
    isAnswered = true;
  });
  await answer(10, failed);
  failed.emit('exit', 1);
  await turn();
  assert.equal(isAnswered, false);
  await answer();
  await again;
});

test('a thread that cannot be started is tried once a second, and questions in between are refused', async () => {
  let canStart = false;
  const { ask, answer, time, starts, reading } = useReading(undefined, () => canStart);
  for (const [nowMs, tries] of [
    [0, 1],
    [1, 1],
    [999, 1],
    [1_000, 2],
    [1_500, 2],
  ] as const) {
    time.nowMs = nowMs;
    await assert.rejects(ask('1'), { kind: 'unavailable', message: /EMFILE/ });
    assert.equal(starts(), tries, `after ${nowMs} ms`);
  }
  canStart = true;
  time.nowMs = 2_000;
  const found = ask('2');
  await answer();
  assert.equal(await found, null);
  await reading.close();
});

test('a failure ends the rest that followed an answer', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { reader, ask, answer, asked, time } = useReading(() => true);
  void ask('1');
  await answer(200);
  const lost = assert.rejects(ask('2'), { kind: 'unavailable' });
  reader().emit('exit', 1);
  await lost;
  time.nowMs = 1_000;
  void ask('3');
  assert.deepEqual(asked(), ['1', '3']);
});

test('another thread opens the index again, and one that failed has let go of it', async () => {
  const { reader, reading, ask, answer, received, time } = useReading();
  void ask('1');
  await answer();
  void reading.openIndex();
  await answer();
  const closing = reading.closeIndex();
  reader().emit('exit', 1);
  await closing;
  await reading.openIndex();
  time.nowMs = 1_000;
  void ask('2');
  assert.equal(received.at(-1) !== 'close' && (received.at(-1) as ReadRequest).name, 'openIndex');
  await answer(0);
  assert.deepEqual(received.at(-1), { name: 'getMessage', argument: '2' });
});

test('a close after a failure, in the middle of one, or twice, comes to an end', async () => {
  const failed = useReading();
  const lost = assert.rejects(failed.ask('1'), { kind: 'unavailable' });
  failed.reader().emit('error', new Error('out of memory'));
  await lost;
  const closed = Promise.all([failed.reading.close(), failed.reading.close()]);
  failed.reader().emit('exit', 1);
  await closed;

  const silent = useReading();
  const unanswered = assert.rejects(silent.ask('1'), { kind: 'unavailable' });
  const silentClosed = silent.reading.close();
  silent.reader().emit('exit', 1);
  await silentClosed;
  await unanswered;
});
