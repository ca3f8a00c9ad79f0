import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { renderFeishu } from './feishu_bot.ts';
import { startSandbox } from './server.ts';
import { type Case, runCases, send, steppedClock, withSandbox } from './testing.ts';

const group = { platform: 'feishu_bot', secret: null } as const;
const signed = { platform: 'feishu_bot', secret: 'postpoint-demo-secret' } as const;
const ok = { StatusCode: 0, StatusMessage: 'success', code: 0, data: {}, msg: 'success' };
const text = (content: string, extra: object = {}) => ({
  msg_type: 'text',
  content: { text: content },
  ...extra,
});
const wrongSign = {
  code: 19021,
  msg: 'sign match fail or timestamp is not within one hour from current time',
};
/** Vector F-2: secret `postpoint-demo-secret` at 1700000000. */
const F2 = { timestamp: '1700000000', sign: '1bJgQJGOTzZ3HYg0MvQN0k7N4xWD3Nyu5y1K1rzxguU=' };
const signAt = (seconds: number) => ({
  timestamp: `${seconds}`,
  sign: createHmac('sha256', `${seconds}\npostpoint-demo-secret`).digest('base64'),
});
/** A body of exactly `bytes`. */
const sized = (bytes: number) => JSON.stringify(text('a'.repeat(bytes - JSON.stringify(text('')).length)));

const cases: readonly Case[] = [
  {
    name: "the documentation's text sample",
    group,
    body: text('request example'),
    status: 200,
    answer: ok,
    shown: ['request example'],
  },
  {
    name: 'text is no markdown',
    group,
    body: text('**a** [b](c) &lt;'),
    status: 200,
    answer: ok,
    shown: ['**a** [b](c) &lt;'],
  },
  {
    name: 'everyone in text',
    group,
    body: text('<at user_id="all">所有人</at> hi'),
    status: 200,
    answer: ok,
    shown: ['@所有人 hi'],
    mentions: ['all'],
  },
  {
    name: "the documentation's post sample",
    group,
    body: {
      msg_type: 'post',
      content: {
        post: {
          zh_cn: {
            title: '项目更新通知',
            content: [
              [
                { tag: 'text', text: '项目有更新: ' },
                { tag: 'a', text: '请查看', href: 'http://www.example.com/' },
                { tag: 'at', user_id: 'ou_18eac8' },
              ],
            ],
          },
        },
      },
    },
    status: 200,
    answer: ok,
    shown: ['项目更新通知\n项目有更新: 请查看@ou_18eac8'],
    mentions: ['ou_18eac8'],
  },
  {
    name: 'a card',
    group,
    body: {
      msg_type: 'interactive',
      card: {
        header: { title: { tag: 'plain_text', content: 'T' } },
        elements: [{ tag: 'markdown', content: '**b** <at id=all></at>&#42;' }],
      },
    },
    status: 200,
    answer: ok,
    shown: ['T\nb @all*'],
    mentions: ['all'],
  },
  { name: 'vector F-2', group: signed, body: text('a', F2), status: 200, answer: ok, shown: ['a'] },
  {
    name: 'a timestamp as a number',
    group: signed,
    body: text('a', { ...F2, timestamp: 1_700_000_000 }),
    status: 200,
    answer: ok,
    shown: ['a'],
  },
  {
    name: 'one hour late',
    group: signed,
    body: text('a', signAt(1_700_000_000 - 3_600)),
    status: 200,
    answer: ok,
    shown: ['a'],
  },
  {
    name: 'more than one hour late',
    group: signed,
    body: text('a', signAt(1_700_000_000 - 3_601)),
    status: 200,
    answer: wrongSign,
  },
  {
    name: 'more than one hour early',
    group: signed,
    body: text('a', signAt(1_700_000_000 + 3_601)),
    status: 200,
    answer: wrongSign,
  },
  { name: 'no signature', group: signed, body: text('a'), status: 200, answer: wrongSign },
  {
    name: "DingTalk's recipe",
    group: signed,
    body: text('a', {
      timestamp: '1700000000',
      sign: createHmac('sha256', 'postpoint-demo-secret')
        .update('1700000000\npostpoint-demo-secret')
        .digest('base64'),
    }),
    status: 200,
    answer: wrongSign,
  },
  {
    name: 'milliseconds',
    group: signed,
    body: text('a', signAt(1_700_000_000_000)),
    status: 200,
    answer: wrongSign,
  },
  {
    name: 'keyword present',
    group: { ...group, keywords: ['告警', 'x'] },
    body: text('有告警'),
    status: 200,
    answer: ok,
    shown: ['有告警'],
  },
  {
    name: 'keyword missing',
    group: { ...group, keywords: ['告警'] },
    body: text('hi'),
    status: 200,
    answer: { code: 19024, msg: 'Key Words Not Found' },
  },
  {
    name: 'keyword in a link only',
    group: { ...group, keywords: ['key'] },
    body: {
      msg_type: 'post',
      content: { post: { en_us: { content: [[{ tag: 'a', text: 'b', href: 'https://key' }]] } } },
    },
    status: 200,
    answer: { code: 19024, msg: 'Key Words Not Found' },
  },
  {
    name: '20,000 bytes',
    group,
    headers: { 'content-type': 'application/json' },
    body: sized(20_000),
    status: 200,
    answer: ok,
    shown: [JSON.parse(sized(20_000)).content.text],
  },
  {
    name: '20,001 bytes',
    group,
    headers: { 'content-type': 'application/json' },
    body: sized(20_001),
    status: 200,
    answer: { code: 9499, data: {}, msg: 'Bad Request' },
  },
  {
    name: 'broken JSON',
    group,
    body: '{',
    status: 200,
    answer: { code: 9499, data: {}, msg: 'Bad Request' },
  },
  {
    name: "content as a string, as in the apps' API",
    group,
    body: { msg_type: 'text', content: '{"text":"a"}' },
    status: 200,
    answer: { code: 9499, data: {}, msg: 'Bad Request' },
  },
  {
    name: "DingTalk's msgtype",
    group,
    body: { msgtype: 'text', text: { content: 'a' } },
    status: 200,
    answer: { code: 19002, data: {}, msg: 'params error, msg_type need' },
  },
  {
    name: 'a card that is missing',
    group,
    body: { msg_type: 'interactive' },
    status: 200,
    answer: { code: 19002, data: {}, msg: 'params error, unknown card value' },
  },
  {
    name: 'empty text',
    group,
    body: text(''),
    status: 200,
    answer: { code: 10002, data: {}, msg: 'text is nil' },
  },
  {
    name: 'an unknown token',
    group,
    url: (endpoint) => `${endpoint}x`,
    body: text('a'),
    status: 200,
    answer: /^\{"code":19001,/,
  },
  {
    name: 'a wrong path',
    group,
    url: (endpoint) => endpoint.replace('/v2/', '/v3/'),
    body: text('a'),
    status: 404,
    answer: '404 page not found',
  },
  { name: 'GET', group, method: 'GET', status: 404, answer: /"code":99991201/ },
];
runCases(cases);

test('feishu_bot: vector F-1 at its own time', async () => {
  const clock = steppedClock(1_599_360_473_000);
  const sandbox = await startSandbox({ clock, groups: [{ platform: 'feishu_bot', secret: 'demo' }] });
  const body = text('a', { timestamp: '1599360473', sign: 'l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8=' });
  const got = await send(sandbox.groups[0]?.endpointUrl ?? '', { body });
  assert.deepEqual(JSON.parse(got.body), ok);
  await sandbox.close();
});

test('feishu_bot: 5 in any second and 100 in any minute', () =>
  withSandbox([group], async ({ url, clock }) => {
    const code = async () => JSON.parse((await send(url, { body: text('a') })).body).code;
    for (let n = 0; n < 5; n++) assert.equal(await code(), 0);
    const limited = await send(url, { body: text('a') });
    assert.equal(
      limited.body,
      '{"code":11232,"data":{},"msg":"frequency limited psm[lark.oapi.app_platform_runtime]appID[1500]"}',
    );
    assert.equal(limited.status, 200);
    clock.step(999);
    assert.equal(await code(), 11232);
    clock.step(1);
    for (let second = 1; second < 20; second++) {
      for (let n = 0; n < 5; n++) assert.equal(await code(), 0);
      clock.step(1_000);
    }
    assert.equal(await code(), 11232);
    clock.step(40_000);
    assert.equal(await code(), 0);
  }));

test('feishu_bot: what a reader sees', () => {
  assert.deepEqual(renderFeishu('<at user_id="ou_1">Tom</at>, <at user_id=all>'), {
    display: '@Tom, @all',
    mentions: ['ou_1', 'all'],
  });
  assert.deepEqual(renderFeishu('<at>, <attach user_id="1">, a < at user_id="x">'), {
    display: '<at>, <attach user_id="1">, a < at user_id="x">',
    mentions: [],
  });
});
