import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EndpointConfig } from '../core/channel-config.ts';
import { Secret } from '../core/secret.ts';
import { answerOf, endpointOf, PART, readFixture } from './provider-test-kit.ts';
import { signStandardWebhook } from './sign-standard-webhook.ts';
import { webhook } from './webhook.ts';

const URL_IN = 'https://receiver.test/in';
const NOW_MS = 1_700_000_000_999;
const build = (overrides: Partial<EndpointConfig> = {}, text = '中 & "文"', url = URL_IN) =>
  webhook.buildRequest(endpointOf(url, overrides), { ...PART, text }, NOW_MS);
const header = (name: string, value: string) => ({ name, value: new Secret(value) });

test('webhook posts JSON', () => {
  const { method, url, headers, body } = build();
  assert.equal(method, 'POST');
  assert.equal(url, URL_IN);
  assert.equal(body, String.raw`{"id":"01K5V3M4N5P6Q7R8S9T0V1W2X3","msg_type":"text","msg":"中 & \"文\""}`);
  assert.equal(headers['content-type'], 'application/json');
  assert.equal(headers['idempotency-key'], PART.partKey);
  assert.equal(headers['webhook-id'], PART.partKey);
  assert.equal(headers['webhook-signature'], undefined);
});

for (const method of ['PUT', 'PATCH', 'DELETE'] as const) {
  test(`webhook sends the same body with ${method}`, () => {
    const request = build({ method });
    assert.equal(request.method, method);
    assert.equal(request.body, build().body);
    assert.equal(request.headers['content-type'], 'application/json');
  });
}

test('webhook posts a form', () => {
  const { headers, body } = build({ contentType: 'form' }, '中 &=+\n');
  assert.equal(headers['content-type'], 'application/x-www-form-urlencoded');
  assert.deepEqual(Object.fromEntries(new URLSearchParams(body ?? '')), {
    id: PART.messageId,
    msg_type: 'text',
    msg: '中 &=+\n',
  });
});

const ADDED = `id=${PART.messageId}&msg_type=text&msg=%E4%B8%AD%20%26%3D%2B`;
const queries = [
  { url: URL_IN, want: `${URL_IN}?${ADDED}` },
  { url: `${URL_IN}?`, want: `${URL_IN}?${ADDED}` },
  { url: `${URL_IN}?a=1&a=%E4%B8%AD&flag&b=#top`, want: `${URL_IN}?a=1&a=%E4%B8%AD&flag&b=&${ADDED}` },
  { url: `${URL_IN}?a=1&`, want: `${URL_IN}?a=1&${ADDED}` },
  { url: `${URL_IN}#?no=query`, want: `${URL_IN}?${ADDED}` },
];
for (const { url, want } of queries) {
  test(`webhook GET adds to ${url}`, () => {
    const request = build({ method: 'GET' }, '中 &=+', url);
    assert.equal(request.url, want);
    assert.equal(request.body, null);
    assert.equal(request.headers['content-type'], undefined);
  });
}

test('webhook drops the fragment of a POST too', () => {
  assert.equal(build({}, 'a', `${URL_IN}?a#top`).url, `${URL_IN}?a`);
});

test('webhook sends configured headers, but not those that body and signature decide', () => {
  const { headers } = build({
    headers: [
      header('Authorization', 'Bearer t'),
      header('User-Agent', 'mine'),
      header('Content-Type', 'text/plain'),
      header('Content-Length', '1'),
      header('HOST', 'evil.test'),
      header('Webhook-Id', 'forged'),
      header('webhook-signature', 'forged'),
    ],
  });
  assert.deepEqual(headers, {
    'user-agent': 'mine',
    'idempotency-key': PART.partKey,
    authorization: 'Bearer t',
    'content-type': 'application/json',
    'webhook-id': PART.partKey,
  });
});

test('webhook takes a login in the URL as Basic authentication', () => {
  const { url, headers } = build({}, 'a', 'https://user:p%40ss@receiver.test/in?a=b@c');
  assert.equal(url, 'https://receiver.test/in?a=b@c');
  assert.equal(headers.authorization, `Basic ${Buffer.from('user:p@ss').toString('base64')}`);
});

// The example of the Standard Webhooks libraries' own tests.
const EXAMPLE = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: '1614265330', body: '{"test": 2432232314}' };
for (const secret of ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw']) {
  test(`webhook signs as the reference libraries, key ${secret.slice(0, 6)}…`, () => {
    assert.equal(signStandardWebhook(EXAMPLE, secret), 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });
}

for (const method of ['POST', 'GET'] as const) {
  test(`webhook signs the exact bytes of a ${method}, stamped with this attempt's time`, () => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const { headers, body } = build({ method, secret: new Secret(secret) });
    assert.equal(headers['webhook-timestamp'], '1700000000');
    const signed = { id: PART.partKey, timestamp: '1700000000', body: body ?? '' };
    assert.equal(headers['webhook-signature'], signStandardWebhook(signed, secret));
  });
}

const cases = [
  { status: 200, want: 'ok' },
  { status: 204, want: 'ok' },
  { status: 299, want: 'ok' },
  { status: 302, want: 'permanent', says: /跳转/ },
  { status: 400, want: 'permanent' },
  { status: 401, want: 'permanent' },
  { status: 404, want: 'permanent' },
  { status: 408, want: 'transient' },
  { status: 409, want: 'permanent' },
  { status: 410, want: 'permanent', gone: true },
  { status: 413, want: 'permanent' },
  { status: 418, want: 'permanent' },
  { status: 425, want: 'transient' },
  { status: 429, want: 'rate_limited', pauseMs: 60_000 },
  { status: 429, headers: { 'retry-after': '120' }, want: 'rate_limited', pauseMs: 120_000 },
  { status: 429, headers: { 'retry-after': '0' }, want: 'rate_limited', pauseMs: 1_000 },
  { status: 429, headers: { 'retry-after': '1.5' }, want: 'rate_limited', pauseMs: 1_500 },
  { status: 429, headers: { 'retry-after': '999999999' }, want: 'rate_limited', pauseMs: 86_400_000 },
  { status: 429, headers: { 'retry-after': 'soon' }, want: 'rate_limited', pauseMs: 60_000 },
  {
    status: 429,
    headers: { 'retry-after': 'Fri, 11 Sep 2026 10:00:30 GMT', date: 'Fri, 11 Sep 2026 10:00:00 GMT' },
    want: 'rate_limited',
    pauseMs: 30_000,
  },
  {
    status: 429,
    headers: { 'retry-after': 'Fri, 11 Sep 2026 10:00:30 GMT' },
    want: 'rate_limited',
    pauseMs: 60_000,
  },
  { status: 500, want: 'transient' },
  { status: 501, want: 'transient' },
  { status: 505, want: 'transient' },
  { status: 599, want: 'transient' },
  { status: 600, want: 'unknown' },
];
for (const { status, headers, want, pauseMs, gone, says } of cases) {
  test(`webhook reads ${status} ${JSON.stringify(headers ?? {})} as ${want}`, () => {
    const verdict = webhook.readAnswer(answerOf(status, readFixture('webhook/plain-answer.txt'), headers));
    assert.equal(verdict.kind, want);
    assert.equal(verdict.pauseMs, pauseMs);
    assert.equal(verdict.endpointGone, gone);
    assert.equal(verdict.error === null, want === 'ok');
    if (says) assert.match(verdict.error?.zh ?? '', says);
  });
}

test('webhook does not tell where a redirect leads', () => {
  const verdict = webhook.readAnswer(answerOf(301, '', { location: 'https://secret.test/token' }));
  assert.doesNotMatch(JSON.stringify(verdict), /secret\.test/);
});

test('webhook takes a success whose body broke off', () => {
  assert.equal(webhook.readAnswer({ ...answerOf(200, 'tha'), complete: false }).kind, 'ok');
});
