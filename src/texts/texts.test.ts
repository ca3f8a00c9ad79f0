import assert from 'node:assert/strict';
import { test } from 'node:test';
import { langOfHeader, langOfLocale } from './texts.ts';

const headers = [
  { header: undefined, want: 'zh' },
  { header: '*', want: 'zh' },
  { header: 'en', want: 'en' },
  { header: 'en-GB,en;q=0.9', want: 'en' },
  { header: 'zh-CN,zh;q=0.9,en;q=0.8', want: 'zh' },
  { header: 'zh;q=0.1, en;q=0.9', want: 'en' },
  { header: 'fr, de;q=0.9', want: 'zh' },
  { header: 'fr, en;q=0.5', want: 'en' },
  { header: 'en;q=0', want: 'zh' },
  { header: 'en;q=0.000, fr', want: 'zh' },
  { header: 'eng', want: 'zh' },
];
for (const { header, want } of headers) {
  test(`Accept-Language ${header}: ${want}`, () => assert.equal(langOfHeader(header, 'zh'), want));
}

for (const { header, want } of [
  { header: undefined, want: 'en' },
  { header: 'fr', want: 'en' },
  { header: 'zh-CN,fr;q=0.9', want: 'zh' },
]) {
  test(`Accept-Language ${header} of a service that speaks English: ${want}`, () =>
    assert.equal(langOfHeader(header, 'en'), want));
}

const locales = [
  { env: {}, want: 'zh' },
  { env: { LANG: 'C.UTF-8' }, want: 'zh' },
  { env: { LANG: 'zh_CN.UTF-8' }, want: 'zh' },
  { env: { LANG: 'en_US.UTF-8' }, want: 'en' },
  { env: { LANG: 'en_US.UTF-8', LC_ALL: 'zh_CN.UTF-8' }, want: 'zh' },
  { env: { LC_MESSAGES: 'en_GB' }, want: 'en' },
];
for (const { env, want } of locales) {
  test(`locale ${JSON.stringify(env)}: ${want}`, () => assert.equal(langOfLocale(env), want));
}
