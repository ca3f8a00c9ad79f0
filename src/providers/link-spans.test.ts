import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { linkSpans } from './link-spans.ts';

const linksOf = (text: string) =>
  linkSpans(text)
    .filter(({ kind }) => kind === 'link')
    .map((span) => span.text);

const cases = [
  { text: 'no link, http:// nor https://', want: [] },
  { text: 'HTTPS://X.test:8443/a?b=c#d e', want: ['HTTPS://X.test:8443/a?b=c#d'] },
  { text: '见https://x.test/a，再看https://x.test/b。', want: ['https://x.test/a', 'https://x.test/b'] },
  { text: 'https://zh.wikipedia.org/wiki/中文 ok', want: ['https://zh.wikipedia.org/wiki/中文'] },
  { text: '(https://x.test/a_(b)) "https://x.test/c"', want: ['https://x.test/a_(b)', 'https://x.test/c'] },
  {
    text: '[a](https://x.test)**b** (https://x.test/(c)d)e)',
    want: ['https://x.test', 'https://x.test/(c)d'],
  },
  { text: 'https://x.test/a... https://x.test/b?!', want: ['https://x.test/a', 'https://x.test/b'] },
  { text: 'http://[::1]:80/x|y', want: ['http://[::1]:80/x'] },
];
for (const { text, want } of cases) {
  test(`linkSpans: ${text}`, () => assert.deepEqual(linksOf(text), want));
}

test('linkSpans: the pieces joined are the text, each at its place', () => {
  const piece = fc.oneof(
    fc.constantFrom('https://', 'x.test', '/', ')', '(', '.', '*', '。', ' ', '<'),
    fc.string(),
  );
  fc.assert(
    fc.property(
      fc.array(piece).map((all) => all.join('')),
      (text) => {
        const spans = linkSpans(text);
        assert.equal(spans.map((span) => span.text).join(''), text);
        for (const { text: part, start } of spans) assert.ok(part !== '' && text.startsWith(part, start));
      },
    ),
  );
});
