import assert from 'node:assert/strict';
import { type IncomingMessage, request } from 'node:http';
import { test } from 'node:test';
import { Secret } from '../core/secret.ts';
import { StoreError } from '../store/store.ts';
import { texts } from '../texts/texts.ts';
import { jsonOf, rawExchange, STOPPED_CHANNEL, startServer } from './test-support.ts';

// Goal: each code of the contract's table, its shape and headers, over a real socket. Method: one server per rule.

const JSON_HEADERS = { 'content-type': 'application/json' };
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

const post = (url: string, body: string, headers: Record<string, string> = {}, path = '/api/text') =>
  fetch(`${url}${path}`, { method: 'POST', body, headers: { ...JSON_HEADERS, ...headers } });

test('JSON and form are accepted with the id of the message', async (t) => {
  const { url, accepted } = await startServer(t);
  const json = await post(url, '{"msg":"测试","to":["ops"]}', { 'x-ppt-request-id': 'key "1"' });
  const answer = await jsonOf(json);
  assert.equal(json.status, 200);
  assert.match(answer.id, ULID);
  assert.deepEqual(answer, { code: 'ok', msg: 'success', id: answer.id, request_id: 'key "1"' });

  const form = await post(url, 'msg=测试', {
    'content-type': 'application/x-www-form-urlencoded',
    'x-ppt-request-id': '',
  });
  const second = await jsonOf(form);
  assert.deepEqual(second, { code: 'ok', msg: 'success', id: second.id });
  assert.notEqual(second.id, answer.id);
  assert.deepEqual(accepted, [
    { text: '测试', to: ['ops'], requestId: 'key "1"' },
    { text: '测试', to: null, requestId: null },
  ]);
});

test('the exact sentence for a missing msg, in the language that is asked for', async (t) => {
  const { url } = await startServer(t);
  const zh = await post(url, '{}', { 'x-ppt-request-id': 'k' });
  const answer = await jsonOf(zh);
  assert.equal(zh.status, 400);
  assert.deepEqual(answer, { code: 'invalid_argument', msg: 'msg 是必填项', id: answer.id, request_id: 'k' });
  assert.match(answer.id, ULID);
  const en = await post(url, '{}', { 'accept-language': 'en-GB,zh;q=0.5' });
  assert.equal((await jsonOf(en)).msg, 'msg is required');
});

const requestIds: { name: string; lines: string; status: number; echoed: string | undefined }[] = [
  {
    name: '255 characters',
    lines: `X-Ppt-Request-ID: ${'x'.repeat(255)}`,
    status: 200,
    echoed: 'x'.repeat(255),
  },
  {
    name: '256 characters',
    lines: `X-Ppt-Request-ID: ${'x'.repeat(256)}`,
    status: 400,
    echoed: 'x'.repeat(256),
  },
  { name: 'blanks around it', lines: 'X-Ppt-Request-ID:   a b  ', status: 200, echoed: 'a b' },
  { name: 'empty', lines: 'X-Ppt-Request-ID: ', status: 200, echoed: undefined },
  { name: 'non-ASCII', lines: 'X-Ppt-Request-ID: 键', status: 400, echoed: '键' },
  { name: 'a tab inside', lines: 'X-Ppt-Request-ID: a\tb', status: 400, echoed: 'a\tb' },
  { name: 'repeated', lines: 'X-Ppt-Request-ID: a\r\nx-ppt-request-id: a', status: 400, echoed: 'a, a' },
];
for (const { name, lines, status, echoed } of requestIds) {
  test(`request id: ${name}`, async (t) => {
    const { port } = await startServer(t);
    const answer = await rawExchange(port, (write) =>
      write(
        `POST /api/text HTTP/1.1\r\nHost: localhost\r\n${lines}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{"msg":"a"}`,
      ),
    );
    assert.equal(answer.status, status);
    assert.equal(JSON.parse(answer.body).request_id, echoed);
  });
}

test('what accept says becomes the answer', async (t) => {
  const answers = [
    { kind: 'unknown_recipient', word: 'nobody', nearest: null },
    { kind: 'unavailable', why: 'stopping' },
    { kind: 'unavailable', why: 'overloaded' },
    { kind: 'unavailable', why: 'store' },
  ] as const;
  const left = [...answers];
  const { url } = await startServer(t, {
    accept: async () => left.shift() ?? { kind: 'accepted', messageId: 'x' },
  });
  const seen: unknown[] = [];
  for (const _ of answers) {
    const response = await post(url, '{"msg":"a"}');
    const { code, msg } = await jsonOf(response);
    seen.push([response.status, code, msg]);
  }
  const { api } = texts.zh;
  assert.deepEqual(seen, [
    [400, 'invalid_argument', api.toUnknown('nobody', null)],
    [503, 'unavailable', api.unavailableStopping],
    [503, 'unavailable', api.unavailableOverloaded],
    [503, 'unavailable', api.unavailableStore],
  ]);
});

test('a fault leaks nothing; its cause is in the log under the same id', async (t) => {
  const fails = () => Promise.reject(new Error('cannot open /home/me/data.db'));
  const { url, logLines } = await startServer(t, { accept: fails });
  const response = await post(url, '{"msg":"a"}');
  const text = await response.text();
  assert.equal(response.status, 500);
  const { id, ...rest } = JSON.parse(text);
  assert.deepEqual(rest, { code: 'internal', msg: texts.zh.api.internal });
  assert.equal(logLines.length, 1);
  assert.match(logLines[0] ?? '', new RegExp(`${id}.*cannot open /home/me/data.db`));
});

test('a search that stopped early says how far back it looked', async (t) => {
  const searchedUntilMs = Date.UTC(2026, 0, 2, 3, 4, 5, 6);
  const listMessages = async () => ({ entries: [], nextCursor: 'on', searchedUntilMs });
  const pushLog = { listMessages, getMessage: async () => null, async *walkMessages() {} };
  const { url } = await startServer(t, { pushLog });
  const answer = await (await fetch(`${url}/api/messages?q=x`)).text();
  const { next_cursor, searched_until } = JSON.parse(answer);
  assert.deepEqual([next_cursor, searched_until], ['on', '2026-01-02T03:04:05.006Z']);
});

/** A push log whose store answers nothing but this error. */
function failingLog(error: StoreError) {
  const fails = () => Promise.reject(error);
  async function* walkMessages() {
    yield await fails();
  }
  return { listMessages: fails, getMessage: fails, walkMessages };
}

test('a store that cannot read is 503, not 500', async (t) => {
  const error = new StoreError('unavailable', 'disk I/O error');
  const { url } = await startServer(t, {
    pushLog: failingLog(error),
    countDeliveries: () => Promise.reject(error),
  });
  for (const path of ['/api/messages', '/api/messages/export?format=csv', '/api/stats']) {
    const response = await fetch(`${url}${path}`);
    const text = await response.text();
    assert.equal(response.status, 503, path);
    assert.equal(text.includes('disk'), false);
    assert.equal(response.headers.get('content-disposition'), null);
  }
});

test('a log that too many ask is overloaded: the store itself is well', async (t) => {
  const { url } = await startServer(t, { pushLog: failingLog(new StoreError('overloaded', 'too many')) });
  const response = await fetch(`${url}/api/messages`, { headers: { 'accept-language': 'en' } });
  assert.equal(response.status, 503);
  assert.equal(((await response.json()) as { msg: string }).msg, texts.en.api.unavailableOverloaded);
});

const missing: { method: string; path: string; status: number; allow: string | null }[] = [
  { method: 'GET', path: '/nope', status: 404, allow: null },
  { method: 'POST', path: '/api/nope', status: 404, allow: null },
  { method: 'POST', path: '/api/text/', status: 404, allow: null },
  { method: 'GET', path: '/api', status: 404, allow: null },
  { method: 'GET', path: `/api/messages/${'x'.repeat(300)}`, status: 404, allow: null },
  { method: 'GET', path: '/api/messages/01ARZ3NDEKTSV4RRFFQ69G5FAV', status: 404, allow: null },
  { method: 'GET', path: '/swagger/../../package.json', status: 404, allow: null },
  { method: 'GET', path: '/swagger/%2e%2e/package.json', status: 404, allow: null },
  { method: 'GET', path: '/%zz', status: 400, allow: null },
  { method: 'GET', path: '/api/text', status: 405, allow: 'POST' },
  { method: 'OPTIONS', path: '/api/text', status: 405, allow: 'POST' },
  { method: 'PROPFIND', path: '/api/text', status: 405, allow: 'POST' },
  { method: 'DELETE', path: '/api/messages/x', status: 405, allow: 'GET, HEAD' },
  { method: 'POST', path: '/api/messages', status: 405, allow: 'GET, HEAD' },
  { method: 'GET', path: '/api/messages/x/resend', status: 405, allow: 'POST' },
  { method: 'POST', path: '/api/messages/export', status: 405, allow: 'GET, HEAD' },
  { method: 'GET', path: '/api/preview', status: 405, allow: 'POST' },
  { method: 'POST', path: '/api/stats', status: 405, allow: 'GET, HEAD' },
  { method: 'POST', path: '/api/events', status: 405, allow: 'GET, HEAD' },
  { method: 'POST', path: '/healthz', status: 405, allow: 'GET, HEAD' },
  { method: 'PUT', path: '/swagger/openapi.yaml', status: 405, allow: 'GET, HEAD' },
];
for (const { method, path, status, allow } of missing) {
  test(`${method} ${path.slice(0, 40)} is ${status}`, async (t) => {
    const { url } = await startServer(t);
    const response = await fetch(`${url}${path}`, { method });
    const { code, msg, id } = await jsonOf(response);
    assert.deepEqual([response.status, response.headers.get('allow')], [status, allow]);
    assert.equal(code, { 400: 'invalid_argument', 404: 'not_found', 405: 'method_not_allowed' }[status]);
    assert.match(id, ULID);
    assert.equal(typeof msg, 'string');
  });
}

test('required headers guard everything under /api/, in every spelling, and nothing else', async (t) => {
  const headers = [
    { name: 'X-Token', value: new Secret('abc') },
    { name: 'X-Team', value: new Secret('ops') },
  ];
  const { url, port, accepted } = await startServer(t, { api: { headers } });
  const good = { 'x-token': 'abc', 'x-team': 'ops' };
  assert.equal((await post(url, '{"msg":"a"}', good)).status, 200);
  // With secret headers, Host and Origin no longer matter.
  assert.equal((await post(url, '{"msg":"a"}', { ...good, origin: 'https://evil.example' })).status, 200);
  assert.equal(accepted.length, 2);

  const bodies = new Set<string>();
  const refused = async (method: string, path: string, given: Record<string, string>) => {
    const answer = await rawExchange(port, (write) => {
      const lines = Object.entries(given).map(([name, value]) => `${name}: ${value}\r\n`);
      write(`${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${lines.join('')}\r\n`);
    });
    assert.equal(answer.status, 401, `${method} ${path}`);
    bodies.add(answer.body.replace(JSON.parse(answer.body).id, ''));
  };
  for (const given of [
    {},
    { 'x-token': 'abc' },
    { 'x-token': 'abd', 'x-team': 'ops' },
    { 'x-token': 'abc', 'x-team': 'op' },
  ])
    await refused('POST', '/api/text', given);
  for (const path of [
    '/api',
    '/api/',
    '/api/nope',
    '/api/messages',
    '/api/messages/x',
    '/api/messages/export',
    '/api/stats',
    '/api/events',
    '/api/%zz',
    `/api/messages/${'x'.repeat(300)}`,
  ])
    await refused('GET', path, {});
  for (const path of ['/%61pi/text', '/api/%74ext', 'http://x/api/text', '/api/text?x', '/api/text#x'])
    await refused('POST', path, {});
  await refused('PROPFIND', '/api/text', {});
  assert.equal(bodies.size, 1);

  for (const path of ['/healthz', '/readyz', '/metrics', '/swagger/', '/swagger/openapi.yaml'])
    assert.equal((await fetch(`${url}${path}`)).status, 200, path);
});

test('without required headers, foreign hosts and pages are refused', async (t) => {
  const { port, accepted } = await startServer(t, { api: { allowedHosts: ['pp.corp'] } });
  const status = async (head: string) => {
    const body = '{"msg":"a"}';
    const tail = `Content-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;
    return (await rawExchange(port, (write) => write(`${head}\r\n${tail}`))).status;
  };
  assert.equal(await status('POST /api/text HTTP/1.1\r\nHost: pp.corp:39270'), 200);
  assert.equal(await status('POST /api/text HTTP/1.1\r\nHost: evil.example'), 403);
  assert.equal(await status('POST /%61pi/text HTTP/1.1\r\nHost: evil.example'), 403);
  assert.equal(await status('GET /api/messages HTTP/1.1\r\nHost: evil.example'), 403);
  assert.equal(await status('POST /api/text HTTP/1.1\r\nHost: localhost\r\nOrigin: null'), 403);
  assert.equal(await status('POST /api/text HTTP/1.0'), 403);
  assert.equal(await status('POST /api/text HTTP/1.1'), 400);
  assert.equal(await status('GET /healthz HTTP/1.1\r\nHost: evil.example'), 200);
  assert.equal(accepted.length, 1);
});

test('over the rate: 429 with Retry-After, for POST only', async (t) => {
  const { url } = await startServer(t, { api: { maxRequestsPerSecond: 2 } });
  const statuses = [];
  for (let i = 0; i < 3; i++) {
    const response = await post(url, '{"msg":"a"}');
    statuses.push([response.status, (await jsonOf(response)).code, response.headers.get('retry-after')]);
  }
  assert.deepEqual(statuses, [
    [200, 'ok', null],
    [200, 'ok', null],
    [429, 'resource_exhausted', '1'],
  ]);
  assert.equal((await fetch(`${url}/api/messages`)).status, 200);
});

test('health, redirects and metrics', async (t) => {
  let ready = true;
  const { url } = await startServer(t, { isReady: () => ready });
  assert.equal((await fetch(`${url}/readyz`)).status, 200);
  ready = false;
  const notReady = await fetch(`${url}/readyz`);
  assert.deepEqual([notReady.status, (await jsonOf(notReady)).code], [503, 'unavailable']);
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
  const head = await fetch(`${url}/healthz`, { method: 'HEAD' });
  assert.deepEqual([head.status, await head.text()], [200, '']);

  const root = await fetch(`${url}/`, { redirect: 'manual' });
  assert.deepEqual([root.status, root.headers.get('location')], [302, '/log']);

  const metrics = await (await fetch(`${url}/metrics`)).text();
  assert.match(metrics, /^postpoint_open_deliveries\{channel="ops"\} 3$/m);
  const states = metrics.split('\n').filter((line) => line.startsWith('postpoint_channel_state{'));
  assert.deepEqual(
    states,
    ['active"} 0', 'paused"} 0', 'stopped"} 1'].map(
      (end) => `postpoint_channel_state{channel="${STOPPED_CHANNEL.name}",state="${end}`,
    ),
  );
  assert.match(metrics, /^postpoint_ready 0$/m);
  assert.match(metrics, /^process_cpu_seconds_total /m);
});

test('a service that speaks English does so with callers that ask for no language', async (t) => {
  const { url, port } = await startServer(t, { lang: 'en' });
  const notFound = (await (await fetch(`${url}/api/nope`)).json()) as { msg: string };
  assert.equal(notFound.msg, texts.en.api.notFound);
  const channels = (await (await fetch(`${url}/api/channels`)).json()) as { items: { reason: string }[] };
  assert.equal(channels.items[0]?.reason, STOPPED_CHANNEL.reason?.en);
  const yaml = await (await fetch(`${url}/swagger/openapi.yaml`)).text();
  assert.ok(yaml.includes(texts.en.api.docs.exportMessages));
  for (const [send, msg] of [
    ['garbage\r\n\r\n', texts.en.api.badHttp],
    ['CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n', texts.en.api.notFound],
  ] as const) {
    const { body } = await rawExchange(port, (write) => write(send));
    assert.equal(JSON.parse(body).msg, msg);
  }
  const chinese = await fetch(`${url}/api/nope`, { headers: { 'accept-language': 'zh' } });
  assert.equal(((await chinese.json()) as { msg: string }).msg, texts.zh.api.notFound);
});

test('metrics survive a store that cannot count', async (t) => {
  const { url, logLines } = await startServer(t, { countOpen: () => Promise.reject(new Error('closed')) });
  const response = await fetch(`${url}/metrics`);
  assert.equal(response.status, 200);
  assert.doesNotMatch(await response.text(), /^postpoint_open_deliveries\{/m);
  assert.equal(logLines.length, 1);
});

test('metrics do not wait for a disk that holds up the store', async (t) => {
  const { url, logLines } = await startServer(t, {
    channels: {
      list: async () => [],
      listStates: () => new Promise(() => undefined),
      resume: async () => false,
    },
  });
  const metrics = await (await fetch(`${url}/metrics`)).text();
  assert.match(metrics, /^postpoint_open_deliveries\{channel="ops"\} 3$/m);
  assert.doesNotMatch(metrics, /^postpoint_channel_state\{/m);
  assert.equal(logLines.length, 1);
});

test('every answer carries the security headers and names no software', async (t) => {
  const { url } = await startServer(t);
  const paths = [
    '/',
    '/healthz',
    '/metrics',
    '/nope',
    '/%zz',
    '/api/messages',
    '/api/nope',
    '/api/%zz',
    '/swagger/',
    '/swagger/start.js',
    '/swagger/openapi.yaml',
  ];
  for (const path of paths) {
    const { headers } = await fetch(`${url}${path}`, { redirect: 'manual' });
    assert.equal(headers.get('x-content-type-options'), 'nosniff', path);
    assert.equal(headers.get('referrer-policy'), 'no-referrer', path);
    assert.match(
      headers.get('content-security-policy') ?? '',
      /^default-src 'none'.*frame-ancestors 'none'/,
      path,
    );
    for (const name of ['server', 'x-powered-by']) assert.equal(headers.get(name), null, path);
    if (path.startsWith('/api/m') || path.startsWith('/api/n'))
      assert.equal(headers.get('cache-control'), 'no-store', path);
  }
});

test('Swagger UI loads nothing that its policy forbids', async (t) => {
  const { url } = await startServer(t);
  const page = await fetch(`${url}/swagger/`);
  const html = await page.text();
  assert.doesNotMatch(page.headers.get('content-security-policy') ?? '', /unsafe|https?:/);
  assert.doesNotMatch(html, /<script>|<style|style=|https?:/);
  const links = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
  assert.equal(links.length, 4);
  for (const link of links) {
    const response = await fetch(`${url}/swagger/${link}`);
    assert.equal(response.status, 200, link);
    assert.ok((await response.arrayBuffer()).byteLength > 50, link);
  }
});

test('a port that is taken rejects with its code, and nothing stays open', async (t) => {
  const first = await startServer(t);
  const second = await startServer(t);
  await assert.rejects(second.server.listen({ host: '127.0.0.1', port: first.port }), { code: 'EADDRINUSE' });
});

test('localhost means both loopback addresses on one port', async (t) => {
  const { server } = await startServer(t);
  const addresses = await server.listen({ host: 'localhost', port: 0 });
  assert.equal(addresses[0]?.address, '127.0.0.1');
  assert.equal(new Set(addresses.map(({ port }) => port)).size, 1);
  for (const { address, family, port } of addresses) {
    const host = family === 'IPv6' ? `[${address}]` : address;
    assert.equal((await fetch(`http://${host}:${port}/healthz`)).status, 200);
  }
});

test('close lets running requests finish and ends idle connections', async (t) => {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const { promise: entered, resolve: enter } = Promise.withResolvers<void>();
  const { server, url, port } = await startServer(t, {
    accept: async () => {
      enter();
      await released;
      return { kind: 'accepted', messageId: '01ARZ3NDEKTSV4RRFFQ69G5FAV' };
    },
  });
  await (await fetch(`${url}/healthz`)).text();
  const running = post(url, '{"msg":"a"}');
  await entered;
  let closed = false;
  const closing = server.close().then(() => {
    closed = true;
  });
  // Whoever is knocking in this moment may still come in, and sees the door close.
  while ((await rawExchange(port, () => {})).fault !== 'ECONNREFUSED');
  assert.equal(closed, false);
  release();
  assert.equal((await running).status, 200);
  await closing;
});

test('a request on an open connection while closing gets 503', async (t) => {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const { server, port } = await startServer(t, {
    accept: async () => {
      void server.close();
      await released;
      return { kind: 'accepted', messageId: '01ARZ3NDEKTSV4RRFFQ69G5FAV' };
    },
  });
  const one =
    'POST /api/text HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{"msg":"a"}';
  const { all } = await rawExchange(port, async (write) => {
    write(one);
    await new Promise((resolve) => setTimeout(resolve, 50));
    write(one);
    await new Promise((resolve) => setTimeout(resolve, 50));
    release();
  });
  assert.deepEqual(all.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 200', 'HTTP/1.1 503']);
  assert.match(all, /503[^{]*connection: close/);
});

test('who has connected before the listener closes gets an answer, whether taken in or not', async (t) => {
  const { server, port } = await startServer(t);
  let connected = 0;
  const knocks = Array.from({ length: 20 }, () =>
    rawExchange(port, (write) => {
      // The system has made them all by now; the server takes in one in each turn of the loop.
      if (++connected === 1) void server.close();
      write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
    }),
  );
  for (const { status, fault } of await Promise.all(knocks)) {
    assert.deepEqual({ status, fault }, { status: 200, fault: null });
  }
});

test('keep-alive serves many requests on one connection', async (t) => {
  const { port } = await startServer(t);
  const localPorts = new Set<number | undefined>();
  const statuses = await new Promise<(number | undefined)[]>((resolve, reject) => {
    const seen: (number | undefined)[] = [];
    const send = () =>
      request(
        { port, host: '127.0.0.1', method: 'POST', path: '/api/text', headers: JSON_HEADERS },
        (response: IncomingMessage) => {
          seen.push(response.statusCode);
          localPorts.add(response.socket.localPort);
          response.resume().on('end', () => (seen.length === 3 ? resolve(seen) : setImmediate(send)));
        },
      )
        .on('error', reject)
        .end('{"msg":"a"}');
    send();
  });
  assert.deepEqual(statuses, [200, 200, 200]);
  assert.equal(localPorts.size, 1);
});
