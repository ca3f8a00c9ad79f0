import assert from 'node:assert/strict';
import { test } from 'node:test';
import { discordBot } from './discord_bot.ts';
import { answerOf, endpointOf, PART, readFixture } from './provider-test-kit.ts';

const build = (url: string, text = 'hi') => discordBot.buildRequest(endpointOf(url), { ...PART, text }, 0);

const urls = [
  {
    name: 'the copied URL',
    url: 'https://discord.com/api/webhooks/1/tok-en_',
    want: 'https://discord.com/api/v10/webhooks/1/tok-en_?wait=true',
  },
  {
    name: 'an old host and version',
    url: 'https://discordapp.com/api/v6/webhooks/1/tok',
    want: 'https://discordapp.com/api/v10/webhooks/1/tok?wait=true',
  },
  {
    name: 'a thread',
    url: 'https://ptb.discord.com/api/webhooks/1/tok?thread_id=42',
    want: 'https://ptb.discord.com/api/v10/webhooks/1/tok?thread_id=42&wait=true',
  },
  {
    name: 'its own wait',
    url: 'https://discord.com/api/v10/webhooks/1/tok?wait=false&thread_id=42',
    want: 'https://discord.com/api/v10/webhooks/1/tok?thread_id=42&wait=true',
  },
  {
    name: 'the Slack form',
    url: 'https://discord.com/api/webhooks/1/tok/slack',
    want: 'https://discord.com/api/v10/webhooks/1/tok?wait=true',
  },
  {
    name: 'a slash at its end',
    url: 'https://discord.com/api/webhooks/1/tok/',
    want: 'https://discord.com/api/v10/webhooks/1/tok?wait=true',
  },
  {
    name: 'a stand-in under a path',
    url: 'http://127.0.0.1:8080/x/api/webhooks/1/tok',
    want: 'http://127.0.0.1:8080/x/api/v10/webhooks/1/tok?wait=true',
  },
  { name: 'another path', url: 'https://relay.test/hook', want: 'https://relay.test/hook?wait=true' },
];
for (const { name, url, want } of urls) {
  test(`discord_bot posts to ${name}`, () => assert.equal(build(url).url, want));
}

test('discord_bot builds a request that pings nobody, with a User-Agent', () => {
  const { method, headers, body } = build('https://discord.com/api/webhooks/1/tok', '@everyone **hi**');
  assert.equal(method, 'POST');
  assert.equal(headers['content-type'], 'application/json');
  assert.match(headers['user-agent'] ?? '', /^PostPoint\/.+https:\/\//);
  assert.deepEqual(JSON.parse(body ?? ''), {
    content: String.raw`\@everyone \*\*hi\*\*`,
    allowed_mentions: { parse: [] },
  });
});

const sizes = [
  { text: '😀中a', want: 3 },
  { text: '*_*', want: 6 },
  { text: '👨‍👩‍👧', want: 5 },
];
for (const { text, want } of sizes) {
  test(`discord_bot measures ${want} code points of ${text}`, () =>
    assert.equal(discordBot.textLimit?.measure(text), want));
}

const fixture = (name: string) => readFixture(`discord_bot/${name}`);
const rateHeaders = { 'x-ratelimit-limit': '5', 'x-ratelimit-scope': 'shared' };
const cases = [
  { name: 'sent', status: 200, body: fixture('sent.json'), want: 'ok', code: null },
  { name: 'sent without an answer', status: 204, body: '', want: 'ok', code: null },
  {
    name: 'a page of someone in between',
    status: 200,
    body: '<html>login</html>',
    want: 'unknown',
    code: null,
  },
  {
    name: 'the rate limit: the larger of header and body',
    status: 429,
    body: fixture('rate-limited.json'),
    headers: { ...rateHeaders, 'retry-after': '65' },
    want: 'rate_limited',
    code: null,
    pauseMs: 65_000,
  },
  {
    name: 'the rate limit: the body alone, rounded up',
    status: 429,
    body: '{"retry_after":1.23456,"global":true}',
    headers: rateHeaders,
    want: 'rate_limited',
    code: null,
    pauseMs: 1_235,
  },
  {
    name: 'the rate limit: a floor of a second',
    status: 429,
    body: '{"retry_after":0.3}',
    headers: rateHeaders,
    want: 'rate_limited',
    code: null,
    pauseMs: 1_000,
  },
  {
    name: 'slowmode',
    status: 429,
    body: '{"code":20016,"message":"slowmode","retry_after":4}',
    headers: rateHeaders,
    want: 'rate_limited',
    code: '20016',
    pauseMs: 4_000,
  },
  {
    name: 'a ban of the address',
    status: 429,
    body: fixture('ip-banned.txt'),
    want: 'rate_limited',
    code: '1015',
    pauseMs: 3_600_000,
  },
  {
    name: 'a ban of the address that says how long',
    status: 429,
    body: fixture('ip-banned.txt'),
    headers: { 'retry-after': '30' },
    want: 'rate_limited',
    code: '1015',
    pauseMs: 30_000,
  },
  {
    name: 'a ban of the address as JSON',
    status: 403,
    body: fixture('ip-banned.json'),
    want: 'rate_limited',
    code: '0',
    pauseMs: 3_600_000,
  },
  { name: 'too long', status: 400, body: fixture('too-long.json'), want: 'permanent', code: '50035' },
  {
    name: 'an empty message',
    status: 400,
    body: fixture('empty-message.json'),
    want: 'permanent',
    code: '50006',
  },
  {
    name: 'a deleted webhook',
    status: 404,
    body: fixture('unknown-webhook.json'),
    want: 'permanent',
    code: '10015',
    gone: true,
  },
  {
    name: 'an invalid token',
    status: 401,
    body: fixture('invalid-token.json'),
    want: 'permanent',
    code: '50027',
    gone: true,
  },
  {
    name: 'a channel or thread that is gone',
    status: 404,
    body: '{"code":10003,"message":"Unknown Channel"}',
    want: 'permanent',
    code: '10003',
    suspect: true,
    says: /thread_id/,
  },
  { name: 'the general code', status: 401, body: fixture('unauthorized.json'), want: 'permanent', code: '0' },
  {
    name: 'sending switched off',
    status: 403,
    body: '{"code":40004,"message":"Send messages has been temporarily disabled"}',
    want: 'transient',
    code: '40004',
  },
  {
    name: 'overload',
    status: 503,
    body: '{"code":130000,"message":"API resource is currently overloaded"}',
    want: 'transient',
    code: '130000',
  },
  {
    name: 'a wrong path',
    status: 404,
    body: '{"message":"404: Not Found","code":0}',
    want: 'permanent',
    code: '0',
  },
  {
    name: 'a refusal of Cloudflare',
    status: 403,
    body: '<html>Access denied</html>',
    want: 'permanent',
    code: null,
  },
  {
    name: 'an unlisted code',
    status: 400,
    body: '{"code":99999,"message":"The moon is full"}',
    want: 'permanent',
    code: '99999',
    says: /The moon is full/,
  },
  { name: 'a gateway error', status: 502, body: '<html>', want: 'transient', code: null },
];
for (const { name, status, body, headers, want, code, pauseMs, gone, suspect, says } of cases) {
  test(`discord_bot reads ${name}`, () => {
    const verdict = discordBot.readAnswer(answerOf(status, body, headers));
    assert.equal(verdict.kind, want);
    assert.equal(verdict.platformCode, code);
    assert.equal(verdict.pauseMs, pauseMs);
    assert.equal(verdict.endpointGone, gone);
    assert.equal(verdict.endpointSuspect, suspect);
    if (says) assert.match(verdict.error?.zh ?? '', says);
  });
}

const pauses = [
  { name: 'the global limit', status: 429, body: '{"retry_after":2,"global":true}', want: true },
  { name: 'a webhook\u2019s limit', status: 429, body: '{"retry_after":2,"global":false}', want: undefined },
  { name: 'a ban of the address', status: 429, body: 'error code: 1015', want: true },
];
for (const { name, status, body, want } of pauses) {
  test(`discord_bot: ${name} pauses ${want ? 'every Discord channel' : 'its channel alone'}`, () => {
    const verdict = discordBot.readAnswer({ httpStatus: status, headers: {}, body, complete: true });
    assert.deepEqual([verdict.kind, verdict.pausesPlatform], ['rate_limited', want]);
  });
}
