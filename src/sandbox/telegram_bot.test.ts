import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Case, runCases, send, withSandbox } from './testing.ts';

const group = { platform: 'telegram_bot' } as const;
const refusal = (code: number, description: string) => ({ ok: false, error_code: code, description });
const form = { 'content-type': 'application/x-www-form-urlencoded' };

const cases: readonly Case[] = [
  {
    name: 'text by JSON, the chat in the query',
    group,
    body: { text: '*a* _b_ <b>&amp;</b> #c /d' },
    status: 200,
    answer: /^\{"ok":true,"result":\{"message_id":1,.*"chat":\{"id":-1001000000008,/,
    shown: ['*a* _b_ <b>&amp;</b> #c /d'],
  },
  {
    name: 'all by JSON',
    group,
    url: (endpoint) => endpoint.replace(/\?.*/, ''),
    body: { chat_id: -1001000000008, text: 'a' },
    status: 200,
    answer: /^\{"ok":true,/,
    shown: ['a'],
  },
  {
    name: 'all by form',
    group,
    url: (endpoint) => endpoint.replace(/\?.*/, ''),
    headers: form,
    body: 'chat_id=-1001000000008&text=a+%26+b',
    status: 200,
    answer: /^\{"ok":true,/,
    shown: ['a & b'],
  },
  {
    name: 'all by query',
    group,
    method: 'GET',
    headers: { 'content-type': '' },
    url: (endpoint) => `${endpoint}&text=a%20b`,
    status: 200,
    answer: /^\{"ok":true,/,
    shown: ['a b'],
  },
  {
    name: 'a method in another case',
    group,
    url: (endpoint) => endpoint.replace('sendMessage', 'SENDMESSAGE'),
    body: { text: 'a' },
    status: 200,
    answer: /^\{"ok":true,/,
    shown: ['a'],
  },
  {
    name: 'mentions, but not in addresses',
    group,
    body: { text: '@alice, a@b.com @all（@bobby） https://x.test/@carol @\u2060david @好' },
    status: 200,
    answer: /^\{"ok":true,/,
    shown: ['@alice, a@b.com @all（@bobby） https://x.test/@carol @\u2060david @好'],
    mentions: ['alice', 'bobby'],
  },
  {
    name: 'control characters',
    group,
    body: { text: '\n a\tb\r\n\u202ec\u0007 \n' },
    status: 200,
    answer: /^\{"ok":true,/,
    shown: ['a b\nc'],
  },
  {
    name: '4096 units',
    group,
    body: { text: '😀'.repeat(2_048) },
    status: 200,
    answer: /^\{"ok":true,/,
    shown: ['😀'.repeat(2_048)],
  },
  {
    name: '4097 units',
    group,
    body: { text: `${'😀'.repeat(2_048)}a` },
    status: 400,
    answer: refusal(400, 'Bad Request: message is too long'),
  },
  {
    name: 'only white space',
    group,
    body: { text: ' \n\t' },
    status: 400,
    answer: refusal(400, 'Bad Request: message text is empty'),
  },
  {
    name: 'no text, since the body is no JSON',
    group,
    body: '{',
    headers: { 'content-type': 'application/json' },
    status: 400,
    answer: refusal(400, 'Bad Request: message text is empty'),
  },
  {
    name: 'half a surrogate pair',
    group,
    body: { text: 'a\ud83d' },
    status: 400,
    answer: refusal(400, 'Bad Request: strings must be encoded in UTF-8'),
  },
  {
    name: 'markup, which the stand-in does not know',
    group,
    body: { text: '*a*', parse_mode: 'MarkdownV2' },
    status: 400,
    answer: refusal(400, 'Bad Request: unsupported parse_mode'),
  },
  {
    name: 'no chat',
    group,
    url: (endpoint) => endpoint.replace(/\?.*/, ''),
    body: { text: 'a' },
    status: 400,
    answer: refusal(400, 'Bad Request: chat_id is empty'),
  },
  {
    name: 'another chat',
    group,
    url: (endpoint) => `${endpoint}1`,
    body: { text: 'a' },
    status: 400,
    answer: refusal(400, 'Bad Request: chat not found'),
  },
  {
    name: 'another token',
    group,
    url: (endpoint) => endpoint.replace('demo-token', 'other-token'),
    body: { text: 'a' },
    status: 401,
    answer: refusal(401, 'Unauthorized'),
  },
  {
    name: 'a token without its number',
    group,
    url: (endpoint) => endpoint.replace(/bot\d+:/, 'bot'),
    body: { text: 'a' },
    status: 404,
    answer: refusal(404, 'Not Found'),
  },
  {
    name: 'another method',
    group,
    url: (endpoint) => endpoint.replace('sendMessage', 'sendMassage'),
    body: { text: 'a' },
    status: 404,
    answer: refusal(404, 'Not Found: method not found'),
  },
  {
    name: 'a bot that was kicked',
    group: { ...group, disabled: true },
    body: { text: 'a' },
    status: 403,
    answer: refusal(403, 'Forbidden: bot was kicked from the supergroup chat'),
  },
  {
    name: 'PUT',
    group,
    method: 'PUT',
    body: { text: 'a' },
    status: 404,
    answer: refusal(404, 'Not Found'),
  },
];
runCases(cases);

const statusOf = async (url: string) => (await send(url, { body: { text: 'a' } })).status;

test('telegram_bot: one a second', () =>
  withSandbox([group], async ({ url, clock }) => {
    assert.equal(await statusOf(url), 200);
    const limited = await send(url, { body: { text: 'a' } });
    assert.equal(limited.status, 429);
    assert.equal(limited.headers['retry-after'], '1');
    assert.deepEqual(JSON.parse(limited.body), {
      ...refusal(429, 'Too Many Requests: retry after 1'),
      parameters: { retry_after: 1 },
    });
    clock.step(1_000);
    assert.equal(await statusOf(url), 200);
  }));

test('telegram_bot: 20 in any 60 s, in each group of a bot', () =>
  withSandbox([group, group], async ({ sandbox, url, clock }) => {
    for (let n = 0; n < 20; n++) {
      assert.equal(await statusOf(url), 200);
      clock.step(1_000);
    }
    const limited = await send(url, { body: { text: 'a' } });
    assert.equal(limited.headers['retry-after'], '40');
    const [, second] = sandbox.groups;
    assert.equal(second?.endpointUrl, `${url}2`);
    assert.equal(await statusOf(second.endpointUrl), 200);
    clock.step(40_000);
    assert.equal(await statusOf(url), 200);
  }));
