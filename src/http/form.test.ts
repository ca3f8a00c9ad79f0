import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { texts } from '../texts/texts.ts';
import { ApiError } from './api-error.ts';
import { MAX_PAIRS, parseForm } from './form.ts';

// Goal: forms decode as the specification says, bad ones are refused, and time is linear. Method: tables, one property.

const good: { name: string; body: string | Buffer; want: Record<string, string> }[] = [
  { name: 'plain', body: 'msg=hi&to=ops', want: { msg: 'hi', to: 'ops' } },
  { name: 'plus and escapes', body: 'msg=a+b%2Bc%26d', want: { msg: 'a b+c&d' } },
  { name: 'raw UTF-8', body: 'msg=测试', want: { msg: '测试' } },
  { name: 'escaped UTF-8, both cases', body: 'msg=%e6%B5%8b', want: { msg: '测' } },
  {
    name: 'a percent sign that escapes nothing',
    body: 'msg=100%&to=%zz%4',
    want: { msg: '100%', to: '%zz%4' },
  },
  { name: 'a percent sign before an escape', body: 'msg=%%41', want: { msg: '%A' } },
  { name: 'an equals sign in the value', body: 'msg=a=b', want: { msg: 'a=b' } },
  { name: 'no value', body: 'msg', want: { msg: '' } },
  { name: 'empty pairs', body: '&msg=a&&', want: { msg: 'a' } },
  { name: 'nothing', body: '', want: {} },
  { name: 'a byte order mark stays', body: 'msg=%EF%BB%BFa', want: { msg: '\ufeffa' } },
  { name: 'as many pairs as allowed', body: '&'.repeat(MAX_PAIRS - 1), want: {} },
];
for (const { name, body, want } of good) {
  test(`form: ${name}`, () => assert.deepEqual(Object.fromEntries(parseForm(Buffer.from(body))), want));
}

const bad: { name: string; body: string | Buffer; want: string }[] = [
  { name: 'repeated field', body: 'msg=a&msg=b', want: '"msg" 重复出现' },
  { name: 'repeated in another spelling', body: 'msg=a&%6dsg=b', want: '"msg" 重复出现' },
  { name: 'invalid UTF-8, escaped', body: 'msg=%ff', want: 'msg 不是合法的 UTF-8' },
  { name: 'invalid UTF-8, raw', body: Buffer.from([0x6d, 0x3d, 0xc0, 0x80]), want: 'm 不是合法的 UTF-8' },
  { name: 'an escaped surrogate', body: 'msg=%ed%a0%80', want: 'msg 不是合法的 UTF-8' },
  {
    name: 'one pair too many',
    body: '&'.repeat(MAX_PAIRS),
    want: '字段超过 16 个；内容里的 & 需要编码为 %26',
  },
];
for (const { name, body, want } of bad) {
  test(`form refuses ${name}`, () => {
    assert.throws(
      () => parseForm(Buffer.from(body)),
      (error) => error instanceof ApiError && error.pickText(texts.zh.api) === want,
    );
  });
}

test('form: whatever encodeURIComponent writes is read back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const encoded = `msg=${encodeURIComponent(text)}`;
      assert.equal(parseForm(Buffer.from(encoded)).get('msg'), text);
    }),
  );
});

test('form: 1 MiB of a&a&… and of %%%… holds the loop for only a moment', () => {
  const startMs = performance.now();
  assert.throws(() => parseForm(Buffer.from('a&'.repeat(524_288))));
  parseForm(Buffer.from(`msg=${'%'.repeat(1_048_000)}`));
  assert.ok(performance.now() - startMs < 250);
});
