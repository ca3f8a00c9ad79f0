import assert from 'node:assert/strict';
import { test } from 'node:test';
import { providers } from '../providers/registry.ts';
import { splitText } from './split-text.ts';

// Goal: no text makes a split slow. Method: a million characters of everything that some platform escapes or some pattern
// looks for; counted is how much text is measured, which is nearly all that a split does.

const UNITS = 1_000_000;
const PIECES = [
  ...['x', '中', '😀', '👨‍👩‍👧‍👦', 'e\u0301', '\u0301', ' ', '\n', '\t', '.', '. ', '。', '"', '\u0001'],
  ...[
    '<',
    '*',
    '&',
    '@',
    '`',
    '~',
    '|',
    '\\',
    '$',
    ':',
    '=',
    '\n# ',
    '&lt;',
    '@everyone ',
    'http://a ',
    '<3',
  ],
  'https://x.test/a_b *c* <@1> 中。\n',
];
/** Of the text: once as a whole, about once for each part, and for parts that were cut early and cut in vain. */
const MOST_MEASURED = 4;

for (const { id, textLimit } of providers) {
  if (textLimit === null) continue;
  test(`${id}: a million characters of anything are measured a few times, and all of them are kept`, () => {
    for (const piece of PIECES) {
      const text = piece.repeat(Math.ceil(UNITS / piece.length));
      let measured = 0;
      const measure = (part: string) => {
        measured += part.length;
        return textLimit.measure(part);
      };
      const result = splitText(text, { ...textLimit, measure }, 'split');
      assert.equal(result.kind, 'parts');
      const kept =
        result.kind === 'parts'
          ? result.parts.map((part) => part.replace(/^\(\d+\/\d+\)\n/, '')).join('')
          : '';
      assert.ok(kept === text, `${JSON.stringify(piece)} is not kept`);
      const times = measured / text.length;
      assert.ok(times < MOST_MEASURED, `${JSON.stringify(piece)} was measured ${times.toFixed(1)} times`);
    }
  });
}
