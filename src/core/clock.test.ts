import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from './clock.ts';

for (const { name, now, want } of [
  { name: 'after 1970', now: 1_764_000_000_000, want: 1_764_000_000_000 },
  { name: 'before 1970', now: -34_560_000_000, want: 0 },
])
  test(`the wall clock of a machine that is set to a time ${name}`, (t) => {
    t.mock.method(Date, 'now', () => now);
    assert.equal(systemClock.wallMs(), want);
  });
