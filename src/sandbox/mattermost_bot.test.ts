import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { renderMattermost } from './mattermost-text.ts';
import { type Case, runCases, send, withSandbox } from './testing.ts';

const group = { platform: 'mattermost_bot' } as const;
const json = { 'content-type': 'application/json' };
const general =
  /^\{"id":"web\.incoming_webhook\.general\.app_error","message":"Failed to handle the payload of media type application\/json for incoming webhook demo0+6x?\.","detailed_error":"","request_id":"\w{26}","status_code":400\}$/;

const cases: readonly Case[] = [
  {
    name: "the documentation's sample",
    group,
    headers: json,
    body: '{"text": "Hello, this is some text\\nThis is more text. :tada:"}',
    status: 200,
    answer: 'ok',
    shown: ['Hello, this is some text\nThis is more text. 🎉'],
  },
  {
    name: 'a form',
    group,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `payload=${encodeURIComponent('{"text":"a"}')}`,
    status: 200,
    answer: 'ok',
    shown: ['a'],
  },
  { name: 'unknown fields', group, body: { text: 'a', nothing: 1 }, status: 200, answer: 'ok', shown: ['a'] },
  {
    name: 'a mention',
    group,
    body: { text: 'hi @channel, `@all`' },
    status: 200,
    answer: 'ok',
    shown: ['hi @channel, @all'],
    mentions: ['channel'],
  },
  {
    name: 'an attachment',
    group,
    body: { attachments: [{ pretext: 'p', text: '**t**', fields: [{ title: 'f', value: 'v' }] }] },
    status: 200,
    answer: 'ok',
    shown: ['p\nt\nf\nv'],
  },
  {
    name: '16,384 code points become two posts',
    group,
    body: { text: '中'.repeat(16_384) },
    status: 200,
    answer: 'ok',
    shown: ['中'.repeat(16_383), '中'],
  },
  { name: 'no text', group, body: { text: '' }, status: 400, answer: general },
  { name: 'a text that is no string', group, body: { text: 1 }, status: 400, answer: general },
  { name: 'a system type', group, body: { text: 'a', type: 'system_join' }, status: 400, answer: general },
  {
    name: 'broken JSON',
    group,
    headers: json,
    body: '{',
    status: 400,
    answer: /^\{"id":"web\.incoming_webhook\.decode\.app_error"/,
  },
  {
    name: 'an unknown hook',
    group,
    url: (endpoint) => `${endpoint}x`,
    body: { text: 'a' },
    status: 400,
    answer: general,
  },
  {
    name: 'a deleted hook',
    group: { ...group, disabled: true },
    body: { text: 'a' },
    status: 400,
    answer: general,
  },
  {
    name: 'an id of the wrong shape',
    group,
    url: (endpoint) => `${endpoint}-`,
    body: { text: 'a' },
    status: 404,
    answer: /^<!DOCTYPE html>/,
  },
  {
    name: 'a body over the cap',
    group,
    body: { text: 'a'.repeat(300_513) },
    status: 413,
    answer: /api\.context\.request_body_too_large\.app_error/,
  },
];
runCases(cases);

test('mattermost_bot: 10 per second after a burst, per caller', () =>
  withSandbox([group], async ({ url, clock }) => {
    const post = () => send(url, { body: { text: 'a' } });
    const first = await post();
    assert.equal(first.headers['x-ratelimit-limit'], '101');
    assert.equal(first.headers['x-ratelimit-remaining'], '100');
    assert.equal(first.headers['x-ratelimit-reset'], '1');
    for (let n = 1; n < 101; n++) assert.equal((await post()).body, 'ok');
    const limited = await post();
    assert.equal(limited.status, 429);
    assert.equal(limited.body, 'limit exceeded');
    assert.equal(limited.headers['retry-after'], '1');
    clock.step(99);
    assert.equal((await post()).status, 429);
    clock.step(1);
    assert.equal((await post()).status, 200);
    assert.equal((await post()).status, 429);
  }));

const readings = [
  { text: '**b** __b__ *i* ~~s~~ `c` \\*e\\*', display: 'b b i s c *e*' },
  { text: '&lt;b&gt; &amp; &#42; <b>', display: '<b> & * <b>' },
  { text: '# h\n- i\n- [x] d\n1. a\n1. b\n> q', display: 'h\n• i\n☑ d\n1. a\n2. b\nq' },
  { text: 'h\n---\n\n---', display: 'h\n\n―――' },
  { text: '| a | b |\n|---|:-:|\n| **1** | 2 |', display: 'a │ b\n1 │ 2' },
  { text: '[t](u) ![i](https://x =10x10 "t") <https://y>', display: 't i https://y' },
  { text: '[a]: https://x\n[a]', display: 'a' },
  { text: '<https://x|t> `<u|v>`', display: 't [v](u)' },
  { text: '```\n@all *a*\n```', display: '@all *a*' },
  { text: '    *code*', display: '    *code*' },
  {
    text: '@here <!channel> a@b.c @Bob. ＠all',
    display: '@here @channel a@b.c @Bob. ＠all',
    mentions: ['here', 'channel', 'bob', 'all'],
  },
  { text: '@\u200Ball \\@here', display: '@\u200Ball \\@here', mentions: ['here'] },
  { text: '\\<b> \\& \\# \\\\a \\\\ \\a', display: '\\<b> \\& # \\\\a \\ \\a' },
  { text: 'a https://x.test/*a*/_b_?c=~~d~~. e', display: 'a https://x.test/*a*/_b_?c=~~d~~. e' },
  { text: 'www.x.test/a\\_b x.test/*a*', display: 'www.x.test/a\\_b x.test/a' },
  {
    text: 'ftp://x/\\_ mailto:a\\_b@c.test tel:1\\_2 foo:a\\_b',
    display: 'ftp://x/\\_ mailto:a\\_b@c.test tel:1\\_2 foo:a_b',
  },
  { text: 'xhttps://x.test/*a* HTTP://x.test/*b*', display: 'xhttps://x.test/a HTTP://x.test/b' },
  { text: '(https://x.test/a_(b)) **https://y.test/**', display: '(https://x.test/a_(b)) https://y.test/' },
  {
    text: 'https://x.test/(a)@channel www.x.test/@all',
    display: 'https://x.test/(a)@channel www.x.test/@all',
  },
  {
    text: 'xhttps://x.test/@here https://a_b.test/@all https://[::1]/@channel',
    display: 'xhttps://x.test/@here https://a_b.test/@all https://[::1]/@channel',
    mentions: ['here', 'all', 'channel'],
  },
  {
    text: '\\[a](https://x.test)@here \\[b](@all)',
    display: '[a](https://x.test)@here [b](@all)',
    mentions: ['all'],
  },
  { text: '[@all](https://x.test/@here) a_@b :@x:', display: '@all a_@b :@x:', mentions: ['all'] },
];
for (const { text, display, mentions = [] } of readings) {
  test(`mattermost_bot shows ${JSON.stringify(text)}`, () =>
    assert.deepEqual(renderMattermost(text), { display, mentions }));
}

test('mattermost_bot: rendering any text ends, and never grows it', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'*_~`|>#-[]()\\:<@!1.& a中\n'), maxLength: 300 }),
      (text) => {
        const { display } = renderMattermost(text);
        assert.ok(display.length <= text.length * 3 + 10);
      },
    ),
  );
});

test('mattermost_bot: hostile markup of a full post is read in good time', () => {
  for (const unit of [
    '*a ',
    '[',
    '`a',
    '<',
    '_*',
    '**',
    '> ',
    '![a](',
    '~~a',
    'http://a_',
    '(www.',
    ':',
    '&a;',
    ')',
  ]) {
    const startMs = performance.now();
    renderMattermost(unit.repeat(Math.ceil(16_383 / unit.length)));
    assert.ok(performance.now() - startMs < 2_000, unit);
  }
});
