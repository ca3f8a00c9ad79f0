import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createIds, firstIdAt, timeOfId } from './ids.ts';

test('an id carries its time, also when ids of several times are read in turn', () => {
  const newId = createIds();
  const times = [1_764_000_000_000, 1_764_000_000_001, 1_764_000_000_001, 1_764_000_001_000];
  const ids = times.map(newId);
  assert.deepEqual(ids.map(timeOfId), times);
  assert.deepEqual(ids.toReversed().map(timeOfId), times.toReversed());
});

test('ids grow when the clock goes back, and so does their time', () => {
  const newId = createIds();
  const [first = '', second = ''] = [newId(1_000), newId(900)];
  assert.ok(second > first);
  assert.equal(timeOfId(second), 1_000);
});

test('the first id of a millisecond is below every other of it', () => {
  assert.ok(firstIdAt(1_000) < createIds()(1_000));
  assert.equal(timeOfId(firstIdAt(1_000)), 1_000);
});

test('a time before 1970 is the first one that an id can have', () => {
  for (const timeMs of [0, -1, -86_400_000]) assert.equal(timeOfId(createIds()(timeMs)), 1);
});

test('what is no id throws', () => {
  assert.throws(() => timeOfId('short'));
  const id = createIds()(1_000);
  timeOfId(id);
  assert.throws(() => timeOfId('!'.repeat(26)));
});

test('a clock that was far ahead and is set right leaves no wrong time behind', () => {
  const newId = createIds();
  const times = [1_000_000, 940_000, 939_999, 939_998, 2_000_000].map((timeMs) => timeOfId(newId(timeMs)));
  assert.deepEqual(times, [1_000_000, 1_000_000, 939_999, 939_999, 2_000_000]);
});
