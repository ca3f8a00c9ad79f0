import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secret } from '../core/secret.ts';
import { feishuBot, signFeishu } from './feishu_bot.ts';
import { answerOf, endpointOf, PART, readFixture } from './provider-test-kit.ts';

const HOOK = 'https://open.feishu.cn/open-apis/bot/v2/hook/00000000-0000-0000-0000-000000000000';

const vectors = [
  {
    name: 'F-1',
    timestamp: '1599360473',
    secret: 'demo',
    sign: 'l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8=',
  },
  {
    name: 'F-2',
    timestamp: '1700000000',
    secret: 'postpoint-demo-secret',
    sign: '1bJgQJGOTzZ3HYg0MvQN0k7N4xWD3Nyu5y1K1rzxguU=',
  },
];
for (const { name, timestamp, secret, sign } of vectors) {
  test(`feishu_bot signs as vector ${name}`, () => assert.equal(signFeishu(timestamp, secret), sign));
}

test('feishu_bot does not sign by the DingTalk recipe (vector F-3)', () => {
  assert.notEqual(signFeishu('1599360473', 'demo'), 'DkEDUyVoOOJ539qBvUgMyzkzIdRWlf4e/V3Rq+ONJnQ=');
});

test('feishu_bot builds the documented request', () => {
  const { method, url, headers, body } = feishuBot.buildRequest(
    endpointOf(HOOK),
    { ...PART, text: '你好' },
    0,
  );
  assert.equal(method, 'POST');
  assert.equal(url, HOOK);
  assert.equal(headers['content-type'], 'application/json');
  assert.equal(body, '{"msg_type":"text","content":{"text":"你好"}}');
});

test('feishu_bot signs in the body, in whole seconds, the timestamp as a string', () => {
  const endpoint = endpointOf(HOOK, { secret: new Secret('demo') });
  const { url, body } = feishuBot.buildRequest(endpoint, { ...PART, text: 'hi' }, 1_599_360_473_999);
  assert.equal(url, HOOK);
  assert.deepEqual(JSON.parse(body ?? ''), {
    timestamp: '1599360473',
    sign: 'l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8=',
    msg_type: 'text',
    content: { text: 'hi' },
  });
});

const texts = [
  { text: '<at user_id="all">所有人</at>', want: '<\u200bat user_id="all">所有人<\u200b/at>' },
  { text: '<AT user_id="ou_x">Tom</AT>', want: '<\u200bAT user_id="ou_x">Tom<\u200b/AT>' },
  { text: '<attach> a < b @all', want: '<attach> a < b @all' },
];
for (const { text, want } of texts) {
  test(`feishu_bot mentions nobody: ${text}`, () => {
    const { body } = feishuBot.buildRequest(endpointOf(HOOK), { ...PART, text }, 0);
    assert.equal(JSON.parse(body ?? '').content.text, want);
  });
}

test('feishu_bot measures the whole signed body', () => {
  const text = '告警 "a"\n<at user_id="all">😀';
  const endpoint = endpointOf(HOOK, { secret: new Secret('demo') });
  const { body } = feishuBot.buildRequest(endpoint, { ...PART, text }, 1_599_360_473_000);
  assert.equal(feishuBot.textLimit?.measure(text), Buffer.byteLength(body ?? ''));
});

const fixture = (name: string) => readFixture(`feishu_bot/${name}`);
const cases = [
  { name: 'sent', status: 200, body: fixture('sent.json'), want: 'ok', code: '0' },
  { name: 'sent, legacy fields only', status: 200, body: fixture('sent-legacy.json'), want: 'ok', code: '0' },
  {
    name: 'refused beside legacy success fields',
    status: 200,
    body: '{"StatusCode":0,"code":19024,"msg":"Key Words Not Found"}',
    want: 'permanent',
    code: '19024',
  },
  {
    name: 'rate limited, though HTTP says 200',
    status: 200,
    body: fixture('rate-limited.json'),
    want: 'rate_limited',
    code: '11232',
    pauseMs: 2_000,
  },
  {
    name: 'the general frequency limit',
    status: 429,
    body: '{"code":99991400,"msg":"request trigger frequency limit"}',
    headers: { 'x-ogw-ratelimit-reset': '7' },
    want: 'rate_limited',
    code: '99991400',
    pauseMs: 7_000,
  },
  {
    name: 'the same without a hint',
    status: 400,
    body: '{"code":99991400,"msg":"request trigger frequency limit"}',
    want: 'rate_limited',
    code: '99991400',
    pauseMs: 60_000,
  },
  {
    name: 'a bad request',
    status: 200,
    body: fixture('bad-request.json'),
    want: 'permanent',
    code: '9499',
    says: /20 KB/,
  },
  {
    name: 'a bad request that is a frequency limit',
    status: 200,
    body: '{"code":9499,"msg":"too many request"}',
    want: 'rate_limited',
    code: '9499',
    pauseMs: 2_000,
  },
  {
    name: 'a bad signature',
    status: 200,
    body: fixture('bad-signature.json'),
    want: 'permanent',
    code: '19021',
    says: /secret.*时间/,
  },
  {
    name: 'an address that is not allowed',
    status: 200,
    body: fixture('ip-not-allowed.json'),
    want: 'permanent',
    code: '19022',
    says: /IP 白名单/,
  },
  {
    name: 'a missing keyword',
    status: 200,
    body: fixture('no-keyword.json'),
    want: 'permanent',
    code: '19024',
    says: /关键词/,
  },
  {
    name: 'an unknown token',
    status: 200,
    body: fixture('unknown-token.json'),
    want: 'permanent',
    code: '19001',
    gone: true,
  },
  {
    name: 'a wrong path',
    status: 404,
    body: fixture('wrong-path.txt'),
    want: 'permanent',
    code: null,
    says: /endpoint\.url/,
  },
  { name: 'a gateway page', status: 502, body: '<html>', want: 'transient', code: null },
  { name: '200 without a code', status: 200, body: '{"data":{}}', want: 'unknown', code: null },
  { name: '200 with half a body', status: 200, body: '{"code":0,"da', want: 'unknown', code: null },
];
for (const { name, status, body, headers, want, code, pauseMs, gone, says } of cases) {
  test(`feishu_bot reads ${name}`, () => {
    const verdict = feishuBot.readAnswer(answerOf(status, body, headers));
    assert.equal(verdict.kind, want);
    assert.equal(verdict.platformCode, code);
    assert.equal(verdict.pauseMs, pauseMs);
    assert.equal(verdict.endpointGone, gone);
    if (says) assert.match(verdict.error?.zh ?? '', says);
  });
}

test('feishu_bot: its limit states no penalty, so the pause grows while it is not enough', () => {
  const body = '{"code":11232,"data":{},"msg":"frequency limited"}';
  const verdict = feishuBot.readAnswer({ httpStatus: 200, headers: {}, body, complete: true });
  assert.deepEqual([verdict.pauseMs, verdict.pauseGrowsToMs], [2_000, 60_000]);
});
