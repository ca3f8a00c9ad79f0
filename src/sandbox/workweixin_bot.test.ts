import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { type Case, runCases, send, withSandbox } from './testing.ts';
import { renderWorkweixin } from './workweixin-message.ts';

const group = { platform: 'workweixin_bot' } as const;
const ok = { errcode: 0, errmsg: 'ok' };
const text = (content: string, extra: object = {}) => ({ msgtype: 'text', text: { content, ...extra } });
const image = Buffer.from('an image');

const cases: readonly Case[] = [
  {
    name: "the documentation's text sample",
    group,
    body: text('广州今日天气：29度', {
      mentioned_list: ['wangqing', '@all'],
      mentioned_mobile_list: ['13800001111', '@all'],
    }),
    status: 200,
    answer: ok,
    shown: ['广州今日天气：29度'],
    mentions: ['wangqing', 'all', '13800001111'],
  },
  {
    name: "the documentation's markdown sample",
    group,
    body: {
      msgtype: 'markdown',
      markdown: {
        content:
          '实时新增用户反馈<font color="warning">132例</font>\n> 类型:<font color="comment">用户反馈</font>',
      },
    },
    status: 200,
    answer: ok,
    shown: ['实时新增用户反馈132例\n类型:用户反馈'],
  },
  {
    name: 'an id in the content pings',
    group,
    body: text('hi <@zhangsan>'),
    status: 200,
    answer: ok,
    shown: ['hi @zhangsan'],
    mentions: ['zhangsan'],
  },
  {
    name: 'no version 2 mentions',
    group,
    body: { msgtype: 'markdown_v2', markdown_v2: { content: '# a\n*b* <@x>' } },
    status: 200,
    answer: ok,
    shown: ['a\nb <@x>'],
  },
  {
    name: 'an image with its md5',
    group,
    body: {
      msgtype: 'image',
      image: { base64: image.toString('base64'), md5: createHash('md5').update(image).digest('hex') },
    },
    status: 200,
    answer: ok,
    shown: ['[image 8 B]'],
  },
  {
    name: 'an image with another md5',
    group,
    body: { msgtype: 'image', image: { base64: 'YQ==', md5: '0' } },
    status: 200,
    answer: /^\{"errcode":301019,/,
  },
  {
    name: 'JSON without a content type',
    group,
    headers: { 'content-type': '' },
    body: text('a'),
    status: 200,
    answer: ok,
    shown: ['a'],
  },
  {
    name: '2048 bytes',
    group,
    body: text(`${'中'.repeat(682)}ab`),
    status: 200,
    answer: ok,
    shown: [`${'中'.repeat(682)}ab`],
  },
  {
    name: '2049 bytes',
    group,
    body: text('中'.repeat(683)),
    status: 200,
    answer:
      /^\{"errcode":40058,"errmsg":"text\.content exceed max length 2048\. invalid Request Parameter, hint: \[\w+\], from ip: 127\.0\.0\.1, more info at https:\/\/open\.work\.weixin\.qq\.com\/devtool\/query\?e=40058"\}$/,
  },
  {
    name: '4097 bytes of markdown',
    group,
    body: { msgtype: 'markdown', markdown: { content: 'a'.repeat(4097) } },
    status: 200,
    answer: /^\{"errcode":40058,"errmsg":"markdown\.content exceed max length 4096/,
  },
  {
    name: 'empty content',
    group,
    body: text(''),
    status: 200,
    answer: /^\{"errcode":44004,"errmsg":"empty content, hint/,
  },
  {
    name: 'broken JSON',
    group,
    body: '{"msgtype":"text",',
    status: 200,
    answer: /^\{"errcode":44004,.*Warning: wrong json format\. "\}$/,
  },
  { name: 'GBK', group, body: Uint8Array.of(0x7b, 0xd6, 0xd0), status: 200, answer: /^\{"errcode":44004,/ },
  {
    name: 'a type in capitals',
    group,
    body: { msgtype: 'Text', text: { content: 'a' } },
    status: 200,
    answer: /^\{"errcode":40008,"errmsg":"invalid message type/,
  },
  {
    name: 'nine articles',
    group,
    body: { msgtype: 'news', news: { articles: Array(9).fill({ title: 't', url: 'https://x' }) } },
    status: 200,
    answer: /^\{"errcode":45008,/,
  },
  {
    name: 'an unknown key',
    group,
    url: (endpoint) => `${endpoint}x`,
    body: text('a'),
    status: 200,
    answer: /^\{"errcode":93000,"errmsg":"invalid webhook url, hint: \[/,
  },
  {
    name: 'no key',
    group,
    url: (endpoint) => endpoint.replace(/\?.*/, ''),
    body: text('a'),
    status: 200,
    answer: /^\{"errcode":93000,/,
  },
  {
    name: 'a form',
    group,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'msgtype=text',
    status: 415,
    answer: '',
  },
  {
    name: 'a robot that was switched off',
    group: { ...group, disabled: true },
    body: text('a'),
    status: 200,
    answer: /^\{"errcode":93004,/,
  },
];
runCases(cases);

test('workweixin_bot: 20 in any 60 s, refused messages included', () =>
  withSandbox([group], async ({ url, clock }) => {
    const code = async (content: string) =>
      JSON.parse((await send(url, { body: text(content) })).body).errcode;
    assert.equal(await code(''), 44004);
    clock.step(30_000);
    for (let n = 0; n < 19; n++) assert.equal(await code('a'), 0);
    assert.equal(await code('a'), 45009);
    clock.step(29_999);
    assert.equal(await code('a'), 45009);
    clock.step(1);
    assert.equal(await code('a'), 0);
    assert.equal(await code('a'), 45009);
    clock.step(30_000);
    assert.equal(await code('a'), 0);
  }));

test('workweixin_bot: what a reader sees', () => {
  assert.deepEqual(renderWorkweixin('a <@all> <@b c> < @d>'), {
    display: 'a @all <@b c> < @d>',
    mentions: ['all'],
  });
  assert.deepEqual(renderWorkweixin('**no** `markdown` &amp; <b>'), {
    display: '**no** `markdown` &amp; <b>',
    mentions: [],
  });
});
