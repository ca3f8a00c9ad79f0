import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secret } from '../core/secret.ts';
import { dingtalkBot, signDingtalk } from './dingtalk_bot.ts';
import { answerOf, endpointOf, PART, readFixture } from './provider-test-kit.ts';

const ROBOT = 'https://oapi.dingtalk.com/robot/send?access_token=0123abcd';
const SECRET = `SEC${'0'.repeat(64)}`;
const NOW_MS = 1_700_000_000_000;
const SIGNED = 'timestamp=1700000000000&sign=%2B8WOOUUcTkFRyfCevQaISh9EUbkxaatnd6MLtL7dAY8%3D';

const vectors = [
  { name: 'D-1', secret: SECRET, sign: '+8WOOUUcTkFRyfCevQaISh9EUbkxaatnd6MLtL7dAY8=' },
  { name: 'D-2', secret: 'SECpostpoint-demo-secret', sign: 'G6QsMiLI2crBk3B1BudktlDCn5/oMMREKWFSYbl4Zw8=' },
];
for (const { name, secret, sign } of vectors) {
  test(`dingtalk_bot signs as vector ${name}`, () => assert.equal(signDingtalk(NOW_MS, secret), sign));
}

const urls = [
  { name: 'adds timestamp and sign, encoded once', url: ROBOT, secret: SECRET, want: `${ROBOT}&${SIGNED}` },
  {
    name: 'replaces old ones',
    url: 'https://oapi.dingtalk.com/robot/send?timestamp=1&access_token=0123abcd&sign=a%3D#x',
    secret: SECRET,
    want: `${ROBOT}&${SIGNED}`,
  },
  { name: 'leaves the URL alone without a secret', url: ROBOT, secret: null, want: ROBOT },
];
for (const { name, url, secret, want } of urls) {
  test(`dingtalk_bot ${name}`, () => {
    const endpoint = endpointOf(url, { secret: secret === null ? null : new Secret(secret) });
    const request = dingtalkBot.buildRequest(endpoint, { ...PART, text: 'hi' }, NOW_MS);
    assert.equal(request.url, want);
    // Encoded twice it would read %252B8WO…, which DingTalk refuses.
    assert.doesNotMatch(request.url, /%25/);
    assert.equal(request.headers['content-type'], 'application/json;charset=utf-8');
  });
}

test('dingtalk_bot builds a text that notifies nobody, with the idempotency key of the part', () => {
  const { method, body } = dingtalkBot.buildRequest(
    endpointOf(ROBOT),
    { ...PART, text: '@all @13800000000\n**a**' },
    0,
  );
  assert.equal(method, 'POST');
  assert.deepEqual(JSON.parse(body ?? ''), {
    msgtype: 'text',
    text: { content: '@all @13800000000\n**a**' },
    msgUuid: PART.partKey,
  });
});

test('dingtalk_bot measures at least the whole body', () => {
  const text = '告警 "a"\n😀';
  const { body } = dingtalkBot.buildRequest(endpointOf(ROBOT), { ...PART, text }, 0);
  const bytes = Buffer.byteLength(body ?? '');
  const measured = dingtalkBot.textLimit?.measure(text) ?? 0;
  assert.ok(measured >= bytes && measured <= bytes + 20, `${measured} for ${bytes}`);
});

const fixture = (name: string) => readFixture(`dingtalk_bot/${name}`);
const cases = [
  { name: 'sent', status: 200, body: fixture('sent.json'), want: 'ok', code: '0' },
  {
    name: 'sent, the code as a string',
    status: 200,
    body: fixture('sent-string-code.json'),
    want: 'ok',
    code: '0',
  },
  {
    name: 'too fast',
    status: 200,
    body: fixture('too-fast.json'),
    want: 'rate_limited',
    code: '130101',
    pauseMs: 600_000,
  },
  {
    name: 'too many, as of 2026',
    status: 200,
    body: fixture('too-many-2026.json'),
    want: 'rate_limited',
    code: '660026',
    pauseMs: 600_000,
  },
  {
    name: 'an unlisted code that is too fast',
    status: 200,
    body: '{"errcode":130199,"errmsg":"send too fast"}',
    want: 'rate_limited',
    code: '130199',
    pauseMs: 600_000,
  },
  {
    name: 'a refusal of the gateway',
    status: 200,
    body: fixture('gateway-refusal.json'),
    want: 'rate_limited',
    code: '1111',
    pauseMs: 60_000,
  },
  {
    name: 'a longer refusal of the gateway',
    status: 403,
    body: '{"status":1111,"wait":90}',
    want: 'rate_limited',
    code: '1111',
    pauseMs: 90_000,
  },
  {
    name: 'a missing keyword',
    status: 200,
    body: fixture('no-keyword.json'),
    want: 'permanent',
    code: '310000',
    says: /关键词，请在消息里/,
  },
  {
    name: 'a missing keyword, old words',
    status: 200,
    body: fixture('no-keyword-old.json'),
    want: 'permanent',
    code: '310000',
    says: /关键词，请在消息里/,
  },
  {
    name: 'a bad signature',
    status: 200,
    body: fixture('bad-signature.json'),
    want: 'permanent',
    code: '310000',
    says: /签名不匹配/,
  },
  {
    name: 'a bad signature, old words',
    status: 200,
    body: fixture('bad-signature-old.json'),
    want: 'permanent',
    code: '310000',
    says: /签名不匹配/,
  },
  {
    name: 'a bad timestamp, old words',
    status: 200,
    body: fixture('bad-timestamp-old.json'),
    want: 'permanent',
    code: '310000',
    says: /校准本机时间/,
  },
  {
    name: 'a foreign address, old words',
    status: 200,
    body: fixture('ip-not-allowed-old.json'),
    want: 'permanent',
    code: '310000',
    says: /出口 IP/,
  },
  {
    name: 'security settings in new words',
    status: 200,
    body: '{"errcode":310000,"errmsg":"description:?"}',
    want: 'permanent',
    code: '310000',
    says: /安全设置/,
  },
  {
    name: 'an unknown token',
    status: 200,
    body: fixture('unknown-token.json'),
    want: 'permanent',
    code: '300005',
    gone: true,
    says: /access_token/,
  },
  {
    name: 'a disbanded group',
    status: 200,
    body: '{"errcode":400013,"errmsg":"group disbanded"}',
    want: 'permanent',
    code: '400013',
    gone: true,
  },
  {
    name: 'too long',
    status: 200,
    body: fixture('too-long.json'),
    want: 'permanent',
    code: '460101',
    says: /20000/,
  },
  {
    name: 'a system error',
    status: 200,
    body: fixture('system-error.json'),
    want: 'transient',
    code: '500100',
  },
  { name: '200 without a code', status: 200, body: '{"errmsg":"ok"}', want: 'unknown', code: null },
  { name: '200 with a page', status: 200, body: '<html>', want: 'unknown', code: null },
  { name: 'a gateway error', status: 503, body: '', want: 'transient', code: null },
];
for (const { name, status, body, want, code, pauseMs, gone, says } of cases) {
  test(`dingtalk_bot reads ${name}`, () => {
    const verdict = dingtalkBot.readAnswer(answerOf(status, body));
    assert.equal(verdict.kind, want);
    assert.equal(verdict.platformCode, code);
    assert.equal(verdict.pauseMs, pauseMs);
    assert.equal(verdict.endpointGone, gone);
    if (says) assert.match(verdict.error?.zh ?? '', says);
  });
}
