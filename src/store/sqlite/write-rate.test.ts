import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWriteRate } from './write-rate.ts';

test('commands per second, of the last quarter of a second that is over', () => {
  let nowMs = 1_000;
  const rate = createWriteRate(() => nowMs);
  assert.equal(rate.perSecond(), 0);
  rate.note(50);
  nowMs += 100;
  rate.note(50);
  assert.equal(rate.perSecond(), 0);
  nowMs += 150;
  assert.equal(rate.perSecond(), 400);
  nowMs += 100;
  rate.note(10);
  assert.equal(rate.perSecond(), 400);
  nowMs += 900;
  assert.equal(rate.perSecond(), 10);
  nowMs += 250;
  assert.equal(rate.perSecond(), 0);
});
