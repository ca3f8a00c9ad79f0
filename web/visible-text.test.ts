import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countCharacters, firstLine, lineWithHit, splitAtHits, visiblePieces } from './visible-text.ts';

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

test('the first line is the first with something in it, and says whether there is more', () => {
  assert.equal(firstLine('\n  \r\n  告警：磁盘\n详情'), '告警：磁盘 …');
  assert.equal(firstLine('告警：磁盘\n \r\n'), '告警：磁盘');
  assert.equal(firstLine('   '), '');
});

test('a long line is cut between characters', () => {
  assert.equal(firstLine('👍👍👍', 3), '👍…');
});

test('characters are counted as a reader does, not as UTF-16', () =>
  assert.equal(countCharacters('a磁👍'), 3));

const hitCases: [string, string, string, string][] = [
  ['a hit at the start of the first line', '磁盘已满\n详情', '已满', '磁盘已满 …'],
  ['a hit in a later line', '告警\n第二行\n第三行', '二行', '…第二行 …'],
  ['a hit far to the right', `${'甲'.repeat(40)}乙丙`, '乙', `…${'甲'.repeat(12)}乙丙`],
  ['no hit', '告警\n第二行', 'x', '告警 …'],
  ['nothing was searched for', '告警', '', '告警'],
  ['no half of a character before the hit', `${'👍'.repeat(30)}x乙`, '乙', `…${'👍'.repeat(5)}x乙`],
];
for (const [name, text, find, want] of hitCases)
  test(`in a list: ${name}`, () => assert.equal(lineWithHit(text, find), want));

test('a text is cut at what was searched for, which is exact', () => {
  const pieces = (text: string, find: string) =>
    splitAtHits(text, find).map(({ text: piece, isHit }) => (isHit ? `[${piece}]` : piece));
  assert.deepEqual(pieces('a.b A.B a.b', 'a.b'), ['[a.b]', ' A.B ', '[a.b]']);
  assert.deepEqual(pieces('plain', ''), ['plain']);
  assert.equal(pieces('x'.repeat(100_000), 'x').length, 201);
});
