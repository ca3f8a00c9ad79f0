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
test('of many rounds the range is that of the middle half', () =>
  assert.equal(spread([90, 1, 2, 3, 4, 5, 6, 7, 8], itself), '5 (3–7)'));
test('a ratio is the median of those of the rounds', () => {
  assert.equal(ratio([10, 20, 90], [10, 10, 30], itself), '2.00 (1.00–3.00)');
});
test('a ratio has the range of the rounds', () =>
  assert.equal(ratio([10, 20, 30], [10, 40, 20], itself), '1.00 (0.50–1.50)'));
