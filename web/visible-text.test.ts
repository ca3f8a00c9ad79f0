import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countCharacters, firstLine, visiblePieces } from './visible-text.ts';

const shown = (text: string) =>
  visiblePieces(text)
    .map((piece) => (piece.kind === 'text' ? piece.text : `[${piece.text}]`))
    .join('');

const cases: [string, string, string][] = [
  ['plain text stays', '磁盘 90% <b>\t已满\n第二行', '磁盘 90% <b>\t已满\n第二行'],
  ['a turned reading direction shows', 'a\u202Eb', 'a[U+202E]b'],
  ['escape and NUL show', '\u001b[31m\u0000', '[U+001B][31m[U+0000]'],
  ['a zero-width space shows, an emoji stays whole', 'a\u200bb👩\u200d👧', 'a[U+200B]b👩\u200d👧'],
  ['a lone surrogate shows', 'a\ud800', 'a[U+D800]'],
  ['CRLF is a line end, CR alone shows', 'a\r\nb\rc', 'a\nb[U+000D]c'],
  ['nothing is nothing', '', ''],
];
for (const [name, text, want] of cases) test(name, () => assert.equal(shown(text), want));

test('the first line is the first with something in it', () => {
  assert.equal(firstLine('\n  \r\n  告警：磁盘\n详情'), '告警：磁盘');
  assert.equal(firstLine('   '), '');
});

test('a long line is cut between characters', () => {
  assert.equal(firstLine('👍👍👍', 3), '👍…');
});

test('characters are counted as a reader does, not as UTF-16', () =>
  assert.equal(countCharacters('a磁👍'), 3));
