import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BootMoment, elapsedMs, isSameBoot } from './boot.ts';

const NOON = Date.UTC(2026, 0, 1, 12);
const DAY = 86_400_000;
const at = (bootId: number | null, sinceStartMs: number, wallMs: number): BootMoment => ({
  bootId,
  sinceStartMs,
  wallMs,
});

const cases = [
  {
    name: 'the same boot',
    earlier: at(1, 1_000, NOON),
    now: at(1, 6_000, NOON + 5_000),
    same: true,
    elapsed: 5_000,
  },
  {
    name: 'the same boot, the clock set forward a day',
    earlier: at(1, 1_000, NOON),
    now: at(1, 6_000, NOON + DAY),
    same: true,
    elapsed: 5_000,
  },
  {
    name: 'the same boot, the clock set back a day',
    earlier: at(1, 1_000, NOON),
    now: at(1, 6_000, NOON - DAY),
    same: true,
    elapsed: 5_000,
  },
  {
    name: 'another boot: only the wall clock can tell',
    earlier: at(1, 1_000, NOON),
    now: at(2, 6_000, NOON + 60_000),
    same: false,
    elapsed: 60_000,
  },
  {
    name: 'another boot, the clock set back',
    earlier: at(1, 1_000, NOON),
    now: at(2, 6_000, NOON - DAY),
    same: false,
    elapsed: 0,
  },
  {
    name: 'no ids, starts that agree',
    earlier: at(null, 1_000, NOON),
    now: at(null, 6_000, NOON + 5_100),
    same: true,
    elapsed: 5_000,
  },
  {
    name: 'no ids, the clock set forward: the shorter time counts',
    earlier: at(null, 1_000, NOON),
    now: at(null, 6_000, NOON + DAY),
    same: false,
    elapsed: 5_000,
  },
  {
    name: 'no ids, surely restarted',
    earlier: at(null, 9_000, NOON),
    now: at(null, 6_000, NOON + 60_000),
    same: false,
    elapsed: 60_000,
  },
];

for (const { name, earlier, now, same, elapsed } of cases) {
  test(name, () => assert.deepEqual([isSameBoot(earlier, now), elapsedMs(earlier, now)], [same, elapsed]));
}
