import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMPTY_DRAFT, isBlank, parseDraft, toggleAll } from './draft.ts';

test('a draft comes back as it was kept', () => {
  const draft = { text: '两行\n文本', to: ['ops'] };
  assert.deepEqual(parseDraft(JSON.stringify(draft)), draft);
  assert.deepEqual(parseDraft(JSON.stringify({ text: 'a', to: null })), { text: 'a', to: null });
});

test('anything else is an empty draft', () => {
  for (const stored of [null, '', '{', '1', '{"text":5}']) assert.deepEqual(parseDraft(stored), EMPTY_DRAFT);
  assert.deepEqual(parseDraft('{"text":"a","to":["x",5]}'), { text: 'a', to: ['x'] });
});

test('blank is what shows nothing', () => {
  assert.deepEqual(['', ' \n\t', '\u200b\u2800', 'a', '。', '👍'].map(isBlank), [
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
});

test('a tag adds its channels, or takes them away when all are there', () => {
  assert.deepEqual(toggleAll(['a'], ['a', 'b']), ['a', 'b']);
  assert.deepEqual(toggleAll(['a', 'b', 'c'], ['a', 'b']), ['c']);
});
