import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { startScriptedServer } from '../../test/support/scripted-server.ts';
import { createConnection } from './connection.ts';
import { createEnding } from './ending.ts';
import { exchange } from './exchange.ts';
import { prepareRequest } from './route.ts';

test('a head past its limit is read in small pieces, and not to its end', { timeout: 5_000 }, async (t) => {
  const HEADERS = 100_000;
  const server = await startScriptedServer((socket) =>
    socket.write(`HTTP/1.1 200 OK\r\n${'a:\r\n'.repeat(HEADERS)}`),
  );
  t.after(() => server.close());
  const socket = connect(server.port, '127.0.0.1');
  await once(socket, 'connect');
  const pieces: number[] = [];
  const read = socket.read.bind(socket);
  socket.read = (bytes) => {
    const piece = read(bytes);
    if (piece !== null) pieces.push(piece.length);
    return piece;
  };
  const url = `http://127.0.0.1:${server.port}/`;
  const prepared = prepareRequest(
    { method: 'POST', url, headers: {}, body: '{}' },
    { proxy: null, timeoutMs: 5_000 },
  );
  assert.ok(prepared.kind === 'ready');
  const connection = createConnection(socket, prepared.request.route);
  const result = await exchange(connection, prepared.request, {
    ending: createEnding(),
    onLeaving: () => undefined,
  });

  assert.equal(result.kind, 'failed');
  assert.ok(Math.max(...pieces) <= 4_096, `a piece of ${Math.max(...pieces)} bytes`);
  // 16 KiB of names, each with three bytes that the limit does not count.
  const readBytes = pieces.reduce((sum, bytes) => sum + bytes, 0);
  assert.ok(readBytes <= 4 * 16_384 + 4_096, `${readBytes} of ${4 * HEADERS} bytes were read`);
});
