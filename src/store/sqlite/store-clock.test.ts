import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSimulatedClock } from '../../../test/support/simulated-clock.ts';
import { createStoreClock } from './store-clock.ts';

const NOON = Date.UTC(2026, 0, 1, 12);

test('it starts at the wall clock', () => {
  const clock = createStoreClock(createSimulatedClock(NOON), 0);
  assert.deepEqual([clock.nowMs(), clock.aheadMs], [NOON, 0]);
});

test('it never starts before the last time that the store has seen', () => {
  const clock = createStoreClock(createSimulatedClock(NOON), NOON + 3_600_000);
  assert.deepEqual([clock.nowMs(), clock.aheadMs, clock.wallMs()], [NOON + 3_600_000, 3_600_000, NOON]);
});

test('a jump of the wall clock while it runs does not move it', async () => {
  const machine = createSimulatedClock(NOON);
  const clock = createStoreClock(machine, 0);
  machine.stepWall(-86_400_000);
  await machine.advance(1_500.25);
  assert.equal(clock.nowMs(), NOON + 1_500);
  assert.equal(clock.endMs(), NOON + 1_501);
});
