import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSimulatedClock } from '../../../test/support/simulated-clock.ts';
import { createStoreClock } from './store-clock.ts';

const NOON = Date.UTC(2026, 0, 1, 12);
const HOUR = 3_600_000;

test('a new store starts at the wall clock', () => {
  const machine = createSimulatedClock(NOON);
  const clock = createStoreClock(machine, machine.boot, null);
  assert.deepEqual([clock.nowMs(), clock.aheadMs], [NOON, 0]);
});

test('a jump of the wall clock while it runs does not move it', async () => {
  const machine = createSimulatedClock(NOON);
  const clock = createStoreClock(machine, machine.boot, null);
  machine.stepWall(-24 * HOUR);
  await machine.advance(1_500.25);
  assert.equal(clock.nowMs(), NOON + 1_500);
  assert.equal(clock.endMs(), NOON + 1_501);
});

for (const { name, stepMs, restart, want } of [
  { name: 'nothing', stepMs: 0, restart: false, want: 5_000 },
  { name: 'a clock set forward', stepMs: HOUR, restart: false, want: 5_000 },
  { name: 'a clock set back', stepMs: -HOUR, restart: false, want: 5_000 },
  { name: 'a restart of the machine', stepMs: 0, restart: true, want: 5_000 },
  { name: 'a restart with the clock set back', stepMs: -HOUR, restart: true, want: 0 },
]) {
  test(`between two processes: ${name}`, async () => {
    const machine = createSimulatedClock(NOON);
    const first = createStoreClock(machine, machine.boot, null);
    const seen = first.seen();
    await machine.advance(5_000);
    machine.stepWall(stepMs);
    if (restart) machine.restart();
    const second = createStoreClock(machine, machine.boot, seen);
    assert.equal(second.nowMs() - seen.axisMs, want);
    assert.equal(second.nowMs() - second.aheadMs, machine.wallMs());
  });
}
