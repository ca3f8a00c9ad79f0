import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { httpAnswer, startScriptedServer } from '../../test/support/scripted-server.ts';
import { createConnection } from './connection.ts';
import { createEnding } from './ending.ts';
import { exchange } from './exchange.ts';

const REQUEST = 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n';

async function open(port: number) {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const connection = createConnection(socket);
  const send = (request = REQUEST) =>
    exchange(connection, request, { ending: createEnding(), onLeaving: () => undefined });
  return { socket, connection, send };
}

async function startAnswering(t: TestContext) {
  const server = await startScriptedServer((socket) => socket.write(httpAnswer(200, '')));
  t.after(() => server.close());
  return server;
}

test('a head past its limit is not read to its end', { timeout: 5_000 }, async (t) => {
  const FLOOD = 4_000_000;
  const server = await startScriptedServer((socket) => {
    socket.write(`HTTP/1.1 200 OK\r\n${'a:\r\n'.repeat(FLOOD / 4)}`);
  });
  t.after(() => server.close());
  const { socket, send } = await open(server.port);
  const result = await send();
  assert.ok(result.kind === 'failed' && result.started);
  assert.equal((result.error as { code?: string }).code, 'HEAD_TOO_LONG');
  assert.ok(socket.bytesRead < FLOOD / 10, `${socket.bytesRead} of ${FLOOD} bytes were read`);
});

test('what comes while nobody has asked closes the connection, and tells so', {
  timeout: 5_000,
}, async (t) => {
  const server = await startScriptedServer((socket) => {
    socket.write(httpAnswer(200, ''), () => setTimeout(() => socket.write(httpAnswer(200, '')), 20));
  });
  t.after(() => server.close());
  const { connection, send } = await open(server.port);
  const closed = new Promise<void>((resolve) => connection.onClosed(resolve));
  const result = await send();
  assert.ok(result.kind === 'answer' && result.keepMs > 0);
  assert.equal(connection.isOpen(), true);
  await closed;
  assert.equal(connection.isOpen(), false);
});

test('a request that is given up before its turn is not written', { timeout: 5_000 }, async (t) => {
  const server = await startAnswering(t);
  const { connection, send } = await open(server.port);
  await send();
  const ending = createEnding();
  const second = exchange(connection, REQUEST, { ending, onLeaving: () => undefined });
  ending.end('deadline');
  assert.deepEqual(await second, { kind: 'failed', started: false, error: 'deadline' });
  assert.equal(server.requests.length, 1);
});

test('nothing is written to a connection that has just gone', { timeout: 5_000 }, async (t) => {
  const server = await startAnswering(t);
  const { socket, send } = await open(server.port);
  await send();
  const second = send();
  // As after a reset: that it is closed is told one turn later.
  socket.destroy();
  const result = await second;
  assert.ok(result.kind === 'failed' && !result.started);
  assert.equal(server.requests.length, 1);
});

test('a connection is not used again while the server has not taken all of a request', {
  timeout: 5_000,
}, async (t) => {
  const server = createServer((socket) => {
    t.after(() => socket.destroy());
    socket.on('error', () => {});
    socket.once('data', () => socket.pause().write(httpAnswer(413, '')));
  }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { connection, send } = await open((server.address() as AddressInfo).port);
  const body = 'x'.repeat(20_000_000);
  const result = await send(`POST / HTTP/1.1\r\nhost: a\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
  assert.ok(result.kind === 'answer' && result.answer.complete);
  assert.deepEqual([result.keepMs, connection.isOpen()], [0, false]);
});

test('a server that speaks before it is asked has not answered, and is not asked', {
  timeout: 5_000,
}, async (t) => {
  const server = await startScriptedServer(() => {}, {
    onConnect: (socket) => socket.write(httpAnswer(200, 'stale')),
  });
  t.after(() => server.close());
  const socket = connect(server.port, '127.0.0.1');
  while (socket.readableLength === 0) await setImmediate();
  const result = await exchange(createConnection(socket), REQUEST, {
    ending: createEnding(),
    onLeaving: () => undefined,
  });
  assert.ok(result.kind === 'failed' && !result.started);
  assert.equal(server.requests.length, 0);
});
