import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alignColumns, displayWidth } from './columns.ts';

test('Chinese characters take two columns', () => {
  for (const [text, width] of [
    ['abc', 3],
    ['通道', 4],
    ['（a）', 5],
    ['😀', 2],
    ['', 0],
  ] as const)
    assert.equal(displayWidth(text), width, text);
});

test('columns line up, and no line ends in spaces', () => {
  assert.deepEqual(
    alignColumns([
      ['通道', 'x'],
      ['a', '主机'],
      ['abcdef', ''],
    ]),
    ['通道    x', 'a       主机', 'abcdef'],
  );
});
