import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { fromLocalInput, toLocalInput } from './local-input.ts';

before(() => {
  process.env.TZ = 'Asia/Shanghai';
});

test('a time goes into the field in the zone of its reader, and comes back', () => {
  assert.equal(toLocalInput('2026-11-26T23:31:00.000Z'), '2026-11-27T07:31');
  assert.equal(fromLocalInput('2026-11-27T07:31'), '2026-11-26T23:31:00.000Z');
});

test('an empty field is no time', () => {
  assert.equal(toLocalInput(null), '');
  assert.equal(fromLocalInput(''), null);
});
