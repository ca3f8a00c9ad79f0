import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { renderDiscord } from './discord-text.ts';
import { type Case, runCases, send, withSandbox } from './testing.ts';

const group = { platform: 'discord_bot' } as const;
const agent = { 'user-agent': 'PostPoint (https://example.com, 1.0)', 'content-type': 'application/json' };
const none = { allowed_mentions: { parse: [] } };
const v10 =
  (query = '') =>
  (endpoint: string) =>
    `${endpoint.replace('/api/', '/api/v10/')}${query}`;
const post = (
  name: string,
  body: object,
  rest: Pick<Case, 'status' | 'answer' | 'shown' | 'mentions'>,
): Case => ({
  name,
  group,
  url: v10('?wait=true'),
  headers: agent,
  body: JSON.stringify(body),
  ...rest,
});
const message = /^\{"type":0,"content":.*"id":"\d{17,20}","channel_id":"\d{17,20}"/;
const bad = (errors: object) => ({ message: 'Invalid Form Body', code: 50035, errors });
const long = (max: number) => ({
  _errors: [{ code: 'BASE_TYPE_MAX_LENGTH', message: `Must be ${max} or fewer in length.` }],
});
const boundary = 'x';
const multipart = `--x\r\nContent-Disposition: form-data; name="payload_json"\r\nContent-Type: application/json\r\n\r\n{"content":"a"}\r\n--x--\r\n`;

const cases: readonly Case[] = [
  post('a message, waited for', { content: 'a', ...none }, { status: 200, answer: message, shown: ['a'] }),
  {
    name: 'not waited for',
    group,
    url: v10(),
    headers: agent,
    body: '{"content":"a"}',
    status: 204,
    answer: '',
    shown: ['a'],
  },
  {
    name: 'the address as users copy it',
    group,
    headers: agent,
    body: '{"content":"a"}',
    status: 204,
    answer: '',
    shown: ['a'],
  },
  {
    name: 'multipart',
    group,
    url: v10(),
    headers: { ...agent, 'content-type': `multipart/form-data; boundary=${boundary}` },
    body: multipart,
    status: 204,
    answer: '',
    shown: ['a'],
  },
  {
    name: 'a form',
    group,
    url: v10(),
    headers: { ...agent, 'content-type': 'application/x-www-form-urlencoded' },
    body: 'content=a+b',
    status: 204,
    answer: '',
    shown: ['a b'],
  },
  post(
    '2,000 code points',
    { content: '😀'.repeat(2_000), ...none },
    { status: 200, answer: message, shown: ['😀'.repeat(2_000)] },
  ),
  post(
    '2,001 code points',
    { content: 'a'.repeat(2_001) },
    { status: 400, answer: bad({ content: long(2_000) }) },
  ),
  {
    name: '2,001 code points on version 6',
    group,
    url: (endpoint) => `${endpoint}?wait=true`,
    headers: agent,
    body: JSON.stringify({ content: 'a'.repeat(2_001) }),
    status: 400,
    answer: { content: ['Must be 2000 or fewer in length.'] },
  },
  post(
    'white space only',
    { content: ' \n' },
    { status: 400, answer: { message: 'Cannot send an empty message', code: 50006 } },
  ),
  post('nothing', {}, { status: 400, answer: { message: 'Cannot send an empty message', code: 50006 } }),
  post(
    'a banned name',
    { content: 'a', username: 'My Discord bot' },
    { status: 400, answer: /"username":\{"_errors":\[\{"code":"USERNAME_INVALID_CONTAINS"/ },
  ),
  post(
    'an embed',
    { embeds: [{ title: 't', description: '**d**', fields: [{ name: 'n', value: 'v' }] }] },
    { status: 200, answer: message, shown: ['t\nd\nn\nv'] },
  ),
  post(
    'a long embed title',
    { embeds: [{ title: 'a'.repeat(257) }] },
    { status: 400, answer: bad({ embeds: { 0: { title: long(256) } } }) },
  ),
  post(
    '6,001 in all embeds',
    { embeds: [{ description: 'a'.repeat(4_000) }, { description: 'a'.repeat(2_001) }] },
    { status: 400, answer: /MAX_EMBED_SIZE_EXCEEDED/ },
  ),
  post(
    '11 embeds',
    { embeds: Array(11).fill({ title: 'a' }) },
    { status: 400, answer: bad({ embeds: long(10) }) },
  ),
  post(
    'parse and a list at once',
    { content: 'a', allowed_mentions: { parse: ['users'], users: ['1'] } },
    { status: 400, answer: /mutually exclusive/ },
  ),
  post(
    'mentions allowed by nobody',
    { content: '@everyone <@1> \\<@&2>', ...none },
    { status: 200, answer: message, shown: ['@everyone @1 <@&2>'] },
  ),
  post(
    'no allowed_mentions',
    { content: '@everyone <@1>' },
    { status: 200, answer: message, shown: ['@everyone @1'], mentions: ['everyone', '1'] },
  ),
  post(
    'a listed user',
    { content: '<@1> <@2>', allowed_mentions: { users: ['2'] } },
    { status: 200, answer: message, shown: ['@1 @2'], mentions: ['2'] },
  ),
  {
    name: 'broken JSON',
    group,
    url: v10(),
    headers: agent,
    body: '{',
    status: 400,
    answer: { message: 'The request body contains invalid JSON.', code: 50109 },
  },
  {
    name: 'no content type',
    group,
    url: v10(),
    headers: { 'user-agent': 'a' },
    body: '{"content":"a"}',
    status: 400,
    answer: /"code":50035.*CONTENT_TYPE_INVALID/,
  },
  {
    name: 'no user agent',
    group,
    url: v10(),
    headers: { 'content-type': 'application/json' },
    body: '{"content":"a"}',
    status: 403,
    answer: /"code":40333/,
  },
  {
    name: 'a wrong token',
    group,
    url: (endpoint) => `${v10()(endpoint)}x`,
    headers: agent,
    body: '{"content":"a"}',
    status: 401,
    answer: { message: 'Invalid Webhook Token', code: 50027 },
  },
  {
    name: 'an unknown webhook',
    group,
    url: (endpoint) => endpoint.replace('/webhooks/', '/webhooks/9'),
    headers: agent,
    body: '{}',
    status: 404,
    answer: { message: 'Unknown Webhook', code: 10015 },
  },
  {
    name: 'an id that is no number',
    group,
    url: (endpoint) => v10()(endpoint).replace('/webhooks/', '/webhooks/x'),
    headers: agent,
    body: '{}',
    status: 400,
    answer: /is not snowflake/,
  },
  {
    name: 'a deleted webhook',
    group: { ...group, disabled: true },
    headers: agent,
    body: '{}',
    status: 404,
    answer: { message: 'Unknown Webhook', code: 10015 },
  },
  {
    name: 'version 11',
    group,
    url: (endpoint) => endpoint.replace('/api/', '/api/v11/'),
    headers: agent,
    body: '{}',
    status: 400,
    answer: /"code":50041/,
  },
];
runCases(cases);

test('discord_bot: 5 in any 2 s, with headers; seconds on version 10, milliseconds without one', () =>
  withSandbox([group], async ({ url, clock }) => {
    const say = (address: string) => send(address, { headers: agent, body: '{"content":"a"}' });
    const seen: unknown[] = [];
    for (let n = 0; n < 5; n++) seen.push((await say(v10()(url))).headers['x-ratelimit-remaining']);
    assert.deepEqual(seen, ['4', '3', '2', '1', '0']);
    clock.step(350);
    const limited = await say(v10()(url));
    assert.equal(limited.status, 429);
    assert.deepEqual(JSON.parse(limited.body), {
      message: 'You are being rate limited.',
      retry_after: 1.65,
      global: false,
    });
    const { headers } = limited;
    assert.equal(headers['retry-after'], '2');
    assert.equal(headers['x-ratelimit-limit'], '5');
    assert.equal(headers['x-ratelimit-reset-after'], '1.650');
    assert.equal(headers['x-ratelimit-reset'], '1700000002.000');
    assert.equal(headers['x-ratelimit-scope'], 'user');
    const old = await say(url);
    assert.equal(old.headers['retry-after'], '1650');
    assert.equal(JSON.parse(old.body).retry_after, 1650);
    clock.step(1_650);
    assert.equal((await say(url)).status, 204);
  }));

test('discord_bot: 30 in any 60 s over all webhooks of a channel, which the headers do not show', () =>
  withSandbox(
    [
      { platform: 'discord_bot', channel: 'c' },
      { platform: 'discord_bot', channel: 'c' },
      { platform: 'discord_bot' },
    ],
    async ({ sandbox, clock }) => {
      const urls = sandbox.groups.map(({ endpointUrl }) => v10()(endpointUrl));
      const say = (index: number) => send(urls[index] ?? '', { headers: agent, body: '{"content":"a"}' });
      for (let n = 0; n < 30; n++) {
        assert.equal((await say(n % 2)).status, 204);
        clock.step(600);
      }
      const limited = await say(0);
      assert.equal(limited.status, 429);
      assert.equal(JSON.parse(limited.body).retry_after, 42);
      assert.ok(Number(limited.headers['x-ratelimit-remaining']) > 0);
      assert.equal((await say(2)).status, 204);
      clock.step(42_000);
      assert.equal((await say(0)).status, 204);
    },
  ));

test('discord_bot: a webhook can be looked at without posting', () =>
  withSandbox([group], async ({ sandbox, url }) => {
    const got = await send(url, { method: 'GET', headers: agent });
    assert.equal(JSON.parse(got.body).id, '100000000000000005');
    assert.deepEqual(sandbox.received()[0]?.arrivals, []);
  }));

const readings = [
  { text: '**b** *i* _i_ __u__ ~~s~~ ||x|| `c`', display: 'b i i u s x c' },
  { text: '***bi***', display: 'bi' },
  { text: '\\*a\\* \\\\ \\a', display: '*a* \\ \\a' },
  { text: 'snake_case_name 2 * 3 * 4', display: 'snake_case_name 2 * 3 * 4' },
  { text: 'a*b*c', display: 'abc' },
  { text: '# h\n#### n\n-# s\n> q\n- i', display: 'h\n#### n\ns\nq\n• i' },
  { text: '1. a\n1. b\n1)  c', display: '1. a\n2. b\n1)  c' },
  { text: '1\\. a\n1\\. b', display: '1. a\n1. b' },
  { text: '```js\n*a*\n```', display: '*a*' },
  { text: '[t](https://x) [t](x) <https://y> <HTTP://*z*>', display: 't [t](x) https://y HTTP://*z*' },
  { text: 'https://x/*a*/_b_. *https://y/c*', display: 'https://x/*a*/_b_. https://y/c' },
  {
    text: '(https://x/(a)) https://x/\\_ HTTPS://x/*a*',
    display: '(https://x/(a)) https://x/\\_ HTTPS://x/a',
  },
  { text: '\\中 \\a \\1', display: '中 \\a \\1' },
  { text: '>>> a\n> b', display: 'a\n> b' },
  { text: '&lt; <b>', display: '&lt; <b>' },
  { text: ':fire: \\:fire\\: <:a_b:123>', display: '🔥 :fire: :a_b:' },
];
for (const { text, display } of readings) {
  test(`discord_bot shows ${JSON.stringify(text)}`, () =>
    assert.equal(renderDiscord(text, { parse: [] }).display, display));
}

test('discord_bot: a backslash before every punctuation mark shows the text as written', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'*_~`|>#-[]()\\:<@!1. a中\n') }), (text) => {
      const escaped = text.replace(/[!-/:-@[-`{-~]/g, '\\$&');
      assert.equal(renderDiscord(escaped, { parse: [] }).display, text);
    }),
  );
});
