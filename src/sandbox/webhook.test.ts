import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { type Case, runCases, send, VECTOR_MS, withSandbox } from './testing.ts';

const KEY = Buffer.from('0123456789abcdef0123456789abcdef');
const open = { platform: 'webhook', secret: null } as const;
const signed = { platform: 'webhook', secret: `whsec_${KEY.toString('base64')}` } as const;
const ok = { ok: true };
const body = '{"id":"1","msg_type":"text","msg":"hi"}';
const json = { 'content-type': 'application/json' };

function signature(timestamp: number, id = 'msg_1', text = body) {
  const sign = createHmac('sha256', KEY).update(`${id}.${timestamp}.${text}`).digest('base64');
  return {
    ...json,
    'webhook-id': id,
    'webhook-timestamp': `${timestamp}`,
    'webhook-signature': `v1,${sign}`,
  };
}
const now = VECTOR_MS / 1000;

const cases: readonly Case[] = [
  { name: 'JSON', group: open, headers: json, body, status: 200, answer: ok, shown: ['hi'] },
  {
    name: 'a form',
    group: open,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'id=1&msg=a%26b',
    status: 200,
    answer: ok,
    shown: ['a&b'],
  },
  {
    name: 'GET',
    group: open,
    method: 'GET',
    url: (endpoint) => `${endpoint}?key=1&msg=%E4%BD%A0`,
    status: 200,
    answer: ok,
    shown: ['你'],
  },
  {
    name: 'DELETE below the path',
    group: open,
    method: 'DELETE',
    url: (endpoint) => `${endpoint}/a/b`,
    headers: json,
    body,
    status: 200,
    answer: ok,
    shown: ['hi'],
  },
  {
    name: 'any other body',
    group: open,
    headers: { 'content-type': 'text/plain' },
    body: 'a <b>',
    status: 200,
    answer: ok,
    shown: ['a <b>'],
  },
  { name: 'signed', group: signed, headers: signature(now), body, status: 200, answer: ok, shown: ['hi'] },
  {
    name: 'signed with two keys',
    group: signed,
    headers: { ...signature(now), 'webhook-signature': `v1,x ${signature(now)['webhook-signature']}` },
    body,
    status: 200,
    answer: ok,
    shown: ['hi'],
  },
  {
    name: '300 s late',
    group: signed,
    headers: signature(now - 300),
    body,
    status: 200,
    answer: ok,
    shown: ['hi'],
  },
  {
    name: '301 s late',
    group: signed,
    headers: signature(now - 301),
    body,
    status: 401,
    answer: /timestamp/,
  },
  {
    name: '301 s early',
    group: signed,
    headers: signature(now + 301),
    body,
    status: 401,
    answer: /timestamp/,
  },
  { name: 'not signed', group: signed, headers: json, body, status: 401, answer: /missing/ },
  {
    name: 'another body',
    group: signed,
    headers: signature(now),
    body: `${body} `,
    status: 401,
    answer: /does not match/,
  },
  {
    name: 'an unknown path',
    group: open,
    url: (endpoint) => `${endpoint}x`,
    headers: json,
    body,
    status: 404,
    answer: { error: 'not found' },
  },
];
runCases(cases);

test('webhook: a second request with the same webhook-id is marked as a repeat', () =>
  withSandbox([signed], async ({ url, sandbox }) => {
    for (const id of ['a', 'a', 'b'])
      assert.equal((await send(url, { headers: signature(now, id), body })).status, 200);
    assert.deepEqual(
      sandbox.received()[0]?.arrivals.map(({ verdict }) => verdict),
      ['shown', 'repeat', 'shown'],
    );
  }));
