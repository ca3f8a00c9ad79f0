import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { Secret } from '../core/secret.ts';
import { createHeaderCheck } from './auth.ts';
import { createBrowserGuard } from './browser-guard.ts';
import { bodyKindOf } from './media-type.ts';
import { createRequestRate } from './request-rate.ts';

// Goal: who may call, and how often. Method: tables over header sets; time as numbers.

const hosts: { host: string; ok: boolean }[] = [
  { host: 'localhost', ok: true },
  { host: 'LOCALHOST:39270', ok: true },
  { host: 'localhost.', ok: true },
  { host: 'localhost.:39270', ok: true },
  { host: '127.0.0.1:39270', ok: true },
  { host: '192.168.1.5', ok: true },
  { host: '[::1]', ok: true },
  { host: '[fe80::1]:8080', ok: true },
  { host: 'PostPoint.corp', ok: true },
  { host: 'postpoint.corp.:80', ok: true },
  { host: 'evil.example', ok: false },
  { host: 'localhost.evil.example', ok: false },
  { host: 'x.localhost', ok: false },
  { host: '127.0.0.1.evil.example', ok: false },
  { host: '127.1', ok: false },
  { host: '::1', ok: false },
  { host: '[evil]', ok: false },
  { host: 'localhost:80@evil.example', ok: false },
  { host: '', ok: false },
];
const guard = createBrowserGuard(['postpoint.CORP']);
const request = (method: string, headers: Record<string, string>) =>
  ({ method, headers }) as unknown as IncomingMessage;
for (const { host, ok } of hosts) {
  test(`Host "${host}" is ${ok ? 'allowed' : 'refused'}`, () => {
    assert.equal(guard(request('GET', { host })) === null, ok);
  });
}

const pages: { name: string; method?: string; headers: Record<string, string>; ok: boolean }[] = [
  { name: 'no browser', headers: { host: 'localhost' }, ok: true },
  { name: 'own page', headers: { host: 'localhost:39270', origin: 'http://localhost:39270' }, ok: true },
  {
    name: 'own page, default port',
    headers: { host: 'postpoint.corp:443', origin: 'https://postpoint.corp' },
    ok: true,
  },
  { name: 'another port', headers: { host: 'localhost:39270', origin: 'http://localhost:8080' }, ok: false },
  { name: 'another site', headers: { host: 'localhost', origin: 'https://evil.example' }, ok: false },
  { name: 'Origin: null', headers: { host: 'localhost', origin: 'null' }, ok: false },
  { name: 'a file', headers: { host: 'localhost', origin: 'file://' }, ok: false },
  { name: 'cross-site', headers: { host: 'localhost', 'sec-fetch-site': 'cross-site' }, ok: false },
  { name: 'same-site', headers: { host: 'localhost', 'sec-fetch-site': 'same-site' }, ok: false },
  { name: 'same-origin', headers: { host: 'localhost', 'sec-fetch-site': 'same-origin' }, ok: true },
  { name: 'typed by the user', headers: { host: 'localhost', 'sec-fetch-site': 'none' }, ok: true },
  {
    name: 'a link elsewhere',
    method: 'GET',
    headers: { host: 'localhost', 'sec-fetch-site': 'cross-site' },
    ok: true,
  },
  {
    name: 'DELETE from elsewhere',
    method: 'DELETE',
    headers: { host: 'localhost', origin: 'null' },
    ok: false,
  },
];
for (const { name, method = 'POST', headers, ok } of pages) {
  test(`${method} from ${name} is ${ok ? 'allowed' : 'refused'}`, () => {
    assert.equal(guard(request(method, headers)) === null, ok);
  });
}

const carries = createHeaderCheck([
  { name: 'X-Token', value: new Secret('secret') },
  { name: 'X-Team', value: new Secret(' 运维 ') },
]);
const team = Buffer.from('运维', 'utf8').toString('latin1');
const credentials: { headers: Record<string, string>; ok: boolean }[] = [
  { headers: { 'x-token': 'secret', 'x-team': team }, ok: true },
  { headers: { 'x-token': 'secret' }, ok: false },
  { headers: { 'x-token': 'secret', 'x-team': '' }, ok: false },
  { headers: { 'x-token': 'secret, secret', 'x-team': team }, ok: false },
  { headers: { 'x-token': 'Secret', 'x-team': team }, ok: false },
  { headers: {}, ok: false },
];
for (const { headers, ok } of credentials) {
  test(`headers ${JSON.stringify(headers)} are ${ok ? 'enough' : 'not enough'}`, () =>
    assert.equal(carries(headers), ok));
}

test('an empty required value still wants the header', () => {
  const check = createHeaderCheck([{ name: 'x-empty', value: new Secret('') }]);
  assert.equal(check({}), false);
  assert.equal(check({ 'x-empty': '' }), true);
});

test('the rate holds over any second', () => {
  const refuse = createRequestRate(2);
  assert.deepEqual(
    [0, 900, 950, 999, 1000, 1100, 1899, 1900].map((ms) => refuse(ms) === null),
    [true, true, false, false, true, false, false, true],
  );
  assert.equal(refuse(1901)?.headers['retry-after'], '1');
  assert.equal(createRequestRate(0)(0), null);
});

test('a rate below one a second', () => {
  const refuse = createRequestRate(0.25);
  assert.equal(refuse(0), null);
  assert.equal(refuse(500)?.headers['retry-after'], '4');
  assert.equal(refuse(4000), null);
});

const types: { headers: Record<string, string>; want: 'json' | 'form' | null }[] = [
  { headers: { 'content-type': 'application/json' }, want: 'json' },
  { headers: { 'content-type': 'Application/JSON; Charset="UTF-8"' }, want: 'json' },
  { headers: { 'content-type': 'application/x-www-form-urlencoded;charset=utf8' }, want: 'form' },
  { headers: { 'content-type': 'application/json', 'content-encoding': 'identity' }, want: 'json' },
  { headers: { 'content-type': 'application/json; charset=gbk' }, want: null },
  { headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' }, want: null },
  { headers: { 'content-type': 'text/plain' }, want: null },
  { headers: { 'content-type': 'application/jsonp' }, want: null },
  { headers: { 'content-type': 'multipart/form-data; boundary=x' }, want: null },
  { headers: {}, want: null },
];
for (const { headers, want } of types) {
  test(`body kind of ${JSON.stringify(headers)}`, () => {
    if (want === null)
      assert.throws(() => bodyKindOf(headers), { name: 'ApiError', code: 'invalid_argument' });
    else assert.equal(bodyKindOf(headers), want);
  });
}
