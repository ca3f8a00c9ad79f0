import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Compile } from 'typebox/compile';
import { texts } from '../texts/texts.ts';
import { ApiError } from './api-error.ts';
import type { BodyKind } from './media-type.ts';
import { createSchemas } from './schemas.ts';
import { parseTextBody } from './text-body.ts';

// Goal: the body is taken exactly as the contract says, and the documented schema agrees. Method: one table each way.

const schema = Compile(createSchemas(texts.zh.api.docs).TextRequest);

const good: { name: string; kind?: BodyKind; body: string; want: { text: string; to: string[] | null } }[] = [
  { name: 'msg alone', body: '{"msg":"测试"}', want: { text: '测试', to: null } },
  { name: 'to as an array', body: '{"msg":"a","to":["ops","dev"]}', want: { text: 'a', to: ['ops', 'dev'] } },
  { name: 'to as a word list', body: '{"msg":"a","to":"ops, dev"}', want: { text: 'a', to: ['ops', 'dev'] } },
  { name: 'text as written', body: '{"msg":"  a\\n\\u0001 "}', want: { text: '  a\n\u0001 ', to: null } },
  { name: 'a pair of surrogates', body: '{"msg":"\\ud83d\\ude00"}', want: { text: '😀', to: null } },
  { name: 'a form', kind: 'form', body: 'msg=a&to=ops,dev', want: { text: 'a', to: ['ops', 'dev'] } },
];
for (const { name, kind = 'json', body, want } of good) {
  test(`text body takes ${name}`, () => {
    assert.deepEqual(parseTextBody(kind, Buffer.from(body)), want);
    if (kind === 'json') assert.equal(schema.Check(JSON.parse(body)), true);
  });
}

test('text body takes a byte order mark before JSON', () => {
  assert.equal(parseTextBody('json', Buffer.from('\ufeff{"msg":"a"}')).text, 'a');
});

const deep = '['.repeat(100_000) + ']'.repeat(100_000);
const bad: { name: string; kind?: BodyKind; body: string | Buffer; want: string }[] = [
  { name: 'no msg', body: '{}', want: 'msg 是必填项' },
  { name: 'no msg but to', body: '{"to":["ops"]}', want: 'msg 是必填项' },
  {
    name: 'another word for msg',
    body: '{"text":"x"}',
    want: 'msg 是必填项；未知字段 "text"，最接近的字段是 msg',
  },
  { name: 'msg misspelt', body: '{"mesg":"x"}', want: 'msg 是必填项；未知字段 "mesg"，最接近的字段是 msg' },
  {
    name: 'msg misspelt in a form',
    kind: 'form',
    body: 'to=ops&mgs=x',
    want: 'msg 是必填项；未知字段 "mgs"，最接近的字段是 msg；内容里的 & 需要编码为 %26',
  },
  ...['{"msg":"a"}', '\ufeff \r\n\t{"msg":"a & b & b"}', '{}'].map((body) => ({
    name: `JSON as a form: ${JSON.stringify(body)}`,
    kind: 'form' as const,
    body,
    want: '请求体是 JSON，但缺少请求头 Content-Type: application/json',
  })),
  { name: 'no msg in a form', kind: 'form', body: '', want: 'msg 是必填项' },
  { name: 'null', body: '{"msg":null}', want: 'msg 必须是字符串' },
  { name: 'a number', body: '{"msg":1}', want: 'msg 必须是字符串' },
  { name: 'deep msg', body: `{"msg":${deep}}`, want: 'msg 必须是字符串' },
  { name: 'empty msg', body: '{"msg":""}', want: 'msg 不能为空白' },
  { name: 'blank msg', body: '{"msg":" \\t\\n\\u3000\\u00a0"}', want: 'msg 不能为空白' },
  { name: 'invisible msg', body: '{"msg":"\\u200b\\u2060\\u3164\\ufeff\\u2800"}', want: 'msg 不能为空白' },
  { name: 'blank msg in a form', kind: 'form', body: 'msg=+', want: 'msg 不能为空白' },
  { name: 'NUL', body: '{"msg":"a\\u0000b"}', want: 'msg 不能含有 NUL 字符（U+0000）' },
  { name: 'NUL in a form', kind: 'form', body: 'msg=a%00', want: 'msg 不能含有 NUL 字符（U+0000）' },
  {
    name: 'a lone surrogate',
    body: '{"msg":"a\\ud800"}',
    want: 'msg 含有不成对的 UTF-16 代理项，不是合法的 Unicode 文本',
  },
  {
    name: 'to of numbers',
    body: '{"msg":"a","to":[1]}',
    want: 'to 必须是字符串数组，或用英文逗号分隔的字符串',
  },
  { name: 'to null', body: '{"msg":"a","to":null}', want: 'to 必须是字符串数组，或用英文逗号分隔的字符串' },
  { name: 'empty list', body: '{"msg":"a","to":[]}', want: 'to 不能为空；省略 to 表示发送到全部启用的通道' },
  {
    name: 'empty to in a form',
    kind: 'form',
    body: 'msg=a&to=',
    want: 'to 不能为空；省略 to 表示发送到全部启用的通道',
  },
  { name: 'an empty name', body: '{"msg":"a","to":"ops,"}', want: 'to 里有空的名称' },
  {
    name: 'a surrogate in to',
    body: '{"msg":"a","to":["\\udc00"]}',
    want: 'to 含有不成对的 UTF-16 代理项，不是合法的 Unicode 文本',
  },
  { name: 'an unknown field', body: '{"msg":"a","too":1}', want: '未知字段 "too"，最接近的字段是 to' },
  {
    name: '__proto__',
    body: '{"msg":"a","__proto__":{"to":"x"}}',
    want: '未知字段 "__proto__"，最接近的字段是 to',
  },
  {
    name: 'constructor',
    body: '{"msg":"a","constructor":1}',
    want: '未知字段 "constructor"，最接近的字段是 to',
  },
  {
    name: '& in a form',
    kind: 'form',
    body: 'msg=a&b',
    want: '未知字段 "b"，最接近的字段是 to；内容里的 & 需要编码为 %26',
  },
  { name: 'broken JSON', body: '{"msg":', want: '请求体不是合法的 JSON' },
  { name: 'nothing', body: '', want: '请求体不是合法的 JSON' },
  { name: 'an array', body: deep, want: '请求体必须是 JSON 对象，例如 {"msg": "…"}' },
  { name: 'JSON null', body: 'null', want: '请求体必须是 JSON 对象，例如 {"msg": "…"}' },
  { name: 'invalid UTF-8', body: Buffer.from([0x7b, 0xff, 0x7d]), want: '请求体 不是合法的 UTF-8' },
];
for (const { name, kind = 'json', body, want } of bad) {
  test(`text body refuses ${name}`, () => {
    assert.throws(
      () => parseTextBody(kind, Buffer.from(body)),
      (error) => {
        assert.ok(error instanceof ApiError);
        // The nearest field of a word that resembles none is of no interest.
        assert.equal(
          error.pickText(texts.zh.api).replace(/最接近的字段是 (msg|to)/, ''),
          want.replace(/最接近的字段是 (msg|to)/, ''),
        );
        return true;
      },
    );
  });
}

test('text body names the nearest field', () => {
  const refusal = (body: string) => {
    try {
      parseTextBody('json', Buffer.from(body));
    } catch (error) {
      if (error instanceof ApiError) return error.pickText(texts.en.api);
    }
    return null;
  };
  assert.equal(refusal('{"msg":"a","mgs":1}'), 'unknown field "mgs"; the nearest field is msg');
  assert.equal(refusal('{"msg":"a","tos":1}'), 'unknown field "tos"; the nearest field is to');
  assert.equal(refusal(`{"msg":"a","${'\\ud800'.repeat(300)}":1}`)?.isWellFormed(), true);
});
