import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mattermostBot } from './mattermost_bot.ts';
import { answerOf, endpointOf, PART, readFixture } from './provider-test-kit.ts';

const HOOK = 'https://chat.corp.test/team/hooks/1xqz3n7ykbfd3mh9xp1jz5u6wo';

test('mattermost_bot builds the documented request', () => {
  const { method, url, headers, body } = mattermostBot.buildRequest(
    endpointOf(HOOK),
    { ...PART, text: 'a\n@here' },
    0,
  );
  assert.equal(method, 'POST');
  assert.equal(url, HOOK);
  assert.equal(headers['content-type'], 'application/json');
  assert.deepEqual(JSON.parse(body ?? ''), { text: 'a\n@\u200bhere' });
});

test('mattermost_bot measures code points after escaping', () => {
  assert.equal(mattermostBot.textLimit?.measure('😀*中'), 4);
});

test('mattermost_bot: the longest text stays below the body limit of 128 KiB', () => {
  const max = mattermostBot.textLimit?.max ?? 0;
  for (const char of ['\u0001', '\u0080', '😀', '中']) {
    const { body } = mattermostBot.buildRequest(endpointOf(HOOK), { ...PART, text: char.repeat(max) }, 0);
    assert.ok(Buffer.byteLength(body ?? '') < 100_000);
  }
});

const fixture = (name: string) => readFixture(`mattermost_bot/${name}`);
const cases = [
  { name: 'sent', status: 200, body: fixture('sent.txt'), want: 'ok', code: null },
  { name: 'a login page', status: 200, body: '<html>', want: 'unknown', code: null },
  { name: 'nothing', status: 200, body: '', want: 'unknown', code: null },
  {
    name: 'the rate limit',
    status: 429,
    body: fixture('rate-limited.txt'),
    headers: { 'retry-after': '3', 'x-ratelimit-reset': '10' },
    want: 'rate_limited',
    code: null,
    pauseMs: 3_000,
  },
  {
    name: 'the rate limit by its relative reset',
    status: 429,
    body: fixture('rate-limited.txt'),
    headers: { 'x-ratelimit-reset': '10' },
    want: 'rate_limited',
    code: null,
    pauseMs: 10_000,
  },
  {
    name: 'the rate limit of a proxy',
    status: 429,
    body: '',
    want: 'rate_limited',
    code: null,
    pauseMs: 60_000,
  },
  {
    name: 'an invalid hook',
    status: 400,
    body: fixture('invalid-hook.json'),
    want: 'permanent',
    code: 'web.incoming_webhook.invalid.app_error',
  },
  {
    name: 'the general refusal',
    status: 400,
    body: fixture('general-400.json'),
    want: 'permanent',
    code: 'web.incoming_webhook.general.app_error',
  },
  {
    name: 'the general fault',
    status: 500,
    body: fixture('general-500.json'),
    want: 'transient',
    code: 'web.incoming_webhook.general.app_error',
  },
  {
    name: 'hooks switched off',
    status: 501,
    body: fixture('hooks-disabled.json'),
    want: 'permanent',
    code: 'web.incoming_webhook.disabled.app_error',
    says: /管理员/,
  },
  { name: 'another 501', status: 501, body: '', want: 'transient', code: null },
  {
    name: 'a body too large',
    status: 413,
    body: fixture('body-too-large.json'),
    want: 'permanent',
    code: 'api.context.request_body_too_large.app_error',
  },
  {
    name: 'a missing channel',
    status: 404,
    body: fixture('channel-gone.json'),
    want: 'permanent',
    code: 'app.channel.get.existing.app_error',
    gone: true,
  },
  {
    name: 'a post that was refused',
    status: 500,
    body: fixture('post-refused.json'),
    want: 'transient',
    code: 'api.post.create_webhook_post.creating.app_error',
  },
  {
    name: 'a wrong path',
    status: 404,
    body: fixture('wrong-path.txt'),
    want: 'permanent',
    code: null,
    says: /endpoint\.url/,
  },
  {
    name: 'an unlisted id',
    status: 400,
    body: '{"id":"api.moon.app_error","message":"Full moon at hook 1xqz3n7ykbfd3mh9xp1jz5u6wo"}',
    want: 'permanent',
    code: 'api.moon.app_error',
    says: /^(?!.*1xqz3).*Full moon/,
  },
  { name: 'a restart behind a proxy', status: 502, body: '<html>', want: 'transient', code: null },
];
for (const { name, status, body, headers, want, code, pauseMs, gone, says } of cases) {
  test(`mattermost_bot reads ${name}`, () => {
    const verdict = mattermostBot.readAnswer(answerOf(status, body, headers));
    assert.equal(verdict.kind, want);
    assert.equal(verdict.platformCode, code);
    assert.equal(verdict.pauseMs, pauseMs);
    assert.equal(verdict.endpointGone, gone);
    if (says) assert.match(verdict.error?.zh ?? '', says);
  });
}

test('mattermost_bot: an invalid hook may also be a fault of the server, so it is only suspected', () => {
  const body =
    '{"id":"web.incoming_webhook.invalid.app_error","message":"Invalid webhook.","status_code":400}';
  const verdict = mattermostBot.readAnswer({ httpStatus: 400, headers: {}, body, complete: true });
  assert.deepEqual(
    [verdict.kind, verdict.endpointGone, verdict.endpointSuspect],
    ['permanent', undefined, true],
  );
});
