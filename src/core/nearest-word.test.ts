import assert from 'node:assert/strict';
import { test } from 'node:test';
import { editDistance, nearest } from './nearest-word.ts';

for (const [a, b, want] of [
  ['', 'abc', 3],
  ['count', 'coutn', 1],
  ['kitten', 'sitting', 3],
  ['same', 'same', 0],
] as const) {
  test(`the distance of "${a}" and "${b}" is ${want}`, () => {
    assert.equal(editDistance(a, b), want);
    assert.equal(editDistance(b, a), want);
  });
}

for (const [word, known, want] of [
  ['levle', ['level', 'file'], 'level'],
  ['GTE', ['GET', 'PUT'], 'GET'],
  ['get', ['GET', 'PUT'], 'GET'],
  ['feishu', ['feishu_bot', 'slack_bot'], 'feishu_bot'],
  ['quite another', ['level', 'file'], null],
  ['x', ['ab'], null],
  ['', ['a'], null],
  ['a'.repeat(10_000), ['a'], null],
] as const) {
  test(`the nearest to "${word.slice(0, 20)}" is ${want}`, () => assert.equal(nearest(word, known), want));
}
