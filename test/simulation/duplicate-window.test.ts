import assert from 'node:assert/strict';
import { test } from 'node:test';
import { duplicateWindowMs } from '../../faults/check/duplicate-window.ts';

const LIVES = [
  { fromMs: 0, toMs: 100 },
  { fromMs: 200, toMs: 300 },
];
const at = (atMs: number, answeredAtMs: number | null) => ({
  channel: 'one',
  token: 'm1m',
  part: 0,
  atMs,
  answeredAtMs,
});

const cases = [
  { name: 'one request is no copy', arrivals: [at(50, 51)], want: 0 },
  { name: 'answered 9 ms before the kill', arrivals: [at(90, 91), at(210, 211)], want: 9 },
  { name: 'not answered at the kill', arrivals: [at(99, 103), at(210, 211)], want: 0 },
  { name: 'never answered', arrivals: [at(99, null), at(210, 211)], want: 0 },
  { name: 'read after its sender had died', arrivals: [at(150, 151), at(210, 211)], want: 0 },
];
for (const { name, arrivals, want } of cases) {
  test(`the window of copies: ${name}`, () => assert.equal(duplicateWindowMs(arrivals, LIVES), want));
}
