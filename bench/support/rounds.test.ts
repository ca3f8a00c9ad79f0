import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measureInTurn, median, ratio, spread } from './rounds.ts';

const itself = (value: number) => value;

test('cases are measured in turn, round by round', async () => {
  const order: string[] = [];
  const cases = ['a', 'b'].map((name) => ({ name, measure: async () => order.push(name) }));
  const measured = await measureInTurn({ rounds: 2, say() {} }, cases);
  assert.deepEqual(order, ['a', 'b', 'a', 'b']);
  assert.deepEqual(measured, { a: [1, 3], b: [2, 4] });
});

for (const { values, want } of [
  { values: [3, 1, 2], want: 2 },
  { values: [4, 1, 2, 3], want: 2.5 },
  { values: [], want: Number.NaN },
])
  test(`the median of ${values}`, () => assert.equal(median(values), want));

test('a spread has the median and the range', () => assert.equal(spread([30, 10, 20], itself), '20 (10–30)'));
test('one round has no range', () => assert.equal(spread([1.234], itself, 2), '1.23'));
test('what was not measured has no figure', () => assert.equal(spread([Number.NaN], itself), '–'));
test('a ratio is of medians, its range of the rounds', () =>
  assert.equal(ratio([10, 20, 30], [10, 40, 20], itself), '1.00 (0.50–1.50)'));
