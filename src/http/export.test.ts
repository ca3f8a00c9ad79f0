import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { systemClock } from '../core/clock.ts';
import { createPushLog } from '../pushlog/push-log.ts';
import { type LogEntryWithAttempts, type LogQuery, StoreError } from '../store/store.ts';
import { texts } from '../texts/texts.ts';
import { ApiError } from './api-error.ts';
import { CSV_HEADER, csvRows } from './csv.ts';
import { parseExportQuery } from './export-query.ts';
import { messageJson } from './message-json.ts';
import { startServer } from './test-support.ts';

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
    const [first, second] = csvRows(messageJson(entryOf(text), 'en')).split(/(?<=")\r\n|(?<=,)\r\n/);
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

test('a client that does not read holds the export back, one that goes away ends it', async (t) => {
  const { pushLog, queries } = logOf(200_000, 'x'.repeat(10_000));
  const { port } = await startServer(t, { pushLog });
  const socket = connect(port, '127.0.0.1');
  socket.write('GET /api/messages/export?format=ndjson HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await new Promise((resolve) => socket.once('data', resolve));
  socket.pause();
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
