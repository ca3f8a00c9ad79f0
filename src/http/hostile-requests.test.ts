import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { texts } from '../texts/texts.ts';
import { FAST_TIMINGS, rawExchange, startServer } from './test-support.ts';

// Goal: whatever arrives on the wire gets a JSON refusal that can be read, and is never accepted. Method: raw sockets.

const LIMIT = 1_000;
const HEAD = 'POST /api/text HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
/** For what a busy machine takes long to send. */
const PATIENT = { ...FAST_TIMINGS, requestTimeoutMs: 20_000, headersTimeoutMs: 20_000 };
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const { api } = texts.zh;

/** Checks that a body is one JSON answer with the three fields, and gives them. */
function fieldsOf(body: string): { code: string; msg: string; request_id?: string } {
  const { code, msg, id, ...rest } = JSON.parse(body);
  assert.match(id, /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
  return { code, msg, ...rest };
}

const tooLarge: { name: string; head: string; body: string }[] = [
  { name: 'declared length', head: `Content-Length: 5000000\r\n`, body: ' '.repeat(5_000_000) },
  {
    name: 'declared length, Connection: close',
    head: `Connection: close\r\nContent-Length: 5000000\r\n`,
    body: ' '.repeat(5_000_000),
  },
  { name: 'one byte too many', head: `Content-Length: ${LIMIT + 1}\r\n`, body: ' '.repeat(LIMIT + 1) },
  {
    name: 'chunks',
    head: 'Transfer-Encoding: chunked\r\n',
    body: `${`fff\r\n${' '.repeat(0xfff)}\r\n`.repeat(500)}0\r\n\r\n`,
  },
  {
    name: 'chunks, Connection: close',
    head: 'Connection: close\r\nTransfer-Encoding: chunked\r\n',
    body: `${`fff\r\n${' '.repeat(0xfff)}\r\n`.repeat(500)}0\r\n\r\n`,
  },
];
for (const { name, head, body } of tooLarge) {
  test(`413 can be read after the whole body was sent: ${name}`, async (t) => {
    const { port, accepted } = await startServer(t, { api: { bodyLimitBytes: LIMIT }, timings: PATIENT });
    const answer = await rawExchange(port, (write) => {
      write(`${HEAD}X-Ppt-Request-ID: k\r\n${head}\r\n`);
      write(body);
      // The answer to this one shows that the connection outlived the refusal.
      if (!head.includes('close'))
        write('GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    });
    assert.equal(answer.fault, null);
    assert.equal(answer.status, 413);
    const [first = '', second] = answer.body.split('HTTP/1.1 200 OK');
    assert.deepEqual(fieldsOf(first), {
      code: 'invalid_argument',
      msg: api.bodyTooLarge(LIMIT),
      request_id: 'k',
    });
    assert.equal(second === undefined, head.includes('close'));
    assert.equal(accepted.length, 0);
  });
}

test('a body of exactly the limit is taken', async (t) => {
  const { port, accepted } = await startServer(t, { api: { bodyLimitBytes: LIMIT } });
  const body = `{"msg":"${'x'.repeat(LIMIT - 10)}"}`;
  const answer = await rawExchange(port, (write) =>
    write(`${HEAD}Connection: close\r\nContent-Length: ${LIMIT}\r\n\r\n${body}`),
  );
  assert.equal(answer.status, 200);
  assert.equal(accepted.length, 1);
});

test('an endless body is cut by the request timeout', async (t) => {
  const { port } = await startServer(t, { api: { bodyLimitBytes: LIMIT } });
  let stop = false;
  const startMs = performance.now();
  const answer = await rawExchange(port, async (write) => {
    write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`);
    for (; !stop; await wait(10)) write(`fff\r\n${' '.repeat(0xfff)}\r\n`);
  }).finally(() => {
    stop = true;
  });
  assert.equal(answer.status, 413);
  assert.equal(answer.all.match(/HTTP\/1\.1/g)?.length, 1);
  assert.ok(performance.now() - startMs < FAST_TIMINGS.requestTimeoutMs + 1_500);
});

test('Expect: 100-continue is met only when the body is wanted', async (t) => {
  const { port, accepted } = await startServer(t, { api: { bodyLimitBytes: LIMIT } });
  const refused = await rawExchange(port, (write) =>
    write(`${HEAD}Expect: 100-continue\r\nContent-Length: 5000\r\n\r\n`),
  );
  assert.equal(refused.status, 413);
  assert.doesNotMatch(refused.all, /100 Continue/);
  const foreign = await rawExchange(port, (write) =>
    write(`${HEAD}Origin: null\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\n`),
  );
  assert.equal(foreign.status, 403);

  const wanted = await rawExchange(port, async (write) => {
    write(`${HEAD}Connection: close\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\n`);
    await wait(50);
    write('{"msg":"a"}');
  });
  assert.match(wanted.all, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/);
  assert.equal(accepted.length, 1);
});

const broken: { name: string; send: string; status: number; msg: string }[] = [
  { name: 'no HTTP', send: 'hello\r\n\r\n', status: 400, msg: api.badHttp },
  {
    name: 'two lengths',
    send: `${HEAD}Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}`,
    status: 400,
    msg: api.badHttp,
  },
  {
    name: 'length and chunks',
    send: `${HEAD}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    status: 400,
    msg: api.badHttp,
  },
  {
    name: 'a bad chunk',
    send: `${HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
    status: 400,
    msg: api.badHttp,
  },
  {
    name: 'huge headers',
    send: `${HEAD}X: ${'x'.repeat(100_000)}\r\n\r\n`,
    status: 431,
    msg: api.headersTooLarge,
  },
  {
    name: 'a huge URL',
    send: `GET /${'x'.repeat(100_000)} HTTP/1.1\r\n\r\n`,
    status: 431,
    msg: api.headersTooLarge,
  },
  {
    name: 'slow headers',
    send: 'POST /api/text HTTP/1.1\r\nHost: loc',
    status: 408,
    msg: api.requestTimeout,
  },
  { name: 'silence', send: '', status: 408, msg: api.requestTimeout },
  {
    name: 'two Host lines',
    send: `${HEAD.replace('Content-Type', 'host: example.com\r\nContent-Type')}Content-Length: 11\r\n\r\n{"msg":"a"}`,
    status: 400,
    msg: api.hostRepeated,
  },
  {
    name: 'a tunnel',
    send: 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n',
    status: 404,
    msg: api.notFound,
  },
];
for (const { name, send, status, msg } of broken) {
  test(`${name} gets ${status} as JSON`, async (t) => {
    const { port, accepted } = await startServer(t);
    const answer = await rawExchange(port, (write) => write(send));
    assert.equal(answer.status, status);
    assert.equal(fieldsOf(answer.body).msg, msg);
    assert.match(answer.head, /x-content-type-options: nosniff/);
    assert.equal(accepted.length, 0);
  });
}

test('a slow body gets 408', async (t) => {
  const { port } = await startServer(t);
  const answer = await rawExchange(port, (write) =>
    write(`${HEAD}X-Ppt-Request-ID: slow\r\nContent-Length: 11\r\n\r\n{"msg":`),
  );
  assert.equal(answer.status, 408);
  assert.deepEqual(fieldsOf(answer.body), {
    code: 'invalid_argument',
    msg: api.requestTimeout,
    request_id: 'slow',
  });
});

test('after its 408 a request is not accepted, nor is what follows it', async (t) => {
  const { port, accepted } = await startServer(t);
  // Half open: this caller goes on sending although the server has said its last word.
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  t.after(() => socket.destroy());
  socket.on('error', () => {}).write(`${HEAD}Content-Length: 11\r\n\r\n{"msg":`);
  const [answer] = await once(socket, 'data');
  assert.match(String(answer), /^HTTP\/1\.1 408 /);
  socket.write(`"a"}${HEAD}Content-Length: 11\r\n\r\n{"msg":"b"}`);
  await wait(50);
  assert.equal(accepted.length, 0);
});

test('a good request keeps its answer when garbage follows it', async (t) => {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const { port } = await startServer(t, {
    accept: async () => {
      await released;
      return { kind: 'accepted', messageId: '01ARZ3NDEKTSV4RRFFQ69G5FAV' };
    },
  });
  const answer = await rawExchange(port, async (write) => {
    write(`${HEAD}Content-Length: 11\r\n\r\n{"msg":"a"}garbage\r\n\r\n`);
    await wait(50);
    release();
  });
  assert.equal(answer.status, 200);
  assert.equal(answer.all.match(/HTTP\/1\.1/g)?.length, 1);
});

test('a caller that leaves in the middle of its body disturbs nobody', async (t) => {
  const { port, url, accepted, logLines } = await startServer(t);
  await new Promise<void>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(`${HEAD}Content-Length: 100\r\n\r\n{"msg"`, () => socket.resetAndDestroy());
    });
    socket.on('close', () => resolve());
  });
  await wait(30);
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
  assert.deepEqual([accepted.length, logLines.length], [0, 0]);
});

test('20 odd bodies at once: each gets its own JSON refusal, never a 500', async (t) => {
  const { url, accepted, logLines } = await startServer(t, { timings: PATIENT });
  const deep = '['.repeat(100_000);
  const bodies: [string, Buffer | string][] = [
    ['application/json', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])],
    ['application/json', '{"msg":"\\ud800"}'],
    ['application/json', '{"msg":"a\\u0000"}'],
    ['application/json', `{"msg":${deep}}`],
    ['application/json', `{"msg":${deep}${']'.repeat(100_000)}}`],
    ['application/json', '{"__proto__":{"msg":"a"}}'],
    ['application/json', '{"msg":"a","constructor":{"prototype":{}}}'],
    ['application/json', '{"msg":{"toString":1}}'],
    ['application/json', '\ufeff'],
    ['application/json', `{"msg":"a","to":${JSON.stringify(Array(100_000).fill(1))}}`],
    ['application/json', `{"msg":"${' '.repeat(1_000_000)}"}`],
    ['application/json', `{${'"a":1,'.repeat(100_000)}"b":1}`],
    ['application/x-www-form-urlencoded', 'a&'.repeat(500_000)],
    ['application/x-www-form-urlencoded', '&'.repeat(1_000_000)],
    ['application/x-www-form-urlencoded', 'msg=%ff%fe'],
    ['application/x-www-form-urlencoded', '%'.repeat(1_000_000)],
    ['application/x-www-form-urlencoded', 'msg=a&msg=b'],
    ['multipart/form-data; boundary=x', '--x--'],
    ['text/plain', '{"msg":"a"}'],
    [';;;', '{"msg":"a"}'],
  ];
  const answers = await Promise.all(
    bodies.map(async ([type, body]) => {
      const response = await fetch(`${url}/api/text`, {
        method: 'POST',
        body,
        headers: { 'content-type': type },
      });
      return { status: response.status, code: fieldsOf(await response.text()).code };
    }),
  );
  assert.deepEqual(answers, Array(bodies.length).fill({ status: 400, code: 'invalid_argument' }));
  assert.deepEqual([accepted.length, logLines.length], [0, 0]);
});

test('a compressed body is refused, not inflated', async (t) => {
  const { url } = await startServer(t);
  const response = await fetch(`${url}/api/text`, {
    method: 'POST',
    body: 'x',
    headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
  });
  assert.deepEqual([response.status, fieldsOf(await response.text()).msg], [400, api.contentEncoding]);
});
