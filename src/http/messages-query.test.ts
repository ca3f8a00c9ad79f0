import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeCursor } from '../pushlog/cursor.ts';
import { texts } from '../texts/texts.ts';
import { ApiError } from './api-error.ts';
import { createKnownPaths } from './known-paths.ts';
import { parseMessagesQuery } from './messages-query.ts';
import { parseRfc3339 } from './rfc3339.ts';

// Goal: the query string becomes a log query, and each bad value is named. Method: tables.

const ID = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
const good: { target: string; want: object }[] = [
  { target: '/api/messages', want: { limit: 50 } },
  { target: '/api/messages?', want: { limit: 50 } },
  {
    target: '/api/messages?limit=200&channel=ops&status=failed',
    want: { limit: 200, channel: 'ops', status: 'failed' },
  },
  { target: `/api/messages?limit=1&cursor=${encodeCursor(ID)}`, want: { limit: 1, beforeId: ID } },
  { target: '/api/messages?q=%E5%91%8A%E8%AD%A6%20%25', want: { limit: 50, text: '告警 %' } },
  {
    target: '/api/messages?since=2026-01-02T03:04:05Z&until=2026-01-02T03:04:05.5%2B08:00',
    want: { limit: 50, sinceMs: Date.UTC(2026, 0, 2, 3, 4, 5), untilMs: Date.UTC(2026, 0, 1, 19, 4, 5, 500) },
  },
];
for (const { target, want } of good) {
  test(`query ${target}`, () => assert.deepEqual(parseMessagesQuery(target), want));
}

const bad: { query: string; named: string }[] = [
  { query: 'limit=0', named: 'limit' },
  { query: 'limit=201', named: 'limit' },
  { query: 'limit=1e2', named: 'limit' },
  { query: 'limit=', named: 'limit' },
  { query: 'limit=5&limit=6', named: 'limit' },
  { query: 'cursor=x', named: 'cursor' },
  { query: `cursor=${encodeCursor(ID)}=`, named: 'cursor' },
  { query: 'status=done', named: 'status' },
  { query: 'status=', named: 'status' },
  { query: 'channel=', named: 'channel' },
  { query: 'q=', named: 'q' },
  { query: 'q=%00', named: 'q' },
  { query: 'q=%ff', named: 'q' },
  { query: 'since=yesterday', named: 'since' },
  { query: 'until=2026-01-02T03:04:05+08:00', named: 'until' },
  { query: 'offset=3', named: 'offset' },
  { query: '__proto__=3', named: '__proto__' },
];
for (const { query, named } of bad) {
  test(`query ${query} is refused by name`, () => {
    assert.throws(
      () => parseMessagesQuery(`/api/messages?${query}`),
      (error) => error instanceof ApiError && error.pickText(texts.en.api).includes(named),
    );
  });
}

const times: { text: string; want: number | null }[] = [
  { text: '1970-01-01T00:00:00Z', want: 0 },
  { text: '1970-01-01t00:00:00.001z', want: 1 },
  { text: '1970-01-01T00:00:00.0001Z', want: 1 },
  { text: '1970-01-01T08:00:00+08:00', want: 0 },
  { text: '1969-12-31T19:00:00-05:00', want: 0 },
  { text: '2024-02-29T00:00:00Z', want: Date.UTC(2024, 1, 29) },
  { text: '2016-12-31T23:59:60Z', want: Date.UTC(2017, 0, 1) },
  { text: '0001-01-01T00:00:00Z', want: -62_135_596_800_000 },
  { text: '2023-02-29T00:00:00Z', want: null },
  { text: '2026-13-01T00:00:00Z', want: null },
  { text: '2026-01-01T24:00:00Z', want: null },
  { text: '2026-01-01T00:00:00', want: null },
  { text: '2026-01-01 00:00:00Z', want: null },
  { text: '2026-01-01', want: null },
  { text: '2026-01-01T00:00:00+0800', want: null },
  { text: '2026-01-01T00:00:00Z\n', want: null },
];
for (const { text, want } of times) {
  test(`time ${JSON.stringify(text)}`, () => assert.equal(parseRfc3339(text), want));
}

test('known paths are found in every spelling of a target', () => {
  const paths = createKnownPaths();
  paths.add('/api/messages/:id', ['GET', 'HEAD']);
  paths.add('/a.b', ['POST']);
  const targets = [
    '/api/messages/x?y=1',
    '/api/m%65ssages/x',
    'http://host/api/messages/x',
    '/api/messages/x#y',
  ];
  for (const target of targets) assert.equal(paths.allowFor(target), 'GET, HEAD');
  assert.equal(paths.allowFor('/a.b'), 'POST');
  for (const target of ['/axb', '/api/messages/', '/api/messages/x/y', '*', '/%'])
    assert.equal(paths.allowFor(target), null);
});
