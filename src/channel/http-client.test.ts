import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { httpAnswer, type Script, startScriptedServer } from '../../test/support/scripted-server.ts';
import { testCertificates } from '../../test/support/test-certificates.ts';
import { createTransport, type TransportDeps } from './http-client.ts';
import type { TransportResult } from './transport.ts';

// Goal: every way of answering badly gives the right result, in time, and one attempt is one request on the wire.
// Method: real sockets on 127.0.0.1 and a server that plays a script for each request.

const TIMEOUT_MS = 300;

async function sendOnce(
  url: string,
  {
    timeoutMs = TIMEOUT_MS,
    headers = {},
    ...deps
  }: TransportDeps & { timeoutMs?: number; headers?: Record<string, string> } = {},
): Promise<TransportResult> {
  const transport = createTransport(deps);
  after(() => transport.close());
  let leaving = 0;
  const result = await transport.send(
    { method: 'POST', url, headers, body: '{"a":1}' },
    { proxy: null, timeoutMs, onLeaving: (when) => (leaving += when === 'now' ? 1 : 0) },
  );
  const mayHaveLeft = result.kind === 'answer' || result.kind === 'unknown';
  assert.equal(leaving, mayHaveLeft ? 1 : 0, `${result.kind}, though ${leaving} times said to be leaving`);
  return result;
}

const drip = (socket: Socket, text: string) => {
  socket.write(text);
  const timer = setInterval(() => socket.write('x'), 20);
  socket.on('close', () => clearInterval(timer));
};
const endless = (socket: Socket, start: string, chunk: string) => {
  socket.write(start);
  const more = () => {
    while (!socket.destroyed && socket.write(chunk));
    if (!socket.destroyed) socket.once('drain', more);
  };
  more();
};
const HEAD = 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n';

const hostile: { name: string; script: Script; want: string }[] = [
  { name: 'FIN before the head', script: (s) => s.end(), want: 'unknown reset_after_send' },
  { name: 'RST before the head', script: (s) => s.resetAndDestroy(), want: 'unknown reset_after_send' },
  {
    name: 'FIN inside the head',
    script: (s) => s.end('HTTP/1.1 200 OK\r\nCont'),
    want: 'unknown reset_after_send',
  },
  { name: 'silence', script: () => {}, want: 'unknown answer_timeout' },
  { name: 'dripping head', script: (s) => drip(s, 'HTTP/1.1 200 OK\r\nX: '), want: 'unknown answer_timeout' },
  { name: 'FIN inside the body', script: (s) => s.end(`${HEAD}abc`), want: 'answer 200 false abc' },
  {
    name: 'RST inside the body',
    script: (s) => s.write(`${HEAD}abc`, () => setTimeout(() => s.resetAndDestroy(), 30)),
    want: 'answer 200 false abc',
  },
  {
    name: 'FIN inside an error body',
    script: (s) => s.end(HEAD.replace('200', '500')),
    want: 'answer 500 false ',
  },
  {
    name: 'a body in thousands of tiny chunks',
    script: (s) =>
      s.write(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${'1\r\nx\r\n'.repeat(5_000)}0\r\n\r\n`),
    want: 'answer 200 false xxx',
  },
  { name: 'silence inside the body', script: (s) => s.write(`${HEAD}abc`), want: 'answer 200 false abc' },
  { name: 'dripping body', script: (s) => drip(s, 'HTTP/1.1 200 OK\r\n\r\n'), want: 'answer 200 false xxx' },
  {
    name: 'endless body',
    script: (s) => endless(s, 'HTTP/1.1 200 OK\r\n\r\n', 'y'.repeat(9_999)),
    want: `answer 200 false ${'y'.repeat(65_536)}`,
  },
  {
    name: 'endless headers',
    script: (s) => endless(s, 'HTTP/1.1 200 OK\r\n', `X-A: ${'y'.repeat(999)}\r\n`),
    want: 'unknown malformed_answer',
  },
  {
    name: 'flood of interim answers',
    script: (s) => endless(s, '', 'HTTP/1.1 103 Early\r\n\r\n'.repeat(100)),
    want: 'unknown malformed_answer',
  },
  {
    // RFC 9110 section 15.2 wants it skipped.
    name: 'a 100 Continue that nobody asked for',
    script: (s) => s.write(`HTTP/1.1 100 Continue\r\n\r\n${httpAnswer(200, 'ok')}`),
    want: 'answer 200 true ok',
  },
  {
    name: 'one interim answer',
    script: (s) => s.write(`HTTP/1.1 103 Early\r\n\r\n${httpAnswer(200, 'ok')}`),
    want: 'answer 200 true ok',
  },
  { name: 'too long a Content-Length', script: (s) => s.end(`${HEAD}ok`), want: 'answer 200 false ok' },
  {
    name: 'two Content-Lengths',
    script: (s) => s.end(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc`),
    want: 'unknown malformed_answer',
  },
  { name: 'garbage', script: (s) => s.end('\x16\x03\x01 what\r\n\r\n'), want: 'unknown malformed_answer' },
  { name: 'HTTP/0.9', script: (s) => s.end('<html>hello</html>'), want: 'unknown malformed_answer' },
  {
    name: 'broken chunk size',
    script: (s) => s.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'),
    want: 'answer 200 false ',
  },
  {
    name: 'unasked upgrade',
    script: (s) => s.end('HTTP/1.1 101 S\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
    want: 'unknown malformed_answer',
  },
  {
    name: 'redirect',
    script: (s) => s.write(httpAnswer(307, '', 'Location: /elsewhere\r\n')),
    want: 'answer 307 true ',
  },
  {
    name: 'misdirected request (421)',
    script: (s) => s.write(httpAnswer(421, '')),
    want: 'answer 421 true ',
  },
  {
    name: 'unavailable (503)',
    script: (s) => s.write(httpAnswer(503, 'busy')),
    want: 'answer 503 true busy',
  },
  {
    name: 'proxy status from a target (407)',
    script: (s) => s.write(httpAnswer(407, '')),
    want: 'answer 407 true ',
  },
  { name: 'body until close', script: (s) => s.end('HTTP/1.1 200 OK\r\n\r\nok'), want: 'answer 200 true ok' },
];

function describe(result: TransportResult): string {
  if (result.kind !== 'answer') return `${result.kind} ${result.fault.code}`;
  const { httpStatus, complete, body } = result.answer;
  return `answer ${httpStatus} ${complete} ${/^xxx+$/.test(body) ? 'xxx' : body}`;
}

for (const { name, script, want } of hostile) {
  test(`a server that does: ${name}`, { concurrency: true }, async () => {
    const server = await startScriptedServer(script);
    try {
      const started = performance.now();
      const result = await sendOnce(`http://127.0.0.1:${server.port}/hook`);
      assert.equal(describe(result), want);
      assert.ok(performance.now() - started < TIMEOUT_MS + 700, 'ended in time');
      await sleep(30);
      assert.equal(server.requests.length, 1);
      assert.equal(server.connectionCount(), 1);
    } finally {
      await server.close();
    }
  });
}

test('a compressed answer is not inflated, and none is asked for', async () => {
  const bomb = gzipSync('z'.repeat(10_000_000));
  const server = await startScriptedServer((socket) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`);
    socket.write(bomb);
  });
  const result = await sendOnce(`http://127.0.0.1:${server.port}/`, { headers: { 'Accept-Encoding': 'br' } });
  assert.equal(result.kind, 'answer');
  assert.ok(result.kind === 'answer' && result.answer.body.length <= bomb.length);
  assert.match(server.requests[0] ?? '', /\r\naccept-encoding: identity\r\n/i);
  assert.doesNotMatch(server.requests[0] ?? '', /br\r\n/);
  await server.close();
});

test('a body of exactly 64 KiB is complete, and a code point cut in two is left out', async () => {
  const full = 'a'.repeat(65_536);
  const bodies = [full, `${'a'.repeat(65_535)}中`];
  const server = await startScriptedServer((socket) => socket.write(httpAnswer(200, bodies.shift() ?? '')));
  const url = `http://127.0.0.1:${server.port}/`;
  assert.equal(describe(await sendOnce(url)), `answer 200 true ${full}`);
  assert.equal(describe(await sendOnce(url)), `answer 200 false ${full.slice(1)}`);
  await server.close();
});

test('the first of a repeated header counts, and names are in lower case', async () => {
  const server = await startScriptedServer((s) =>
    s.write(httpAnswer(200, '', 'Retry-After: 1\r\nRETRY-AFTER: 2\r\n')),
  );
  const result = await sendOnce(`http://127.0.0.1:${server.port}/`);
  assert.ok(result.kind === 'answer');
  assert.equal(result.answer.headers['retry-after'], '1');
  await server.close();
});

const notSent: {
  name: string;
  url: (port: number) => string;
  cert?: keyof typeof testCertificates;
  trust?: boolean;
  want: string;
}[] = [
  {
    name: 'self-signed certificate',
    url: (p) => `https://127.0.0.1:${p}/s3cret`,
    cert: 'localhost',
    want: 'not_sent tls_untrusted',
  },
  {
    name: 'expired certificate',
    url: (p) => `https://localhost:${p}/s3cret`,
    cert: 'expired',
    trust: true,
    want: 'not_sent tls_expired',
  },
  {
    name: 'certificate of another host',
    url: (p) => `https://localhost:${p}/s3cret`,
    cert: 'other',
    trust: true,
    want: 'not_sent tls_host_mismatch',
  },
  {
    name: 'certificate of another host, by address',
    url: (p) => `https://127.0.0.1:${p}/s3cret`,
    cert: 'other',
    trust: true,
    want: 'not_sent tls_host_mismatch',
  },
  {
    name: 'trusted, by name',
    url: (p) => `https://localhost:${p}/s3cret`,
    cert: 'localhost',
    trust: true,
    want: 'answer 200 true ok',
  },
  {
    name: 'trusted, by address',
    url: (p) => `https://127.0.0.1:${p}/s3cret`,
    cert: 'localhost',
    trust: true,
    want: 'answer 200 true ok',
  },
];
for (const { name, url, cert, trust, want } of notSent) {
  test(`TLS: ${name}`, async () => {
    const pem = testCertificates[cert ?? 'localhost'];
    const server = await startScriptedServer((s) => s.write(httpAnswer(200, 'ok')), { cert: pem });
    const result = await sendOnce(url(server.port), { timeoutMs: 2_000, ...(trust ? { ca: pem } : {}) });
    assert.equal(describe(result), want);
    assert.equal(server.requests.length, want.startsWith('answer') ? 1 : 0);
    assert.doesNotMatch(JSON.stringify(result), /s3cret/);
    await server.close();
  });
}

test('NODE_EXTRA_CA_CERTS adds an authority, and NODE_TLS_REJECT_UNAUTHORIZED=0 takes nothing away', async () => {
  const server = await startScriptedServer((s) => s.write(httpAnswer(200, 'ok')), {
    cert: testCertificates.localhost,
  });
  const file = join(mkdtempSync(join(tmpdir(), 'postpoint-ca-')), 'ca.pem');
  writeFileSync(file, testCertificates.localhost);
  const code = `
    import { createTransport } from ${JSON.stringify(new URL('./http-client.ts', import.meta.url).href)};
    const transport = createTransport();
    const request = { method: 'GET', url: 'https://localhost:${server.port}/', headers: {}, body: null };
    console.log((await transport.send(request, { proxy: null, timeoutMs: 5000 })).kind);
    transport.close();`;
  const run = async (env: Record<string, string>) => {
    const args = ['--input-type=module', '-e', code];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...env } });
    return stdout.trim();
  };
  const kinds = await Promise.all([
    run({ NODE_EXTRA_CA_CERTS: file }),
    run({ NODE_TLS_REJECT_UNAUTHORIZED: '0' }),
  ]);
  assert.deepEqual(kinds, ['answer', 'not_sent']);
  await server.close();
});

test('what fails before the request is not sent, with the fault named and nothing but host and port', async () => {
  const closing = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  const closingPort = await portOf(closing);
  const free = createServer().listen(0, '127.0.0.1');
  const freePort = await portOf(free);
  await new Promise((resolve) => free.close(resolve));
  const failing = (code: string) => async () => {
    throw Object.assign(new Error(`getaddrinfo ${code} t0ken`), { code });
  };
  const cases = [
    { url: `http://127.0.0.1:${freePort}/t0ken`, want: 'not_sent refused' },
    { url: `https://127.0.0.1:${closingPort}/t0ken`, want: 'not_sent connect_closed' },
    { url: 'http://robot.example/t0ken', lookup: failing('ENOTFOUND'), want: 'not_sent dns_not_found' },
    { url: 'http://robot.example/t0ken', lookup: failing('EAI_AGAIN'), want: 'not_sent dns_failed' },
    { url: 'http://robot.example/t0ken', lookup: async () => [], want: 'not_sent dns_not_found' },
    { url: 'http://u:t0ken@169.254.169.254/t0ken', want: 'blocked blocked_address' },
    { url: 'http://[fe80::1%25eth0]/t0ken', want: 'blocked invalid_request' },
    { url: 'ftp://robot.example/t0ken', want: 'blocked invalid_request' },
    { url: 'no url t0ken', want: 'blocked invalid_request' },
  ];
  for (const { url, want, ...deps } of cases) {
    const result = await sendOnce(url, deps);
    assert.equal(describe(result), want, url);
    assert.doesNotMatch(JSON.stringify(result), /t0ken/);
  }
  closing.close();
});

for (const [name, value] of [
  ['x-a', 'line\nbreak'],
  ['x-a', '中'],
  ['bad name', 'v'],
  ['content-length', '3'],
  ['transfer-encoding', 'chunked'],
  ['expect', '100-continue'],
] as const) {
  test(`a header that HTTP does not take (${name}) is refused and nothing is sent`, async () => {
    const server = await startScriptedServer((s) => s.write(httpAnswer(200, '')));
    const result = await sendOnce(`http://127.0.0.1:${server.port}/`, { headers: { [name]: value } });
    assert.equal(describe(result), 'blocked invalid_request');
    assert.equal(server.requests.length, 0);
    await server.close();
  });
}

test('the deadline also ends a lookup and a handshake that never end, and nothing is sent later', async () => {
  let answerLookup: (addresses: { address: string; family: number }[]) => void = () => {};
  const lookup = () =>
    new Promise<{ address: string; family: number }[]>((resolve) => (answerLookup = resolve));
  const server = await startScriptedServer((s) => s.write(httpAnswer(200, '')));
  const slowName = await sendOnce(`http://slow.example:${server.port}/`, { lookup, timeoutMs: 60 });
  assert.equal(describe(slowName), 'not_sent connect_timeout');
  assert.match(slowName.kind === 'not_sent' ? slowName.fault.text.zh : '', /解析域名/);
  answerLookup([{ address: '127.0.0.1', family: 4 }]);
  await sleep(60);
  assert.equal(server.requests.length, 0);

  const mute = createServer().listen(0, '127.0.0.1');
  const handshake = await sendOnce(`https://127.0.0.1:${await portOf(mute)}/`, { timeoutMs: 60 });
  assert.equal(describe(handshake), 'not_sent connect_timeout');
  assert.match(handshake.kind === 'not_sent' ? handshake.fault.text.en : '', /TLS handshake/);
  mute.close();
  await server.close();
});

test('DNS rebinding: each connection checks the addresses that it connects to', async () => {
  const server = await startScriptedServer((s) => s.end(httpAnswer(200, 'ok', 'Connection: close\r\n')));
  const answers = ['127.0.0.1', '169.254.169.254'];
  const lookup = async () => [{ address: answers.shift() ?? '169.254.169.254', family: 4 }];
  const transport = createTransport({ lookup });
  const request = { method: 'GET', url: `http://rebind.example:${server.port}/`, headers: {}, body: null };
  const options = { proxy: null, timeoutMs: 1_000 };
  assert.equal(describe(await transport.send(request, options)), 'answer 200 true ok');
  assert.equal(describe(await transport.send(request, options)), 'blocked blocked_address');
  transport.close();
  await server.close();
});

test('a forbidden address among allowed ones is left out', async () => {
  const server = await startScriptedServer((s) => s.write(httpAnswer(200, 'ok')));
  const lookup = async () => [
    { address: 'fe80::1%lo', family: 6 },
    { address: '127.0.0.1', family: 4 },
  ];
  const result = await sendOnce(`http://myhost:${server.port}/`, { lookup });
  assert.equal(describe(result), 'answer 200 true ok');
  await server.close();
});

test('a login inside the URL becomes a header, and leaves the request line', async () => {
  const server = await startScriptedServer((s) => s.write(httpAnswer(200, 'ok')));
  await sendOnce(`http://us%20er:pw@127.0.0.1:${server.port}/a?b=c#d`);
  const request = server.requests[0] ?? '';
  assert.match(request, /^POST \/a\?b=c HTTP\/1\.1\r\n/);
  assert.match(
    request,
    new RegExp(`authorization: Basic ${Buffer.from('us er:pw').toString('base64')}\r\n`, 'i'),
  );
  assert.equal(request.split(/\r\nhost:/i).length, 2, 'one Host header');
  await server.close();
});

test('a connection is used again, but not one that the server has closed', async () => {
  let close = false;
  const server = await startScriptedServer((socket) => {
    socket.write(httpAnswer(200, 'ok'));
    // Without `Connection: close`: the client learns of it by the FIN alone.
    if (close) socket.end();
  });
  const transport = createTransport();
  const request = { method: 'POST', url: `http://127.0.0.1:${server.port}/`, headers: {}, body: 'x' };
  const options = { proxy: null, timeoutMs: 1_000 };
  const send = async () => describe(await transport.send(request, options));
  assert.equal(await send(), 'answer 200 true ok');
  assert.equal(await send(), 'answer 200 true ok');
  assert.equal(server.connectionCount(), 1);
  close = true;
  assert.equal(await send(), 'answer 200 true ok');
  await sleep(10);
  assert.equal(await send(), 'answer 200 true ok');
  assert.equal(server.connectionCount(), 2);
  assert.equal(server.requests.length, 4);
  transport.close();
  await server.close();
});

test('what the server closes right behind its answer is not used again, even at once', async () => {
  const server = await startScriptedServer((socket) => socket.end(httpAnswer(200, 'ok')));
  const transport = createTransport();
  const request = { method: 'POST', url: `http://127.0.0.1:${server.port}/`, headers: {}, body: 'x' };
  for (let n = 0; n < 20; n++)
    assert.equal(
      describe(await transport.send(request, { proxy: null, timeoutMs: 1_000 })),
      'answer 200 true ok',
    );
  transport.close();
  await server.close();
});

test('a dead endpoint and dozens of requests at once hold up nobody', async () => {
  const dead = await startScriptedServer(() => {});
  const held: Socket[] = [];
  const server = await startScriptedServer((socket) => {
    held.push(socket);
    // Answers come only when all fifty are here at the same time.
    if (held.length === 50) for (const each of held) each.write(httpAnswer(200, 'ok'));
  });
  const transport = createTransport();
  const send = (port: number) =>
    transport.send(
      { method: 'POST', url: `http://127.0.0.1:${port}/`, headers: {}, body: 'x' },
      { proxy: null, timeoutMs: 2_000 },
    );
  const stuck = Array.from({ length: 50 }, () => send(dead.port));
  const results = await Promise.all(Array.from({ length: 50 }, () => send(server.port)));
  assert.ok(results.every(({ kind }) => kind === 'answer'));
  transport.close();
  assert.deepEqual(
    new Set((await Promise.all(stuck)).map(describe)),
    new Set(['unknown stopped_after_send']),
  );
  const late = await send(server.port);
  assert.equal(describe(late), 'not_sent stopped');
  await Promise.all([dead.close(), server.close()]);
});

async function portOf(server: ReturnType<typeof createServer>): Promise<number> {
  if (!server.listening) await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

test('a connection that serves many requests leaves no listener behind', async () => {
  const warnings: string[] = [];
  const onWarning = (warning: Error) => warnings.push(warning.message);
  process.on('warning', onWarning);
  const server = await startScriptedServer((socket) => socket.write(httpAnswer(200, 'ok')));
  const transport = createTransport();
  for (let n = 0; n < 30; n++) {
    const request = { method: 'POST', url: `http://127.0.0.1:${server.port}/`, headers: {}, body: '{}' };
    assert.equal((await transport.send(request, { proxy: null, timeoutMs: 1_000 })).kind, 'answer');
  }
  await sleep(1);
  process.off('warning', onWarning);
  assert.deepEqual(warnings, []);
  assert.equal(server.requests.length, 30);
  transport.close();
  await server.close();
});
