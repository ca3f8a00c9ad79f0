import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { TextLimit } from '../providers/provider.ts';
import { splitText } from './split-text.ts';

// Goal: no character is lost, no part is over the limit, cuts fall where a reader would cut.

const bytes = (max: number): TextLimit => ({
  max,
  unit: 'bytes',
  source: 'test',
  measure: (text) => Buffer.byteLength(text),
});
const codePoints = (max: number): TextLimit => ({
  max,
  unit: 'code_points',
  source: 'test',
  measure: (text) => [...text].length,
});
/** As a platform that limits the whole body counts it. */
const jsonBody = (max: number): TextLimit => ({
  max,
  unit: 'bytes',
  source: 'test',
  measure: (text) => Buffer.byteLength(JSON.stringify({ msgtype: 'text', text: { content: text } })),
});

/** Counts the text alone, so that a case can say where its cut must fall. */
const unmarked = (max: number): TextLimit => ({
  ...codePoints(max),
  measure: (text) => [...text.replace(MARKER, '')].length,
});

const MARKER = /^\((\d+)\/(\d+)\)\n/;

function partsOf(text: string, limit: TextLimit | null): string[] {
  const result = splitText(text, limit, 'split');
  assert.equal(result.kind, 'parts');
  return result.kind === 'parts' ? result.parts : [];
}
const bare = (parts: string[]) =>
  parts.length === 1 ? parts : parts.map((part) => part.replace(MARKER, ''));

const cuts: { name: string; text: string; limit: TextLimit; want: string[] }[] = [
  { name: 'fits', text: 'hello', limit: bytes(5), want: ['hello'] },
  { name: 'empty', text: '', limit: bytes(5), want: [''] },
  {
    name: 'after a line',
    text: 'first line\nsecond line',
    limit: unmarked(13),
    want: ['(1/2)\nfirst line\n', '(2/2)\nsecond line'],
  },
  {
    name: 'after a sentence',
    text: '今天下雨了。明天是晴天吗？也许',
    limit: unmarked(14),
    want: ['(1/2)\n今天下雨了。明天是晴天吗？', '(2/2)\n也许'],
  },
  {
    name: 'closing quotes stay with their sentence',
    text: '他说：“走吧。”然后走了',
    limit: unmarked(9),
    want: ['(1/2)\n他说：“走吧。”', '(2/2)\n然后走了'],
  },
  {
    name: 'a decimal point ends no sentence',
    text: 'pi is 3.141592',
    limit: unmarked(11),
    want: ['(1/2)\npi is ', '(2/2)\n3.141592'],
  },
  {
    name: 'after a word',
    text: 'alpha beta gamma',
    limit: unmarked(12),
    want: ['(1/2)\nalpha beta ', '(2/2)\ngamma'],
  },
  {
    name: 'an early line end makes no tiny part',
    text: 'a\nbbbbbbbbbbbbbbbb',
    limit: unmarked(10),
    want: ['(1/2)\na\nbbbbbbbb', '(2/2)\nbbbbbbbb'],
  },
  {
    name: 'no cut inside a family',
    text: 'xxxx👨‍👩‍👧‍👦y',
    limit: unmarked(8),
    want: ['(1/2)\nxxxx', '(2/2)\n👨‍👩‍👧‍👦y'],
  },
  {
    name: 'no cut inside a flag',
    text: '🇨🇳🇨🇳🇨🇳',
    limit: unmarked(3),
    want: ['(1/3)\n🇨🇳', '(2/3)\n🇨🇳', '(3/3)\n🇨🇳'],
  },
  {
    name: 'a space with an accent on it is no place to cut',
    text: 'aaaa \u0301bb',
    limit: unmarked(5),
    want: ['(1/2)\naaaa', '(2/2)\n \u0301bb'],
  },
  {
    name: 'CR LF stays together',
    text: 'abcd\r\nef',
    limit: unmarked(5),
    want: ['(1/2)\nabcd', '(2/2)\n\r\nef'],
  },
  {
    name: 'a giant grapheme is cut between code points',
    text: `e${'\u0301'.repeat(9)}`,
    limit: unmarked(5),
    want: [`(1/2)\ne${'\u0301'.repeat(4)}`, `(2/2)\n${'\u0301'.repeat(5)}`],
  },
];
for (const { name, text, limit, want } of cuts) {
  test(`split: ${name}`, () => assert.deepEqual(partsOf(text, limit), want));
}

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc
    .array(fc.constantFrom('中', '。', '\n', ' ', 'a', '"', '👨‍👩‍👧', '🇨🇳', 'e\u0301', '.\n', '! '), {
      maxLength: 300,
    })
    .map((all) => all.join('')),
);

test('split: parts are the text, in order, numbered, within the limit, never inside a surrogate pair', () => {
  fc.assert(
    fc.property(
      anyText,
      fc.integer({ min: 12, max: 90 }),
      fc.constantFrom(bytes, codePoints, (max: number) => jsonBody(max + 50)),
      (text, max, makeLimit) => {
        const limit = makeLimit(max);
        const result = splitText(text, limit, 'split');
        // Six units of marker and twelve for the widest escaped code point: only that little room may be too little.
        if (result.kind === 'too_long') return assert.ok(max < 30);
        const { parts } = result;
        assert.equal(bare(parts).join(''), text);
        for (const [index, part] of parts.entries()) {
          assert.ok(limit.measure(part) <= limit.max);
          if (parts.length > 1)
            assert.deepEqual(MARKER.exec(part)?.slice(1).map(Number), [index + 1, parts.length]);
          if (text.isWellFormed()) assert.ok(part.isWellFormed());
          assert.ok(parts.length === 1 || part.replace(MARKER, '').length > 0);
        }
        assert.deepEqual(splitText(text, limit, 'split'), result);
      },
    ),
    { numRuns: 400 },
  );
});

test('split: graphemes stay whole where they fit', () => {
  const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  const units = fc.constantFrom('中', ' ', 'a', '👨‍👩‍👧', '🇨🇳', 'e\u0301', '한', '\r\n', '。');
  fc.assert(
    fc.property(fc.array(units, { minLength: 1, maxLength: 200 }), (all) => {
      const text = all.join('');
      const boundaries = new Set(Array.from(segmenter.segment(text), ({ index }) => index));
      let at = 0;
      for (const part of bare(partsOf(text, codePoints(24)))) {
        assert.ok(boundaries.has(at), `cut at ${at}`);
        at += part.length;
      }
    }),
    { numRuns: 200 },
  );
});

test('split: the marker grows with the number of parts', () => {
  const parts = partsOf('x'.repeat(5_000), codePoints(50));
  assert.ok(parts.length > 99);
  assert.match(parts[0] ?? '', /^\(1\/1\d\d\)\n/);
  assert.equal(bare(parts).join('').length, 5_000);
});

test('split: what cannot fit is too long, and without a limit nothing is', () => {
  assert.deepEqual(splitText('a long text', bytes(6), 'split'), { kind: 'too_long' });
  assert.deepEqual(splitText('中'.repeat(9), bytes(8), 'split'), { kind: 'too_long' });
  assert.deepEqual(splitText('x'.repeat(99_999), codePoints(8), 'split'), { kind: 'too_long' });
  assert.equal(partsOf('x'.repeat(99_999), null).length, 1);
});

test('fail: too long or as it is', () => {
  assert.deepEqual(splitText('中文', bytes(5), 'fail'), { kind: 'too_long' });
  assert.deepEqual(splitText('中文', bytes(6), 'fail'), { kind: 'parts', parts: ['中文'] });
});

test('truncate: one part, marked in the language of the text, cut between graphemes', () => {
  assert.deepEqual(splitText('中'.repeat(100), codePoints(20), 'truncate'), {
    kind: 'parts',
    parts: [`${'中'.repeat(4)}…（已截断，原文共 100 字）`],
  });
  const english = splitText('word '.repeat(20), codePoints(50), 'truncate');
  assert.match(
    english.kind === 'parts' ? (english.parts[0] ?? '') : '',
    /^word .*… \(truncated, 100 characters in full\)$/,
  );
  const family = splitText(`xx${'👨‍👩‍👧'.repeat(20)}中`, codePoints(24), 'truncate');
  assert.match(family.kind === 'parts' ? (family.parts[0] ?? '') : '', /^xx(👨‍👩‍👧)?…（/u);
  assert.deepEqual(splitText('中'.repeat(100), bytes(10), 'truncate'), { kind: 'too_long' });
});

test('split: each part is as long as it can be', () => {
  const units = fc.constantFrom('中', '"', 'a', '\u0001', '😀', '\ud800');
  fc.assert(
    fc.property(
      fc.array(units, { minLength: 1, maxLength: 400 }),
      fc.constantFrom(bytes(40), codePoints(30), jsonBody(120)),
      (all, limit) => {
        const parts = partsOf(all.join(''), limit);
        for (const [index, part] of parts.slice(0, -1).entries()) {
          const widest = part.replace(
            MARKER,
            (_, ...numbers) => `(${'9'.repeat(String(numbers[1]).length * 2)}/)\n`,
          );
          const next = [...(parts[index + 1] ?? '').replace(MARKER, '')][0] ?? '';
          assert.ok(limit.measure(widest + next) > limit.max, `${JSON.stringify(next)} fits too`);
        }
      },
    ),
    { numRuns: 300 },
  );
});
