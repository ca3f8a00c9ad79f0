import assert from 'node:assert/strict';
import { test } from 'node:test';
import { texts } from '../texts/texts.ts';
import { ApiError } from './api-error.ts';
import { parseResendBody } from './resend-body.ts';
import { type AnswerFields, startServer } from './test-support.ts';

// Goal: what a resend may ask for, and what it is told. Method: tables; a real server whose `resend` keeps what it is
// asked.

const ID = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
const { api } = texts.zh;

const good: { body: string; want: readonly string[] | null }[] = [
  { body: '', want: null },
  { body: '{}', want: null },
  { body: '\ufeff{}', want: null },
  { body: '{"channels":["a","b","a"]}', want: ['a', 'b'] },
];
for (const { body, want } of good) {
  test(`resend body ${JSON.stringify(body)}`, () =>
    assert.deepEqual(parseResendBody(Buffer.from(body)), want));
}

const bad: { body: string; want: string }[] = [
  { body: ' ', want: api.notJson },
  { body: '[]', want: api.notJsonObject },
  { body: 'null', want: api.notJsonObject },
  { body: '{"channels":[]}', want: api.channelsEmpty },
  { body: '{"channels":"a"}', want: api.channelsWrongType },
  { body: '{"channels":["a",1]}', want: api.channelsWrongType },
  { body: '{"channels":null}', want: api.channelsWrongType },
  { body: '{"channel":["a"]}', want: api.unknownField('channel', 'channels') },
  { body: '{"__proto__":["a"]}', want: api.unknownField('__proto__', 'channels') },
];
for (const { body, want } of bad) {
  test(`resend body ${body} is refused`, () => {
    assert.throws(
      () => parseResendBody(Buffer.from(body)),
      (error) => error instanceof ApiError && error.pickText(api) === want,
    );
  });
}

const resendAt = (url: string, init: RequestInit = {}) =>
  fetch(`${url}/api/messages/${ID}/resend`, { method: 'POST', ...init });
const json = (body: string): RequestInit => ({ body, headers: { 'content-type': 'application/json' } });

test('new deliveries are answered as the log shows them; without a body the failed ones are meant', async (t) => {
  const { url, resent } = await startServer(t);
  const response = await resendAt(url, { headers: { 'x-ppt-request-id': 'k' } });
  const { id, ...answer } = (await response.json()) as AnswerFields & { deliveries: unknown };
  assert.equal(response.status, 200);
  assert.notEqual(id, ID);
  assert.deepEqual(answer, {
    code: 'ok',
    msg: 'success',
    request_id: 'k',
    deliveries: [
      {
        id: '8',
        channel: 'ops',
        provider: 'feishu_bot',
        status: 'queued',
        resent_at: null,
        attempt_count: 0,
        next_attempt_at: null,
        finished_at: null,
        error: null,
      },
    ],
  });
  assert.equal((await resendAt(url, json('{"channels":["ops"]}'))).status, 200);
  assert.equal((await resendAt(url, json(''))).status, 200);
  assert.deepEqual(resent, [
    { messageId: ID, channels: null },
    { messageId: ID, channels: ['ops'] },
    { messageId: ID, channels: null },
  ]);
});

const refusals: { name: string; init: RequestInit; status: number; code: string; want: string }[] = [
  {
    name: 'an unknown message',
    init: json('{"channels":["no message"]}'),
    status: 404,
    code: 'not_found',
    want: api.messageNotFound,
  },
  {
    name: 'an unknown channel',
    init: json('{"channels":["nobody"]}'),
    status: 400,
    code: 'invalid_argument',
    want: api.channelUnknown('nobody'),
  },
  {
    name: 'nothing failed',
    init: json('{"channels":["not failed"]}'),
    status: 400,
    code: 'invalid_argument',
    want: api.nothingFailed,
  },
  {
    name: 'a store that is busy',
    init: json('{"channels":["busy"]}'),
    status: 503,
    code: 'unavailable',
    want: api.unavailableOverloaded,
  },
  {
    name: 'a form',
    init: { body: new URLSearchParams({ channels: 'ops' }) },
    status: 400,
    code: 'invalid_argument',
    want: api.contentTypeJson,
  },
];
for (const { name, init, status, code, want } of refusals) {
  test(`resend: ${name} is ${status}`, async (t) => {
    const { url } = await startServer(t);
    const response = await resendAt(url, init);
    const answer = (await response.json()) as AnswerFields;
    assert.deepEqual([response.status, answer.code, answer.msg], [status, code, want]);
  });
}
