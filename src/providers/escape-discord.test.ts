import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hostileText } from '../../test/support/hostile-text.ts';
import { discordCodePoints, escapeDiscord } from './escape-discord.ts';
import { linkSpans } from './link-spans.ts';

// Goal: readers see what was typed. Method: a table of the cases people meet, then a model of Discord's parser on
// random mixtures of them.

const r = String.raw;
const cases = [
  { text: '磁盘 95%，请处理！', want: '磁盘 95%，请处理！' },
  { text: '*a* __b__ ~~c~~ ||d|| `e`', want: r`\*a\* \_\_b\_\_ \~\~c\~\~ \|\|d\|\| ${'\\`e\\`'}` },
  { text: r`C:\new\*x`, want: r`C:\\new\\\*x` },
  { text: '# a\n## b\n-# c\n#d #1', want: '\\# a\n\\## b\n\\-# c\n#d #1' },
  { text: '> a\n  >>> b\n1 > 0', want: '\\> a\n  \\>>> b\n1 > 0' },
  {
    text: '- a\n  + b\n1. c\n 12. d\n-5 2025-07-01 1.5',
    want: '\\- a\n  \\+ b\n1\\. c\n 12\\. d\n-5 2025-07-01 1.5',
  },
  {
    text: '<@1> <@&2> <#3> <:e:4> <t:5:R> </c:6> <id:guide>',
    want: r`\<@1> \<@&2> \<#3> \<\:e:4> \<t\:5:R> \</c:6> \<id:guide>`,
  },
  { text: '@everyone @here a@b.com', want: r`\@everyone \@here a@b.com` },
  { text: ':smile: 12:30 std::cout {"a":1}', want: r`\:smile: 12:30 std::cout {"a":1}` },
  { text: '[a](https://x.test)', want: r`\[a](<https://x.test>)` },
  { text: 'https://x.test/a_b_c?d=*e ok', want: 'https://x.test/a_b_c?d=*e ok' },
  { text: '见https://x.test/a_b。好', want: '见<https://x.test/a_b>。好' },
  { text: '**https://x.test/a_**', want: r`\*\*<https://x.test/a>\_\*\*` },
  { text: '[a](https://x.test)**b**', want: r`\[a](<https://x.test>)\*\*b\*\*` },
  // Upper case is no link to the client, which would find another one inside.
  { text: 'HTTP://x.test/http://y.test/_a_', want: r`HTTP\://x.test/http\://y.test/\_a\_` },
  { text: '\u3000# a\n \u2003- b', want: '\u3000\\# a\n \u2003\\- b' },
  { text: '<https://x.test>', want: r`\<<https://x.test>>` },
  {
    text: 'https://x.test/a.\nhttps://x.test/(b), (https://x.test/c)',
    want: 'https://x.test/a.\nhttps://x.test/(b), (<https://x.test/c>)',
  },
];
for (const { text, want } of cases) {
  test(`escapeDiscord: ${JSON.stringify(text)}`, () => {
    assert.equal(escapeDiscord(text), want);
    assert.equal(shown(want).text, text);
  });
}

test('escapeDiscord: whatever is typed is shown, and every link is alive and whole', () => {
  fc.assert(
    fc.property(mixture, (text) => {
      const { text: seen, links } = shown(escapeDiscord(text));
      assert.equal(seen, text);
      assert.deepEqual(
        links,
        linkSpans(text)
          .filter((span) => span.kind === 'link' && /^http/.test(span.text))
          .map((span) => span.text),
      );
    }),
    { numRuns: 20_000 },
  );
});

const mixture = fc
  .array(
    fc.constantFrom(
      ...'*_~|`[]()<>\\#-+.:;@!&$ \n\t"\'1a中，。'.split(''),
      ...[
        'https://x.test/a_b',
        'http://y.test',
        'HTTP://y.test/',
        '\u3000',
        '@everyone',
        '<@1>',
        ':smile:',
        '1. ',
        '- ',
        '# ',
        '-# ',
        '>>> ',
        '```',
        '||',
        '**',
        '__',
        '😀',
      ],
    ),
    { maxLength: 14 },
  )
  .map((pieces) => pieces.join(''));

/** Discord's client, as far as it matters here: any markup that it would read is shown as `‹markup›`. */
function shown(source: string): { text: string; links: string[] } {
  const links: string[] = [];
  let text = '';
  for (let at = 0; at < source.length; ) {
    const rest = source.slice(at);
    const escaped = /^\\([^0-9A-Za-z\s])/.exec(rest);
    const bracketed = /^<(https?:\/\/[^ >]+)>/.exec(rest);
    const bare = /^https?:\/\/[^\s<]+[^<.,:;"'\]\s]/.exec(rest);
    const lineStart = /(^|\n)[^\S\n]*$/.test(source.slice(0, at));
    const block = lineStart && /^(#{1,3}\s|-#\s|>|[*+-]\s|\d+\.\s)/.test(rest);
    const markup = /^([*_`[<]|~~|\|\||:[\w+-]+:|@everyone|@here)/.exec(rest);
    const link = bracketed?.[1] ?? bare?.[0];
    if (escaped) text += escaped[1];
    else if (link !== undefined) links.push(link);
    if (link !== undefined && !escaped) text += link;
    else if (!escaped) text += block || markup ? '‹markup›' : rest.charAt(0);
    at += (escaped ?? bracketed ?? bare)?.[0].length ?? 1;
  }
  return { text, links };
}

test('escapeDiscord: the size is that of the escaped text', () => {
  fc.assert(
    fc.property(fc.oneof(mixture, hostileText), (text) =>
      assert.equal(discordCodePoints(text), [...escapeDiscord(text)].length),
    ),
    { numRuns: 20_000 },
  );
});
