import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { renderSlack } from './slack-text.ts';
import { type Case, runCases, send, withSandbox } from './testing.ts';

const group = { platform: 'slack_bot' } as const;
const section = (text: object) => ({ text: 'a', blocks: [{ type: 'section', text }] });
const form = { 'content-type': 'application/x-www-form-urlencoded' };

const cases: readonly Case[] = [
  {
    name: "the documentation's sample",
    group,
    headers: { 'content-type': 'application/json' },
    body: { text: 'Hello, world.' },
    status: 200,
    answer: 'ok',
    shown: ['Hello, world.'],
  },
  {
    name: 'the older form',
    group,
    headers: form,
    body: `payload=${encodeURIComponent('{"text":"a & b"}')}`,
    status: 200,
    answer: 'ok',
    shown: ['a & b'],
  },
  {
    name: 'escaped text',
    group,
    body: { text: 'a &lt;b&gt; &amp;amp; *c* <!here>' },
    status: 200,
    answer: 'ok',
    shown: ['a <b> &amp; c @here'],
    mentions: ['here'],
  },
  {
    name: 'plain_text in a block',
    group,
    body: section({ type: 'plain_text', text: '*a* &lt; <!here> @channel', emoji: false }),
    status: 200,
    answer: 'ok',
    shown: ['*a* &lt; <!here> @channel'],
  },
  {
    name: 'a bare @here in a mrkdwn block',
    group,
    body: section({ type: 'mrkdwn', text: 'a @here' }),
    status: 200,
    answer: 'ok',
    shown: ['a @here'],
    mentions: ['here'],
  },
  {
    name: 'a verbatim mrkdwn block',
    group,
    body: section({ type: 'mrkdwn', text: 'a @here', verbatim: true }),
    status: 200,
    answer: 'ok',
    shown: ['a @here'],
  },
  {
    name: 'link_names',
    group,
    body: { text: '@channel', link_names: 1 },
    status: 200,
    answer: 'ok',
    shown: ['@channel'],
    mentions: ['channel'],
  },
  {
    name: 'a split near 4,000',
    group,
    body: { text: 'a'.repeat(4_500) },
    status: 200,
    answer: 'ok',
    shown: ['a'.repeat(4_000), 'a'.repeat(500)],
  },
  {
    name: 'a legacy attachment',
    group,
    body: { attachments: [{ fallback: 'f', text: 'a' }] },
    status: 200,
    answer: 'ok',
    shown: ['a'],
  },
  {
    name: 'a section of 3,000',
    group,
    body: section({ type: 'mrkdwn', text: 'a'.repeat(3_000), verbatim: true }),
    status: 200,
    answer: 'ok',
    shown: ['a'.repeat(3_000)],
  },
  {
    name: 'a section of 3,001',
    group,
    body: section({ type: 'mrkdwn', text: 'a'.repeat(3_001) }),
    status: 400,
    answer: 'invalid_blocks',
  },
  {
    name: '51 blocks',
    group,
    body: { blocks: Array(51).fill({ type: 'divider' }) },
    status: 400,
    answer: 'invalid_blocks',
  },
  {
    name: 'blocks that are no list',
    group,
    body: { text: 'a', blocks: {} },
    status: 400,
    answer: 'invalid_blocks_format',
  },
  {
    name: 'a markdown block',
    group,
    body: { text: 'a', blocks: [{ type: 'markdown', text: 'a' }] },
    status: 500,
    answer: '',
  },
  {
    name: 'a long header',
    group,
    body: { blocks: [{ type: 'header', text: { type: 'plain_text', text: 'a'.repeat(151) } }] },
    status: 400,
    answer: 'invalid_blocks',
  },
  { name: 'no text', group, body: { text: '' }, status: 400, answer: 'no_text' },
  {
    name: 'broken JSON',
    group,
    headers: { 'content-type': 'application/json' },
    body: '{',
    status: 400,
    answer: 'invalid_payload',
  },
  { name: 'no content type', group, body: '{"text":"a"}', status: 400, answer: 'invalid_payload' },
  {
    name: 'half a surrogate pair',
    group,
    headers: { 'content-type': 'application/json' },
    body: '{"text":"\\ud83d"}',
    status: 400,
    answer: 'invalid_payload',
  },
  {
    name: 'a whole pair',
    group,
    headers: { 'content-type': 'application/json' },
    body: '{"text":"\\ud83d\\ude00"}',
    status: 200,
    answer: 'ok',
    shown: ['😀'],
  },
  {
    name: '101 attachments',
    group,
    body: { attachments: Array(101).fill({ text: 'a' }) },
    status: 400,
    answer: 'too_many_attachments',
  },
  {
    name: 'a wrong secret',
    group,
    url: (endpoint) => `${endpoint}x`,
    body: { text: 'a' },
    status: 403,
    answer: 'invalid_token',
  },
  {
    name: 'an unknown hook',
    group,
    url: (endpoint) => endpoint.replace('/B0', '/B9'),
    body: { text: 'a' },
    status: 404,
    answer: 'no_service',
  },
  {
    name: 'an unknown team',
    group,
    url: (endpoint) => endpoint.replace('/T0', '/T9'),
    body: { text: 'a' },
    status: 404,
    answer: 'no_team',
  },
  {
    name: 'a malformed address is redirected',
    group,
    url: (endpoint) => endpoint.replace(/\/[^/]*$/, ''),
    body: { text: 'a' },
    status: 302,
    answer: '',
  },
  {
    name: 'a webhook that was switched off',
    group: { ...group, disabled: true },
    body: { text: 'a' },
    status: 404,
    answer: 'no_active_hooks',
  },
];
runCases(cases);

test('slack_bot: one per second', () =>
  withSandbox([group], async ({ url, clock }) => {
    const post = () => send(url, { body: { text: 'a' } });
    assert.equal((await post()).body, 'ok');
    const limited = await post();
    assert.equal(limited.status, 429);
    assert.equal(limited.headers['retry-after'], '1');
    assert.equal(limited.body, '{"retry_after":1,"ok":false,"error":"rate_limited"}');
    clock.step(999);
    assert.equal((await post()).status, 429);
    clock.step(1);
    assert.equal((await post()).status, 200);
  }));

const readings = [
  { text: '*b* _i_ ~s~ `c` ```\npre\n```', display: 'b i s c pre' },
  { text: '中文*粗*中文', display: '中文*粗*中文' },
  { text: 'snake_case_name 2*3*4', display: 'snake_case_name 2*3*4' },
  { text: '`*a* &lt;`', display: '*a* <' },
  { text: '> q\n&gt; r', display: 'q\nr' },
  { text: '&amp;lt; &quot; &#42;', display: '&lt; &quot; &#42;' },
  { text: '<https://x|*t*> <https://y>', display: '*t* https://y' },
  { text: '<@U1> <#C1|general> <!subteam^S1>', display: '@U1 #general @S1', mentions: ['U1', 'S1'] },
  { text: ':fire: :no_such:', display: '🔥 :no_such:' },
  { text: '\uE000 *a* \uE001', display: '\uE000 a \uE001' },
];
for (const { text, display, mentions = [] } of readings) {
  test(`slack_bot shows ${JSON.stringify(text)}`, () =>
    assert.deepEqual(renderSlack(text), { display, mentions }));
}

test('slack_bot: in plain_text every text arrives as written and pings nobody', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      assert.deepEqual(renderSlack(text, { plain: true, emoji: false }), { display: text, mentions: [] });
    }),
  );
});
