import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { createTextLoans, type TextLoan } from './text-loans.ts';

function start(maxBytes: number) {
  const stop = new AbortController();
  const loans = createTextLoans(maxBytes, stop.signal);
  /** In the order in which they were granted. */
  const granted: (TextLoan | null)[] = [];
  const borrow = (bytes: number) => void loans.borrow(bytes).then((loan) => granted.push(loan));
  const sizes = async () => {
    await setImmediate();
    return granted.map((loan) => loan?.bytes ?? null);
  };
  return { stop, borrow, granted, sizes };
}

test('first come, first served, as far as it goes', async () => {
  const { borrow, granted, sizes } = start(10);
  for (const bytes of [4, 6, 7, 1]) borrow(bytes);
  // The last one would fit now, but not before the one that came earlier.
  assert.deepEqual(await sizes(), [4, 6]);
  granted[0]?.giveBack();
  assert.deepEqual(await sizes(), [4, 6]);
  granted[1]?.giveBack();
  assert.deepEqual(await sizes(), [4, 6, 7, 1]);
});

test('more than all of it goes alone', async () => {
  const { borrow, granted, sizes } = start(10);
  for (const bytes of [3, 20, 3]) borrow(bytes);
  assert.deepEqual(await sizes(), [3]);
  granted[0]?.giveBack();
  assert.deepEqual(await sizes(), [3, 20]);
  granted[1]?.giveBack();
  assert.deepEqual(await sizes(), [3, 20, 3]);
});

test('at a stop nobody waits any more', async () => {
  const { stop, borrow, sizes } = start(10);
  for (const bytes of [8, 8]) borrow(bytes);
  stop.abort();
  borrow(1);
  assert.deepEqual(await sizes(), [8, null, null]);
});
