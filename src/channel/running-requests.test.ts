import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSimulatedClock } from '../../test/support/simulated-clock.ts';
import { createRunningRequests } from './running-requests.ts';

// Goal: each request ends at its own deadline, with one timer for all. Method: simulated time, and the timers counted.

function start() {
  const clock = createSimulatedClock();
  let timers = 0;
  const running = createRunningRequests({
    monotonicMs: clock.monotonicMs,
    after(ms, action) {
      timers++;
      const cancel = clock.after(ms, () => {
        timers--;
        action();
      });
      return () => {
        timers--;
        cancel();
      };
    },
  });
  return { clock, running, timers: () => timers };
}

test('each request ends at its own deadline, whatever the order in which they begin', async () => {
  const { clock, running, timers } = start();
  const endedAtMs: Record<string, number> = {};
  for (const [name, timeoutMs] of Object.entries({ long: 300, short: 100, middle: 200, again: 100 })) {
    running.begin(timeoutMs).ending.onEnd(() => {
      endedAtMs[name] = clock.monotonicMs();
    });
    assert.equal(timers(), 1);
  }
  await clock.advance(1_000);
  assert.deepEqual(endedAtMs, { short: 100, again: 100, middle: 200, long: 300 });
});

test('one that has finished does not end, and the next deadline is kept all the same', async () => {
  const { clock, running, timers } = start();
  const first = running.begin(100);
  await clock.advance(50);
  const second = running.begin(100);
  first.finish();
  await clock.advance(99);
  assert.equal(first.ending.reason(), null);
  assert.equal(second.ending.reason(), null);
  await clock.advance(1);
  assert.equal(second.ending.reason(), 'deadline');
  second.finish();
  assert.equal(timers(), 0);
});

test('nothing runs, no timer; what begins later has one again', async () => {
  const { clock, running, timers } = start();
  running.begin(100).finish();
  assert.equal(timers(), 0);
  const later = running.begin(100);
  assert.equal(timers(), 1);
  await clock.advance(100);
  assert.equal(later.ending.reason(), 'deadline');
});

test('a deadline at which all others finish too leaves no timer behind', async () => {
  const { clock, running, timers } = start();
  const later = running.begin(500);
  const first = running.begin(100);
  first.ending.onEnd(() => {
    first.finish();
    later.finish();
  });
  await clock.advance(100);
  assert.equal(first.ending.reason(), 'deadline');
  assert.equal(timers(), 0);
});

test('all end at once, and a deadline that comes later changes nothing', async () => {
  const { clock, running, timers } = start();
  const requests = [running.begin(100), running.begin(200)];
  running.endAll('closed');
  await clock.advance(150);
  for (const { ending, finish } of requests) {
    assert.equal(ending.reason(), 'closed');
    finish();
  }
  assert.equal(timers(), 0);
});
