import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { renderDingtalk } from './dingtalk-message.ts';
import { type Case, runCases, send, VECTOR_MS, withSandbox } from './testing.ts';

const group = { platform: 'dingtalk_bot', secret: null } as const;
const SECRET = `SEC${'0'.repeat(64)}`;
const signed = { platform: 'dingtalk_bot', secret: SECRET } as const;
const ok = { errcode: 0, errmsg: 'ok' };
const text = (content: string, extra: object = {}) => ({ msgtype: 'text', text: { content }, ...extra });
const signedUrl = (timestamp: number) => (endpoint: string) => {
  const sign = createHmac('sha256', SECRET).update(`${timestamp}\n${SECRET}`).digest('base64');
  return `${endpoint}&timestamp=${timestamp}&sign=${encodeURIComponent(sign)}`;
};
const mismatch = /^\{"errcode":310000,"errmsg":"description:机器人发送签名不匹配;solution:/;
const sized = (bytes: number) => JSON.stringify(text('a'.repeat(bytes - JSON.stringify(text('')).length)));
const json = { 'content-type': 'application/json;charset=utf-8' };

const cases: readonly Case[] = [
  {
    name: "the documentation's text sample",
    group,
    headers: json,
    body: text('我就是我, @180xxxxxx 是不一样的烟火', {
      at: { atMobiles: ['180xxxxxx'], atUserIds: ['user123'], isAtAll: false },
    }),
    status: 200,
    answer: ok,
    shown: ['我就是我, @180xxxxxx 是不一样的烟火'],
    mentions: ['180xxxxxx'],
  },
  {
    name: 'everyone',
    group,
    body: text('a', { at: { isAtAll: true } }),
    status: 200,
    answer: ok,
    shown: ['a'],
    mentions: ['all'],
  },
  {
    name: 'a number in the text alone pings nobody',
    group,
    body: text('@13800000000 @所有人'),
    status: 200,
    answer: ok,
    shown: ['@13800000000 @所有人'],
  },
  {
    name: 'text is no markdown',
    group,
    body: text('**a** \\_ [b](c)'),
    status: 200,
    answer: ok,
    shown: ['**a** \\_ [b](c)'],
  },
  {
    name: 'markdown',
    group,
    body: { msgtype: 'markdown', markdown: { title: 't', text: '#### a\n> **b** \\*c' } },
    status: 200,
    answer: ok,
    shown: ['a\nb *c'],
  },
  {
    name: 'vector D-1',
    group: signed,
    url: (endpoint) =>
      `${endpoint}&timestamp=1700000000000&sign=%2B8WOOUUcTkFRyfCevQaISh9EUbkxaatnd6MLtL7dAY8%3D`,
    body: text('a'),
    status: 200,
    answer: ok,
    shown: ['a'],
  },
  {
    name: 'vector D-1 encoded twice',
    group: signed,
    url: (endpoint) =>
      `${endpoint}&timestamp=1700000000000&sign=%252B8WOOUUcTkFRyfCevQaISh9EUbkxaatnd6MLtL7dAY8%253D`,
    body: text('a'),
    status: 200,
    answer: mismatch,
  },
  {
    name: 'vector D-1 not encoded',
    group: signed,
    url: (endpoint) =>
      `${endpoint}&timestamp=1700000000000&sign=+8WOOUUcTkFRyfCevQaISh9EUbkxaatnd6MLtL7dAY8=`,
    body: text('a'),
    status: 200,
    answer: mismatch,
  },
  {
    name: 'vector D-2',
    group: { platform: 'dingtalk_bot' },
    url: (endpoint) =>
      `${endpoint}&timestamp=1700000000000&sign=G6QsMiLI2crBk3B1BudktlDCn5%2FoMMREKWFSYbl4Zw8%3D`,
    body: text('a'),
    status: 200,
    answer: ok,
    shown: ['a'],
  },
  {
    name: 'one hour late',
    group: signed,
    url: signedUrl(VECTOR_MS - 3_600_000),
    body: text('a'),
    status: 200,
    answer: ok,
    shown: ['a'],
  },
  {
    name: 'more than one hour late',
    group: signed,
    url: signedUrl(VECTOR_MS - 3_600_001),
    body: text('a'),
    status: 200,
    answer: /^\{"errcode":310000,"errmsg":"description:机器人发送签名过期/,
  },
  {
    name: 'seconds',
    group: signed,
    url: signedUrl(VECTOR_MS / 1000),
    body: text('a'),
    status: 200,
    answer: /^\{"errcode":310000,/,
  },
  { name: 'no signature', group: signed, body: text('a'), status: 200, answer: mismatch },
  {
    name: 'the signature as headers',
    group: signed,
    headers: { timestamp: '1700000000000', sign: '+8WOOUUcTkFRyfCevQaISh9EUbkxaatnd6MLtL7dAY8=' },
    body: text('a'),
    status: 200,
    answer: mismatch,
  },
  {
    name: 'keyword missing',
    group: { ...group, keywords: ['告警'] },
    body: text('a'),
    status: 200,
    answer: /^\{"errcode":310000,"errmsg":"description:关键词不匹配;/,
  },
  {
    name: 'keyword present',
    group: { ...group, keywords: ['告警'] },
    body: text('告警 a'),
    status: 200,
    answer: ok,
    shown: ['告警 a'],
  },
  {
    name: '20,000 bytes',
    group,
    headers: json,
    body: sized(20_000),
    status: 200,
    answer: ok,
    shown: [JSON.parse(sized(20_000)).text.content],
  },
  {
    name: '20,001 bytes',
    group,
    headers: json,
    body: sized(20_001),
    status: 200,
    answer: { errcode: 460101, errmsg: 'message too long, exceed 20000 bytes' },
  },
  { name: 'GET', group, method: 'GET', status: 200, answer: /^\{"errcode":43002,/ },
  {
    name: 'a form',
    group,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'a=b',
    status: 200,
    answer: /^\{"errcode":43004,/,
  },
  {
    name: 'no token',
    group,
    url: (endpoint) => endpoint.replace(/\?.*/, ''),
    body: text('a'),
    status: 200,
    answer: { errcode: 40035, errmsg: '缺少参数 access_token' },
  },
  {
    name: 'an unknown token',
    group,
    url: (endpoint) => `${endpoint}x`,
    body: text('a'),
    status: 200,
    answer: { errcode: 300005, errmsg: 'token is not exist' },
  },
  {
    name: 'broken JSON',
    group,
    headers: json,
    body: '{',
    status: 200,
    answer: { errcode: 40035, errmsg: '缺少参数 json' },
  },
  {
    name: 'an unsupported type',
    group,
    body: { msgtype: 'image', image: {} },
    status: 200,
    answer: { errcode: 400105, errmsg: '不支持的消息类型' },
  },
  {
    name: 'markdown without a title',
    group,
    body: { msgtype: 'markdown', markdown: { text: 'a' } },
    status: 200,
    answer: /^\{"errcode":40035,/,
  },
  {
    name: 'a robot that was switched off',
    group: { ...group, disabled: true },
    body: text('a'),
    status: 200,
    answer: /^\{"errcode":400102,/,
  },
];
runCases(cases);

test('dingtalk_bot: the 21st within a minute bans the robot for ten minutes, asking does not prolong it', () =>
  withSandbox([group], async ({ url, clock }) => {
    const post = async () => (await send(url, { body: text('a') })).body;
    for (let n = 0; n < 20; n++) assert.equal(await post(), '{"errcode":0,"errmsg":"ok"}');
    clock.step(59_999);
    assert.equal(await post(), '{"errcode":660026,"errmsg":"sending too many messages per minute"}');
    clock.step(300_000);
    assert.match(await post(), /660026/);
    clock.step(299_999);
    assert.match(await post(), /660026/);
    clock.step(1);
    assert.match(await post(), /"errcode":0/);
  }));

test('dingtalk_bot: a repeated msgUuid is answered ok and shown once', () =>
  withSandbox([group], async ({ url, clock, sandbox }) => {
    const body = text('a', { msgUuid: 'u-1' });
    for (let n = 0; n < 2; n++) assert.deepEqual(JSON.parse((await send(url, { body })).body), ok);
    assert.deepEqual(
      sandbox.received()[0]?.arrivals.map(({ verdict }) => verdict),
      ['shown', 'repeat'],
    );
    clock.step(600_000);
    await send(url, { body });
    assert.deepEqual(sandbox.received()[0]?.counts, { shown: 2, repeats: 1, refused: 0 });
  }));

test('dingtalk_bot: who is pinged', () => {
  const at = { atMobiles: ['1', '2'], atUserIds: ['u'], isAtAll: true };
  assert.deepEqual(renderDingtalk('@2 @u hi', at), { display: '@2 @u hi', mentions: ['all', '2', 'u'] });
  assert.deepEqual(renderDingtalk('@2 hi', undefined).mentions, []);
});
