import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerOf, endpointOf, PART, readFixture } from './provider-test-kit.ts';
import { workweixinBot } from './workweixin_bot.ts';

const URL_WITH_KEY =
  'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa';
const build = (text: string) =>
  workweixinBot.buildRequest(endpointOf(URL_WITH_KEY), { ...PART, text }, 1_700_000_000_000);
const contentOf = (text: string) => JSON.parse(build(text).body ?? '').text.content;

test('workweixin_bot builds the documented request and mentions nobody', () => {
  const { method, url, headers, body } = build('磁盘 95%\n"/data"');
  assert.equal(method, 'POST');
  assert.equal(url, URL_WITH_KEY);
  assert.equal(headers['content-type'], 'application/json');
  assert.match(
    headers['user-agent'] ?? '',
    /^PostPoint\/\d+\.\d+\.\d+\S* \(\+https:\/\/github\.com\/lenye\/postpoint\)$/,
  );
  assert.equal(body, String.raw`{"msgtype":"text","text":{"content":"磁盘 95%\n\"/data\""}}`);
});

const texts = [
  { name: 'a mention of a member', text: '值班 <@zhangsan>', want: '值班 <\u200b@zhangsan>' },
  { name: 'a mention of all', text: '<@all>', want: '<\u200b@all>' },
  { name: 'a bare @', text: '@all a@b.com <b>', want: '@all a@b.com <b>' },
  { name: 'half a surrogate pair', text: 'a\ud83d', want: 'a\ufffd' },
];
for (const { name, text, want } of texts) {
  test(`workweixin_bot sends ${name}`, () => assert.equal(contentOf(text), want));
}

const sizes = [
  { text: '', want: 0 },
  { text: '中'.repeat(682), want: 2046 },
  { text: '😀', want: 4 },
  // The zero-width space that breaks a mention has three bytes.
  { text: '<@x>', want: 7 },
];
for (const { text, want } of sizes) {
  test(`workweixin_bot measures ${want} bytes`, () =>
    assert.equal(workweixinBot.textLimit?.measure(text), want));
}

const fixture = (name: string) => readFixture(`workweixin_bot/${name}`);
const cases = [
  { name: 'sent', status: 200, body: fixture('sent.json'), want: 'ok', code: '0' },
  { name: 'code as a string', status: 200, body: '{"errcode":"0","errmsg":"ok"}', want: 'ok', code: '0' },
  {
    name: 'over the rate',
    status: 200,
    body: fixture('rate-limited.json'),
    want: 'rate_limited',
    code: '45009',
    pauseMs: 60_000,
  },
  {
    name: 'an unknown key',
    status: 200,
    body: fixture('unknown-key.json'),
    want: 'permanent',
    code: '93000',
    gone: true,
    says: /key 写错/,
  },
  {
    name: 'too long',
    status: 200,
    body: fixture('too-long.json'),
    want: 'permanent',
    code: '40058',
    says: /2048/,
  },
  {
    name: 'too long, with the code of a missing robot',
    status: 200,
    body: fixture('too-long-in-2019.json'),
    want: 'permanent',
    code: '93000',
    says: /2048/,
  },
  { name: 'broken JSON', status: 200, body: fixture('broken-json.json'), want: 'permanent', code: '44004' },
  { name: 'busy', status: 200, body: fixture('busy.json'), want: 'transient', code: '-1' },
  {
    name: 'an unlisted code about frequency',
    status: 200,
    body: '{"errcode":45999,"errmsg":"api freq out of limit"}',
    want: 'rate_limited',
    code: '45999',
    pauseMs: 60_000,
  },
  {
    name: 'an unlisted code about load',
    status: 200,
    body: '{"errcode":45998,"errmsg":"系统繁忙"}',
    want: 'transient',
    code: '45998',
  },
  {
    name: 'an unlisted code',
    status: 200,
    body: '{"errcode":81013,"errmsg":"user & party & tag all invalid"}',
    want: 'permanent',
    code: '81013',
    says: /user & party & tag all invalid（错误码 81013）/,
  },
  { name: '200 without a code', status: 200, body: '{}', want: 'unknown', code: null },
  { name: '200 with a page', status: 200, body: '<html>', want: 'unknown', code: null },
  { name: '200 with nothing', status: 200, body: '', want: 'unknown', code: null },
  { name: 'a code that is no code', status: 200, body: '{"errcode":null}', want: 'unknown', code: null },
  {
    name: 'a code named like a property',
    status: 200,
    body: '{"errcode":"constructor"}',
    want: 'unknown',
    code: null,
  },
  { name: 'the wrong content type', status: 415, body: '', want: 'permanent', code: null },
  { name: 'a gateway error', status: 502, body: '<html>', want: 'transient', code: null },
  {
    name: 'success under an error status',
    status: 500,
    body: fixture('sent.json'),
    want: 'transient',
    code: null,
  },
];
for (const { name, status, body, want, code, pauseMs, gone, says } of cases) {
  test(`workweixin_bot reads ${name}`, () => {
    const verdict = workweixinBot.readAnswer(answerOf(status, body));
    assert.equal(verdict.kind, want);
    assert.equal(verdict.platformCode, code);
    assert.equal(verdict.pauseMs, pauseMs);
    assert.equal(verdict.endpointGone, gone);
    assert.equal(verdict.error === null, want === 'ok');
    if (says) assert.match(verdict.error?.zh ?? '', says);
  });
}

test('workweixin_bot shows neither our egress address nor the help link of an unlisted code', () => {
  const body =
    '{"errcode":60020,"errmsg":"not allow to access from your ip, hint: [1663227125344567288], from ip: 203.0.113.7, more info at https://open.work.weixin.qq.com/devtool/query?e=60020"}';
  const { error } = workweixinBot.readAnswer(answerOf(200, body));
  assert.match(error?.en ?? '', /not allow to access from your ip/);
  assert.doesNotMatch(`${error?.zh}${error?.en}`, /203\.0\.113|https?:/);
});
