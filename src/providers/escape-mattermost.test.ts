import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hostileText } from '../../test/support/hostile-text.ts';
import { escapeMattermost, isMattermostLink, mattermostCodePoints } from './escape-mattermost.ts';
import { linkSpans } from './link-spans.ts';

// Goal: readers see what was typed and nobody is notified. Method: a table of the cases people meet, then a model of
// the server's rewriting and the web client's parser on random mixtures of them.

const r = String.raw;
const Z = '\u200b';
const cases = [
  { text: '磁盘 95%，请处理！', want: '磁盘 95%，请处理！' },
  { text: '*a* __b__ ~~c~~ `d` | e', want: `${r`\*a\* \_\_b\_\_`} \\~~${Z}c\\~\\~ ${'\\`d\\`'} \\| e` },
  // The web client leaves a backslash before a letter alone, and would show two.
  { text: r`C:\new\*x \\srv\_`, want: r`C:\new\\\*x \\\srv\\\_` },
  {
    text: '@all 请看@here a@b.com -@bob ＠channel',
    want: `@${Z}all 请看@${Z}here a@b.com -@${Z}bob ＠${Z}channel`,
  },
  { text: '<!channel> <!here> <@abc>', want: `&lt;!channel> &lt;!here> &lt;@${Z}abc>` },
  {
    text: '<https://x.test|name> <a|b> <5|6> 1 < 2',
    want: r`&lt;<https://x.test>\|name> &lt;a\|b> &lt;5\|6> 1 &lt; 2`,
  },
  { text: '<item id="a_b"> </item>', want: r`&lt;item id="a\_b"> &lt;/item>` },
  { text: '&lt; &amp; a&b', want: '&amp;lt; &amp;amp; a&b' },
  { text: '~town ~~~ a~b', want: `~${Z}town \\~\\~\\~ a~${Z}b` },
  { text: ':smile: 12:30:45 :) <3 a:D', want: `:${Z}smile: 12:30:45 :${Z}) &lt;${Z}3 a:D` },
  {
    text: '# a\n> b\n- c\n1. d\n2) e\n#tag -5 1.5',
    want: '\\# a\n\\> b\n\\- c\n1\\. d\n2\\) e\n#tag -5 1.5',
  },
  { text: 'a\n===\nb\n---', want: `a\n${Z}===\nb\n\\---` },
  { text: '  a_b\n    at x_y\n\tz', want: `  a\\_b\n${Z}    at x\\_y\n${Z}\tz` },
  { text: '$a$ $5 and $6', want: '$a&#36; $5 and $6' },
  { text: '[a](https://x.test)', want: r`\[a](https://x.test)` },
  {
    text: 'https://x.test/@here/a_b_c 见https://x.test/a_b。好',
    want: 'https://x.test/@here/a_b_c 见<https://x.test/a_b>。好',
  },
  { text: 'a.example.com/b_c', want: r`a.example\.com/b\_c` },
  // Shown as text, and without a mention, where the client or the server would not see the link that we see.
  { text: 'HTTP://x.test/a_b xhttps://y.test/', want: r`HTTP&#58;//x\.test/a\_b xhttps&#58;//y\.test/` },
  { text: 'https://a_b.test/@here', want: `https&#58;//a\\_b\\.test/@${Z}here` },
  { text: 'https://[::1]/@here', want: `https&#58;//\\[::1]/@${Z}here` },
  { text: 'https://x.test?a&lt;', want: r`https&#58;//x.test?a&amp;lt;` },
  { text: 'www.x.com/ mailto:a_b@x.test', want: r`www\.x\.com/ mailto&#58;a\_b@x.test` },
  { text: '[详情](https://x.test)**注意**', want: r`\[详情](<https://x.test>)\*\*注意\*\*` },
  { text: '\u00a0# a\u2424# b', want: '\u00a0\\# a\u2424\\# b' },
  { text: '第一行\n第二行\n\n第三行', want: '第一行\n第二行\n\n第三行' },
];
for (const { text, want } of cases) {
  test(`escapeMattermost: ${JSON.stringify(text)}`, () => {
    assert.equal(escapeMattermost(text), want);
    assert.equal(shown(want).text, text);
  });
}

test('escapeMattermost: whatever is typed is shown, nobody is mentioned, and every plain link is alive and whole', () => {
  fc.assert(
    fc.property(mixture, (text) => {
      const { text: seen, links } = shown(escapeMattermost(text));
      assert.equal(seen, text);
      assert.deepEqual(
        links,
        linkSpans(text)
          .filter((span) => span.kind === 'link' && isMattermostLink(span, text))
          .map((span) => span.text),
      );
    }),
    { numRuns: 20_000 },
  );
});

const mixture = fc
  .array(
    fc.constantFrom(
      ...'*_~|`[]()<>\\#-+.:;@!&$= \n\t"\'1a中，。'.split(''),
      ...[
        'https://x.test/a_b',
        'http://y.test',
        'HTTP://y.test/',
        'mailto:a',
        'www.',
        '@all',
        '@here',
        '<!channel>',
        '<@u1>',
        '<a|b>',
        ':smile:',
        '~town',
        '&lt;',
      ],
      ...['1. ', '- ', '# ', '---', '===', '    ', '```', '**', '__', '😀', 'x.com/'],
    ),
    { maxLength: 14 },
  )
  .map((pieces) => pieces.join(''));

/** Mattermost, as far as it matters here: whatever it would rewrite or read as markup is shown as `‹markup›`. */
function shown(source: string): { text: string; links: string[] } {
  const rewritten = source
    .replace(/<!(channel|here|all)>|<@[a-zA-Z0-9]+>/g, '‹rewritten›')
    .replace(/<([^\n<|>]+)\|([^\n>]+)>/g, '‹rewritten›');
  const links: string[] = [];
  let text = '';
  for (let at = 0; at < rewritten.length; ) {
    const rest = rewritten.slice(at);
    const escaped = /^\\([`*{}[\]()#+\-.!_>|~]|\\(?!\w))/.exec(rest);
    const bracketed = /^<(https?:\/\/[^ >]+)>/.exec(rest);
    const before = rewritten.slice(0, at);
    const atWordStart = !/[A-Za-z0-9]$/.test(before);
    const bare = atWordStart ? bareLink(rest) : undefined;
    const otherLink = atWordStart && /^(?:(?:https?|ftp|mailto|tel):[\w/]|www\d{0,3}\.)/i.test(rest);
    const entity = /^&(lt|amp|#36|#58);/.exec(rest);
    const lineStart = /(^|\n)[ \t]*$/.test(before);
    const block = lineStart && /^(#{1,6}\s|>|[*+-]\s|\d+[.)]\s|-{2,}\s*(\n|$)|=+\s*(\n|$))/.test(rest);
    const indented = /(^|\n)$/.test(before) && /^( {4}| {0,3}\t)[ \t]*\S/.test(rest);
    const withoutLinks = rest.replace(/(?<!^)https?:\/\/\S*/g, '');
    const inline = /^([*_`[]|~~|<[A-Za-z/!?]|&#?\w+;|\$[^$\n]+\$(?![A-Za-z0-9]))/.test(withoutLinks);
    const link = bracketed?.[1] ?? bare;
    if (escaped) text += escaped[1];
    else if (link !== undefined) {
      links.push(link);
      text += '\ue000';
    } else if (entity) text += { lt: '<', amp: '&', '#58': ':' }[entity[1] ?? ''] ?? '$';
    else text += block || indented || inline || otherLink ? '‹markup›' : rest.charAt(0);
    at += (escaped ?? bracketed)?.[0].length ?? bare?.length ?? entity?.[0].length ?? 1;
  }
  // Pieces of text are joined before these are looked for.
  const marked = text.replace(/(?<![A-Za-z0-9])[@＠]\w|~(?=[a-z])|:(?!\d\d?:)[\w+-]+:/g, '‹mention›');
  let next = 0;
  const seen = marked.replaceAll('\u200b', '').replace(/\ue000/g, () => links[next++] ?? '');
  return { text: seen, links };
}

/** Up to white space, full-width punctuation or a bracket that it does not open, without the end of a sentence. */
function bareLink(rest: string): string | undefined {
  let link = /^https?:\/\/[^\s<>"`\\|，。]+/.exec(rest)?.[0];
  for (let at = 0; link !== undefined && at < link.length; at++) {
    if (!opens(link.slice(0, at + 1))) link = link.slice(0, at);
  }
  while (link !== undefined && /[?!.,:;*_~'$\]}]$/.test(link)) link = link.slice(0, -1);
  return link;
}

function opens(link: string): boolean {
  return link.split('(').length >= link.split(')').length;
}

test('escapeMattermost: the size is that of the escaped text', () => {
  fc.assert(
    fc.property(fc.oneof(mixture, hostileText), (text) =>
      assert.equal(mattermostCodePoints(text), [...escapeMattermost(text)].length),
    ),
    { numRuns: 20_000 },
  );
});
