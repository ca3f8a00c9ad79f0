import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../core/clock.ts';
import { createPushLog } from '../pushlog/push-log.ts';
import { type LogEntryWithAttempts, type LogQuery, StoreError } from '../store/store.ts';
import { texts } from '../texts/texts.ts';
import { ApiError } from './api-error.ts';
import { CSV_HEADER, csvRows } from './csv.ts';
import { parseExportQuery } from './export-query.ts';
import { messageJson } from './message-json.ts';
import { FAST_TIMINGS, jsonOf, startServer } from './test-support.ts';

// Goal: the whole log as a file, page by page, and nothing in it that a spreadsheet runs. Method: tables; a real server
// and a store double of many pages.

const { api } = texts.zh;
const ID = '01ARZ3NDEKTSV4RRFFQ69G5FAV';

function entryOf(text: string, id = ID): LogEntryWithAttempts {
  const delivery = {
    id: '7',
    channel: 'ops',
    provider: 'webhook',
    status: 'failed',
    resentAtMs: null,
    attemptCount: 2,
    nextAttemptAtMs: null,
    finishedAtMs: 1_500,
    error: { zh: '平台拒绝', en: 'refused, for good' },
    attempts: [],
  } as const;
  return {
    id,
    requestId: 'key',
    msgType: 'text',
    text,
    createdAtMs: 0,
    deliveries: [
      delivery,
      { ...delivery, id: '8', status: 'queued', resentAtMs: 1_000, finishedAtMs: null, error: null },
    ],
  };
}

const good: { query: string; want: object }[] = [
  { query: 'format=csv', want: { format: 'csv', filters: {} } },
  {
    query:
      'q=a&format=ndjson&status=failed&channel=ops&since=1970-01-01T00:00:00Z&until=1970-01-01T00:00:01Z',
    want: {
      format: 'ndjson',
      filters: { text: 'a', status: 'failed', channel: 'ops', sinceMs: 0, untilMs: 1_000 },
    },
  },
];
for (const { query, want } of good) {
  test(`export?${query}`, () => assert.deepEqual(parseExportQuery(`/api/messages/export?${query}`), want));
}

const bad: { query: string; want: string }[] = [
  { query: '', want: api.badFormat('ndjson, csv') },
  { query: 'format=xlsx', want: api.badFormat('ndjson, csv') },
  { query: 'format=csv&limit=1', want: api.unknownParameter('limit', 'format') },
  { query: 'format=csv&q=', want: api.emptyParameter('q') },
];
for (const { query, want } of bad) {
  test(`export?${query} is refused`, () => {
    assert.throws(
      () => parseExportQuery(`/api/messages/export?${query}`),
      (error) => {
        assert.ok(error instanceof ApiError);
        assert.equal(error.pickText(api), want);
        return true;
      },
    );
  });
}

const cells: { text: string; want: string }[] = [
  { text: 'plain', want: 'plain' },
  { text: 'a,b', want: '"a,b"' },
  { text: 'say "hi"', want: '"say ""hi"""' },
  { text: 'two\nlines', want: '"two\nlines"' },
  { text: 'cr\r', want: '"cr\r"' },
  { text: '=1+1', want: "'=1+1" },
  { text: '+8613800000000', want: "'+8613800000000" },
  { text: '-1', want: "'-1" },
  { text: '@SUM(A1)', want: "'@SUM(A1)" },
  { text: '\t=1', want: "'\t=1" },
  { text: '\r=1', want: '"\'\r=1"' },
  { text: '=HYPERLINK("http://x","y")', want: '"\'=HYPERLINK(""http://x"",""y"")"' },
  { text: 'a=1', want: 'a=1' },
  { text: '测试 🙂', want: '测试 🙂' },
];
for (const { text, want } of cells) {
  test(`CSV cell ${JSON.stringify(text)}`, () => {
    const [first, second] = [...csvRows(messageJson(entryOf(text), 'en'))]
      .join('')
      .split(/(?<=")\r\n|(?<=,)\r\n/);
    const head = `${ID},1970-01-01T00:00:00.000Z,key,`;
    assert.equal(first, `${head}${want},ops,webhook,failed,,2,1970-01-01T00:00:01.500Z,"refused, for good"`);
    assert.equal(second, `${head}${want},ops,webhook,queued,1970-01-01T00:00:01.000Z,2,,`);
  });
}

const idOf = (n: number) => `01ARZ3NDEKTSV4RRFFQ6${String(n).padStart(6, '0')}`;

/** A log of so many messages, which keeps what it is asked. */
function logOf(count: number, text = 'x') {
  const queries: LogQuery[] = [];
  const pushLog = createPushLog({
    async listMessages(query) {
      queries.push(query);
      const newest = query.beforeId === undefined ? count : Number(query.beforeId.slice(-6)) - 1;
      const last = Math.max(1, newest - query.limit + 1);
      const ids = Array.from({ length: newest - last + 1 }, (_, n) => idOf(newest - n));
      return { entries: ids.map((id) => entryOf(text, id)), more: last > 1, searchedTo: null };
    },
    getMessage: async () => null,
  });
  return { pushLog, queries };
}

test('NDJSON: every message that matches, page by page, as a file with a date', async (t) => {
  const { pushLog, queries } = logOf(450);
  const clock = { ...systemClock, wallMs: () => Date.UTC(2026, 0, 2, 3, 4, 5, 678) };
  const { url } = await startServer(t, { pushLog, clock });
  const response = await fetch(`${url}/api/messages/export?format=ndjson&channel=ops`);
  const lines = (await response.text()).split('\n');
  assert.deepEqual(
    [response.status, response.headers.get('content-type'), response.headers.get('content-disposition')],
    [200, 'application/x-ndjson; charset=utf-8', 'attachment; filename="postpoint-20260102T030405Z.ndjson"'],
  );
  assert.equal(lines.pop(), '');
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).id),
    Array.from({ length: 450 }, (_, n) => idOf(450 - n)),
  );
  assert.deepEqual(JSON.parse(lines[0] ?? ''), messageJson(entryOf('x', idOf(450)), 'zh'));
  assert.deepEqual(
    queries,
    [undefined, idOf(251), idOf(51)].map((beforeId) => ({
      channel: 'ops',
      limit: 200,
      maxBytes: 262_144,
      ...(beforeId && { beforeId }),
    })),
  );
});

test('CSV: a byte order mark, the names, a row for each delivery, in the language of the caller', async (t) => {
  const { url } = await startServer(t, logOf(1, '测试'));
  const response = await fetch(`${url}/api/messages/export?format=csv`);
  const bytes = Buffer.from(await response.arrayBuffer());
  assert.equal(response.headers.get('content-type'), 'text/csv; charset=utf-8');
  assert.deepEqual([...bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf]);
  const rows = bytes.toString('utf8', 3).split('\r\n');
  assert.deepEqual(
    [rows.length, `${rows[0]}\r\n`, rows[1]],
    [
      4,
      CSV_HEADER,
      `${idOf(1)},1970-01-01T00:00:00.000Z,key,测试,ops,webhook,failed,,2,1970-01-01T00:00:01.500Z,平台拒绝`,
    ],
  );
});

for (const [query, statuses] of [
  ['status=failed', ['failed']],
  ['status=queued&channel=ops', ['queued']],
  ['channel=ops', ['failed', 'queued']],
  ['channel=other', []],
] as const) {
  test(`CSV with ${query}: of a message that matches, the deliveries that do`, async (t) => {
    const { url } = await startServer(t, logOf(1));
    const csv = await (await fetch(`${url}/api/messages/export?format=csv&${query}`)).text();
    const rows = csv.split('\r\n').slice(1, -1);
    assert.deepEqual(
      rows.map((row) => row.split(',')[6]),
      statuses,
    );
    const ndjson = await (await fetch(`${url}/api/messages/export?format=ndjson&${query}`)).text();
    assert.equal(JSON.parse(ndjson).deliveries.length, 2);
  });
}

test('an empty log: an empty file, or one with the names only', async (t) => {
  const { url } = await startServer(t, logOf(0));
  assert.equal(await (await fetch(`${url}/api/messages/export?format=ndjson`)).text(), '');
  assert.equal(await (await fetch(`${url}/api/messages/export?format=csv`)).text(), CSV_HEADER);
});

test('HEAD tells the type, reads one page, and claims no length', async (t) => {
  const { pushLog, queries } = logOf(1_000);
  const { url } = await startServer(t, { pushLog });
  const response = await fetch(`${url}/api/messages/export?format=csv`, { method: 'HEAD' });
  assert.deepEqual(
    [response.status, response.headers.get('content-type'), response.headers.get('content-length')],
    [200, 'text/csv; charset=utf-8', null],
  );
  assert.equal(queries.length, 1);
});

const EXPORT = 'GET /api/messages/export?format=ndjson HTTP/1.1\r\nHost: localhost\r\n\r\n';

/** A client that asks for so many exports on one connection, sees the beginning and reads no more. */
async function openUnread(t: TestContext, port: number, requests = 1): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  t.after(() => socket.destroy());
  socket.on('error', () => undefined);
  socket.write(EXPORT.repeat(requests));
  await new Promise((resolve) => socket.once('data', resolve));
  socket.pause();
  return socket;
}

/** What `look` answers once that is what it is expected to be: the server learns a little later that a client has gone. */
async function eventually<T>(want: T, look: () => T | Promise<T>): Promise<void> {
  let seen = await look();
  for (let tries = 0; seen !== want && tries < 100; tries++) {
    await systemClock.wait(50);
    seen = await look();
  }
  assert.equal(seen, want);
}

/** By a request that gives its place back before its answer is there. */
async function statusOf(url: string): Promise<number> {
  return (await fetch(`${url}/api/messages/export?format=ndjson`, { method: 'HEAD' })).status;
}

test('a client that does not read holds the export back, one that goes away ends it', async (t) => {
  const { pushLog, queries } = logOf(200_000, 'x'.repeat(10_000));
  const { port } = await startServer(t, { pushLog });
  const socket = await openUnread(t, port);
  /** How many pages have been read once no more are. */
  async function settled(): Promise<number> {
    for (let before = -1; before !== queries.length; ) {
      before = queries.length;
      await systemClock.wait(300);
    }
    return queries.length;
  }
  const held = await settled();
  assert.ok(held < 100, `${held} pages of 1,000 for a client that reads none`);
  socket.destroy();
  assert.ok((await settled()) <= held + 2);
});

test('a fault on the way cuts the file short, and the log says why', async (t) => {
  const { pushLog } = logOf(400);
  const { url, logLines } = await startServer(t, {
    pushLog: {
      ...pushLog,
      async *walkMessages() {
        yield [entryOf('x')];
        throw new StoreError('unavailable', 'disk I/O error');
      },
    },
  });
  const response = await fetch(`${url}/api/messages/export?format=ndjson`);
  assert.equal(response.status, 200);
  await assert.rejects(response.text());
  assert.match(logLines.join('\n'), /导出中断 .*disk I\/O error/);
});

const LONG_LOG = { messages: 200_000, text: 'x'.repeat(10_000) };

test('eight exports at a time; the next one is told when to come again, and gets in once one has gone', async (t) => {
  const { pushLog } = logOf(LONG_LOG.messages, LONG_LOG.text);
  const { url, port } = await startServer(t, { pushLog });
  const clients = await Promise.all(Array.from({ length: 8 }, () => openUnread(t, port)));
  for (const [language, lang] of [
    ['zh-CN', 'zh'],
    ['en', 'en'],
  ] as const) {
    const refused = await fetch(`${url}/api/messages/export?format=csv`, {
      headers: { 'accept-language': language },
    });
    const { code, msg } = await jsonOf(refused);
    assert.deepEqual(
      [refused.status, code, msg, refused.headers.get('retry-after')],
      [503, 'unavailable', texts[lang].api.tooManyExports(8), '10'],
    );
  }
  // A mistake in the request is told first, and the rest of the API is not concerned.
  assert.equal((await fetch(`${url}/api/messages/export?format=x`)).status, 400);
  assert.equal((await fetch(`${url}/api/messages?limit=1`)).status, 200);
  clients[3]?.destroy();
  await eventually(200, () => statusOf(url));
});

test('an export that has ended, however it did, leaves its place to others', async (t) => {
  const { pushLog } = logOf(3);
  let isBroken = false;
  const { url } = await startServer(t, {
    pushLog: {
      ...pushLog,
      walkMessages(filters) {
        if (isBroken) throw new StoreError('unavailable', 'disk I/O error');
        return pushLog.walkMessages(filters);
      },
    },
  });
  const path = `${url}/api/messages/export?format=csv`;
  for (let n = 0; n < 10; n++) {
    assert.equal((await (await fetch(path)).text()).split('\r\n').length, 8);
    assert.equal((await fetch(path, { method: 'HEAD' })).status, 200);
    isBroken = true;
    assert.equal((await jsonOf(await fetch(path))).msg, api.unavailableStore);
    isBroken = false;
  }
});

test('exports that wait on one connection for the one before take no place, and go with the connection', async (t) => {
  const { pushLog } = logOf(LONG_LOG.messages, LONG_LOG.text);
  const { url, port } = await startServer(t, { pushLog });
  const clients = [await openUnread(t, port, 20)];
  for (let n = 0; n < 7; n++) clients.push(await openUnread(t, port));
  assert.equal(await statusOf(url), 503);
  for (const client of clients) client.destroy();
  await eventually(200, () => statusOf(url));
  await Promise.all(Array.from({ length: 8 }, () => openUnread(t, port)));
  assert.equal(await statusOf(url), 503);
});

test('exports that were asked for at once on one connection follow each other', async (t) => {
  const { port } = await startServer(t, logOf(3));
  const socket = connect(port, '127.0.0.1');
  t.after(() => socket.destroy());
  let received = '';
  socket.on('data', (data) => {
    received += data.toString('latin1');
  });
  socket.write(EXPORT.repeat(12));
  await eventually(12, () => received.split('HTTP/1.1 200 OK').length - 1);
  await eventually(36, () => received.split('"request_id"').length - 1);
});

test('a client that takes nothing for long is cut off, and the log says why', async (t) => {
  const { pushLog } = logOf(LONG_LOG.messages, LONG_LOG.text);
  const timings = { ...FAST_TIMINGS, exportStallMs: 200 };
  const { url, port, logLines } = await startServer(t, { pushLog, timings });
  await Promise.all(Array.from({ length: 8 }, () => openUnread(t, port)));
  await eventually(200, () => statusOf(url));
  assert.match(logLines.join('\n'), /导出中断 .*the client took nothing for 200 ms/);
});

test('a client that reads slowly, or waits for a slow search, is not cut off', async (t) => {
  const { pushLog } = logOf(4_000, LONG_LOG.text);
  const timings = { ...FAST_TIMINGS, exportStallMs: 400 };
  const { url } = await startServer(t, {
    pushLog: {
      ...pushLog,
      async *walkMessages(filters) {
        let pages = 0;
        for await (const page of pushLog.walkMessages(filters)) {
          if (pages++ === 1) await systemClock.wait(1_500);
          yield page;
        }
      },
    },
    timings,
  });
  const response = await fetch(`${url}/api/messages/export?format=ndjson`);
  let bytes = 0;
  let pauses = 0;
  for await (const chunk of response.body ?? assert.fail('no body')) {
    bytes += chunk.byteLength;
    if (pauses++ < 100) await systemClock.wait(15);
  }
  assert.ok(bytes > 4_000 * LONG_LOG.text.length, `${bytes} bytes`);
});

test('CSV of a long text to a thousand channels is sent row by row', async (t) => {
  const entry = entryOf('x'.repeat(1_000_000));
  const deliveries = Array.from({ length: 1_000 }, () => entry.deliveries[0] ?? assert.fail());
  const { url } = await startServer(t, { entries: [{ ...entry, deliveries }] });
  const response = await fetch(`${url}/api/messages/export?format=csv`);
  assert.equal(response.status, 200);
  let bytes = 0;
  for await (const chunk of response.body ?? assert.fail('no body')) {
    bytes += chunk.byteLength;
    if (bytes > 10_000_000) break;
  }
  assert.ok(bytes > 10_000_000, `${bytes} bytes`);
});
