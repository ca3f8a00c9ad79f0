import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  apiParameters,
  type Filters,
  filtersOf,
  hasFilters,
  logUrl,
  messageIdOf,
  NO_FILTERS,
  takesNewMessages,
} from './filters.ts';

const cases: { name: string; filters: Partial<Filters>; url: string }[] = [
  { name: 'nothing', filters: {}, url: '/log' },
  {
    name: 'a text in Chinese with marks of its own',
    filters: { text: '磁盘 & 100%?' },
    url: '/log?q=%E7%A3%81%E7%9B%98+%26+100%25%3F',
  },
  {
    name: 'status and channel',
    filters: { status: 'failed', channel: 'ops-alert' },
    url: '/log?status=failed&channel=ops-alert',
  },
  { name: 'a period', filters: { period: '7d' }, url: '/log?time=7d' },
  {
    name: 'a range',
    filters: { since: '2026-11-01T00:00:00.000Z', until: '2026-11-02T00:00:00.000Z' },
    url: '/log?since=2026-11-01T00%3A00%3A00.000Z&until=2026-11-02T00%3A00%3A00.000Z',
  },
];
for (const { name, filters, url } of cases) {
  const whole = { ...NO_FILTERS, ...filters };
  test(`${name}: filters to address and back`, () => {
    assert.equal(logUrl(whole), url);
    assert.deepEqual(filtersOf(url.slice('/log'.length)), whole);
    assert.equal(hasFilters(whole), url !== '/log');
  });
}

test('what makes no sense is left out', () => {
  const search = '?status=lost&time=5y&since=yesterday&channel=&q=&unknown=1';
  assert.deepEqual(filtersOf(search), NO_FILTERS);
});

test('a period and a range exclude each other', () => {
  const { period, since } = filtersOf('?time=1h&since=2026-11-01T00:00:00Z');
  assert.deepEqual({ period, since }, { period: '1h', since: null });
});

test('one message has its place beside the filters', () => {
  const url = logUrl({ ...NO_FILTERS, status: 'failed' }, '01JD');
  assert.equal(url, '/log?status=failed&message=01JD');
  assert.equal(messageIdOf('?status=failed&message=01JD'), '01JD');
  assert.equal(messageIdOf('?message='), null);
});

test('a period counts from now', () => {
  const nowMs = Date.parse('2026-11-26T12:00:00Z');
  const parameters = apiParameters({ ...NO_FILTERS, period: '24h', status: 'queued', text: '磁盘' }, nowMs);
  assert.deepEqual(Object.fromEntries(parameters), {
    q: '磁盘',
    status: 'queued',
    since: '2026-11-25T12:00:00.000Z',
  });
});

test('a range that has ended takes no new message', () => {
  const nowMs = Date.parse('2026-11-26T12:00:00Z');
  const until = (text: string | null) => takesNewMessages({ ...NO_FILTERS, until: text }, nowMs);
  assert.deepEqual(
    [until(null), until('2026-11-26T12:00:01Z'), until('2026-11-26T12:00:00Z')],
    [true, true, false],
  );
});
