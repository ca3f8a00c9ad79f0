import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { test } from 'node:test';
import { requestBytes } from './request-bytes.ts';
import type { PreparedRequest } from './route.ts';

// Goal: a request is on the wire as it was meant, or not at all. Method: the parser of Node.js reads it; a table of what must not go.

const plain: Omit<PreparedRequest, 'route'> = {
  method: 'POST',
  path: '/hook?a=b',
  headers: ['host', 'a.example', 'x-name', 'café'],
  body: '{"msg":"告警 🙂"}',
};
const bytesOf = (request: Partial<PreparedRequest>) =>
  requestBytes({ ...plain, ...request } as PreparedRequest);

for (const request of [
  plain,
  { ...plain, headers: ['host', 'a.example'] },
  { ...plain, body: null },
  { ...plain, body: '' },
  { ...plain, method: 'GET', body: null },
]) {
  test(`${request.method}, ${request.body === null ? 'no' : `${request.body.length}`} body: a server reads what was meant`, async (t) => {
    const server = createServer((got, response) => {
      let body = '';
      got.setEncoding('utf8');
      got.on('data', (part) => {
        body += part;
      });
      got.on('end', () => response.end(JSON.stringify([got.method, got.url, got.headers, body])));
    }).listen(0, '127.0.0.1');
    t.after(() => server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const made = bytesOf(request);
    assert.ok(made.kind === 'ready');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write(made.bytes);
    const answer = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
    socket.destroy();
    const [method, url, headers, body] = JSON.parse(answer.toString().split('\r\n\r\n')[1] ?? '');
    assert.deepEqual([method, url, body], [request.method, request.path, request.body ?? '']);
    const length = String(Buffer.byteLength(request.body ?? ''));
    assert.equal(headers['content-length'], method === 'GET' ? undefined : length);
    for (let at = 0; at < request.headers.length; at += 2)
      assert.equal(headers[request.headers[at] ?? ''], request.headers[at + 1]);
  });
}

for (const [request, code] of [
  [{ method: 'POST /x HTTP/1.1\r\nA: b' }, 'METHOD'],
  [{ path: '/a b' }, 'URL'],
  [{ path: '/a\r\n' }, 'URL'],
  [{ headers: ['a b', 'c'] }, 'HEADER_NAME'],
  [{ headers: ['a', 'b\r\nc: d'] }, 'HEADER_VALUE'],
  [{ headers: ['a', 'b\0'] }, 'HEADER_VALUE'],
  [{ headers: ['a', '中'] }, 'HEADER_VALUE'],
  [{ headers: ['content-length', '1'] }, 'HEADER_NAME'],
  [{ headers: ['transfer-encoding', 'chunked'] }, 'HEADER_NAME'],
  [{ headers: ['expect', '100-continue'] }, 'HEADER_NAME'],
  [{ headers: ['connection', 'upgrade'] }, 'HEADER_NAME'],
] as const) {
  test(`never written: ${JSON.stringify(request)}`, () => {
    assert.deepEqual(bytesOf(request as Partial<PreparedRequest>), { kind: 'refused', code });
  });
}
