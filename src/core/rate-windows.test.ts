import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type RateLimitWindow, roomInWindows, type SlotLedger } from './rate-windows.ts';

function ledgerOf(endedMs: readonly number[], inFlight = 0): SlotLedger {
  const sorted = [...endedMs].sort((a, b) => a - b);
  return {
    inFlight,
    countEndedAfter: (ms) => sorted.filter((ended) => ended > ms).length,
    nthEndedAfter: (ms, n) => sorted.filter((ended) => ended > ms)[n],
  };
}

const minute: RateLimitWindow = { maxSends: 3, windowMs: 60_000 };
const second: RateLimitWindow = { maxSends: 1, windowMs: 1_000 };
const NOW = 100_000;

const cases = [
  {
    name: 'no windows',
    windows: [],
    ledger: ledgerOf([]),
    want: { free: Number.POSITIVE_INFINITY, waitMs: 0 },
  },
  { name: 'all free', windows: [minute], ledger: ledgerOf([]), want: { free: 3, waitMs: 0 } },
  { name: 'one in flight', windows: [minute], ledger: ledgerOf([], 1), want: { free: 2, waitMs: 0 } },
  { name: 'full in flight', windows: [minute], ledger: ledgerOf([], 3), want: { free: 0, waitMs: null } },
  {
    name: 'full, the oldest leaves first',
    windows: [minute],
    ledger: ledgerOf([90_000, 50_000, 70_000]),
    want: { free: 0, waitMs: 10_000 },
  },
  {
    name: 'an end exactly one window ago is out',
    windows: [second],
    ledger: ledgerOf([99_000]),
    want: { free: 1, waitMs: 0 },
  },
  { name: 'one ms less is in', windows: [second], ledger: ledgerOf([99_001]), want: { free: 0, waitMs: 1 } },
  {
    name: 'the tightest window decides',
    windows: [minute, second],
    ledger: ledgerOf([99_500]),
    want: { free: 0, waitMs: 500 },
  },
  {
    name: 'both full: wait for the later one',
    windows: [minute, second],
    ledger: ledgerOf([99_500, 99_600, 41_000]),
    want: { free: 0, waitMs: 1_000 },
  },
  {
    name: 'a limit that was lowered: more than one must leave',
    windows: [{ maxSends: 1, windowMs: 60_000 }],
    ledger: ledgerOf([50_000, 60_000]),
    want: { free: 0, waitMs: 20_000 },
  },
  {
    name: 'an end that lies ahead may come at once',
    windows: [second],
    ledger: ledgerOf([130_000]),
    want: { free: 0, waitMs: 1_000 },
  },
];
for (const { name, windows, ledger, want } of cases) {
  test(name, () => assert.deepEqual(roomInWindows(windows, ledger, NOW), want));
}

test('whatever the latencies, the platform never sees more than the limit in any window, and the limit is used', () => {
  const latencies = fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 50, maxLength: 120 });
  fc.assert(
    fc.property(
      latencies,
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 120, maxLength: 120 }),
      (all, at) => {
        const window = { maxSends: 4, windowMs: 1_000 };
        const running: { endMs: number }[] = [];
        const ended: number[] = [];
        const arrivals: number[] = [];
        let nowMs = 0;
        for (const [index, latencyMs] of all.entries()) {
          for (;;) {
            for (const request of running.filter(({ endMs }) => endMs <= nowMs)) {
              running.splice(running.indexOf(request), 1);
              ended.push(request.endMs);
            }
            const room = roomInWindows([window], ledgerOf(ended, running.length), nowMs);
            if (room.free > 0) break;
            nowMs =
              room.waitMs === null ? Math.min(...running.map(({ endMs }) => endMs)) : nowMs + room.waitMs;
          }
          running.push({ endMs: nowMs + latencyMs });
          arrivals.push(nowMs + latencyMs * (at[index] ?? 0));
        }
        arrivals.sort((a, b) => a - b);
        for (let first = 0; first + window.maxSends < arrivals.length; first++) {
          const spanMs = (arrivals[first + window.maxSends] ?? 0) - (arrivals[first] ?? 0);
          assert.ok(spanMs >= window.windowMs, `${window.maxSends + 1} arrivals within ${spanMs} ms`);
        }
        assert.ok(nowMs <= (all.length / window.maxSends) * (window.windowMs + 3_000));
      },
    ),
    { numRuns: 60 },
  );
});
