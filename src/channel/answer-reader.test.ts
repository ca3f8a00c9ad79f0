import assert from 'node:assert/strict';
import { request } from 'node:http';
import { Duplex } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { MalformedAnswerError } from './answer-head.ts';
import { createAnswerReader, type ReadState } from './answer-reader.ts';

// Goal: an answer is read as RFC 9112 says, however it is cut in pieces, and never otherwise than another parser reads it.
// Method: tables, random cuts, and random damage beside the parser of Node.js.

interface Read {
  readonly state: ReadState | 'malformed';
  readonly status: number | null;
  readonly body: string;
  readonly keepMs: number | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** @param cuts where the bytes are cut in pieces. */
function readAll(bytes: Buffer, cuts: readonly number[] = [], thenEnds = false): Read {
  const reader = createAnswerReader();
  let state: Read['state'] = 'more';
  try {
    const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
    for (const [index, from] of places.slice(0, -1).entries()) {
      const piece = bytes.subarray(from, places[index + 1]);
      if (state === 'more' && piece.length > 0) state = reader.read(piece);
    }
    if (state === 'more' && thenEnds) state = reader.endsHere() ? 'whole' : 'broken';
  } catch (error) {
    assert.ok(error instanceof MalformedAnswerError, String(error));
    state = 'malformed';
  }
  const head = reader.head();
  return {
    state,
    status: head?.status ?? null,
    body: reader.body().toString('latin1'),
    keepMs: head?.keepMs ?? null,
    headers: { ...head?.headers },
  };
}

const read = (text: string) => readAll(Buffer.from(text, 'latin1'));
const OK = 'HTTP/1.1 200 OK\r\n';

for (const [text, state, body] of [
  [`${OK}Content-Length: 2\r\n\r\nok`, 'whole', 'ok'],
  [`${OK}Content-Length: 2\r\n\r\no`, 'more', 'o'],
  [`${OK}Content-Length: 2\r\n\r\nok!`, 'overfull', 'ok'],
  [`${OK}Content-Length: 0\r\n\r\n`, 'whole', ''],
  [`${OK}Content-Length: 70000\r\n\r\n${'x'.repeat(70_000)}`, 'broken', 'x'.repeat(65_536)],
  [`${OK}\r\nto the end`, 'more', 'to the end'],
  ['HTTP/1.1 204 N\r\nContent-Length: 2\r\n\r\n', 'whole', ''],
  ['HTTP/1.1 304 N\r\nContent-Length: 2\r\n\r\nok', 'overfull', ''],
  ['HTTP/1.1 103 E\r\n\r\nHTTP/1.1 100 C\r\n\r\nHTTP/1.1 204 N\r\n\r\n', 'whole', ''],
  [
    `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0A ;a="b"\r\n0123456789\r\n0\r\nX: y\r\n\r\n`,
    'whole',
    'ok0123456789',
  ],
  [`${OK}Transfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`, 'whole', 'ok'],
  [`${OK}Transfer-Encoding: gzip\r\n\r\nok`, 'more', 'ok'],
  [`${OK}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n!`, 'overfull', ''],
  [`${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nokay\r\n0\r\n\r\n`, 'broken', 'ok'],
  [`${OK}Transfer-Encoding: chunked\r\n\r\n\r\n`, 'broken', ''],
  [`${OK}Transfer-Encoding: chunked\r\n\r\n-1\r\n`, 'broken', ''],
  [`${OK}Transfer-Encoding: chunked\r\n\r\n0x2\r\nok\r\n`, 'broken', ''],
  [`${OK}Transfer-Encoding: chunked\r\n\r\n${'0'.repeat(30)}2\r\nok\r\n0\r\n\r\n`, 'whole', 'ok'],
  [`${OK}Transfer-Encoding: chunked\r\n\r\n0\r\nHTTP/1.1 500 X\r\n\r\n`, 'broken', ''],
  [`${OK}Transfer-Encoding: chunked\r\n\r\n1;${'a'.repeat(5_000)}`, 'broken', ''],
  [`${OK}Transfer-Encoding: chunked\r\n\r\n0\r\n${'X: y\r\n'.repeat(5_000)}\r\n`, 'broken', ''],
] as const) {
  test(`it ends where its head says: ${JSON.stringify(text.slice(0, 90))}`, () => {
    const found = read(text);
    assert.deepEqual([found.state, found.body], [state, body]);
  });
}

for (const [text, code] of [
  ['HTTP/2 200 OK\r\n\r\n', 'STATUS_LINE'],
  ['HTTP/1.2 200 OK\r\n\r\n', 'STATUS_LINE'],
  ['HTTP/1.1  200 OK\r\n\r\n', 'STATUS_LINE'],
  ['HTTP/1.1 099 OK\r\n\r\n', 'STATUS_LINE'],
  ['\r\nHTTP/1.1 200 OK\r\n\r\n', 'STATUS_LINE'],
  ['ICY 200', 'STATUS_LINE'],
  [`${OK}A: b\r\n c\r\n\r\n`, 'HEADER'],
  [`${OK}A : b\r\n\r\n`, 'HEADER'],
  [`${OK}A: b\nC: d\r\n\r\n`, 'HEADER'],
  [`${OK}A: b\rC: d\r\n\r\n`, 'HEADER'],
  ['HTTP/1.1 200 OK\nContent-Length: 0\n\n', 'HEADER'],
  [`${OK}: b\r\n\r\n`, 'HEADER'],
  [`${OK}Content-Length: 1\r\nContent-Length: 1\r\n\r\n`, 'CONTENT_LENGTH'],
  [`${OK}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`, 'CONTENT_LENGTH'],
  [`${OK}Content-Length: +1\r\n\r\n`, 'CONTENT_LENGTH'],
  [`${OK}Content-Length: 1, 1\r\n\r\n`, 'CONTENT_LENGTH'],
  [`${OK}Content-Length:\r\n\r\n`, 'CONTENT_LENGTH'],
  [`${OK}A: ${'b'.repeat(17_000)}`, 'HEAD_TOO_LONG'],
  [`${OK}A: ${'b'.repeat(17_000)}\r\n\r\n`, 'HEAD_TOO_LONG'],
  ['HTTP/1.1 101 S\r\n\r\n', 'UPGRADE'],
  ['HTTP/1.1 102 P\r\n\r\n'.repeat(21), 'INTERIM_ANSWERS'],
] as const) {
  test(`no answer: ${JSON.stringify(text.slice(0, 60))}`, () => {
    assert.throws(() => createAnswerReader().read(Buffer.from(text, 'latin1')), { code });
  });
}

for (const [head, keepMs] of [
  [`${OK}`, 4_000],
  [`${OK}Connection: keep-alive\r\nKeep-Alive: timeout=5\r\n`, 4_000],
  [`${OK}Keep-Alive: timeout=3, max=100\r\n`, 2_000],
  [`${OK}Keep-Alive: max=100, timeout=1\r\n`, 0],
  [`${OK}Keep-Alive: timeout=31536000\r\n`, 4_000],
  [`${OK}Keep-Alive: whatever\r\n`, 4_000],
  [`${OK}Connection: Close\r\n`, 0],
  [`${OK}Connection: keep-alive\r\nConnection: x, close\r\n`, 0],
  ['HTTP/1.0 200 OK\r\n', 0],
  ['HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n', 4_000],
] as const) {
  test(`the connection is kept for ${keepMs} ms: ${JSON.stringify(head.slice(9))}`, () => {
    assert.equal(read(`${head}Content-Length: 0\r\n\r\n`).keepMs, keepMs);
  });
}

test('names are in lower case, the first of a repeated one counts, and none is special', () => {
  const { headers } = read(`${OK}A-b: 1 \r\na-B:\t2\r\n__proto__: x\r\nContent-Length: 0\r\n\r\n`);
  assert.deepEqual(Object.entries(headers), [
    ['a-b', '1'],
    ['__proto__', 'x'],
    ['content-length', '0'],
  ]);
});

const bodies = fc.array(fc.constantFrom('', 'ok', '{"code":0}', '\r\n', '中', '0\r\n\r\n'), { maxLength: 4 });
const heads = fc.record({
  interim: fc.constantFrom('', 'HTTP/1.1 103 E\r\nLink: </a>\r\n\r\n'),
  status: fc.constantFrom(200, 302, 404, 500),
  extra: fc.constantFrom('', 'Connection: close\r\n', 'Keep-Alive: timeout=5\r\n', 'X: é\r\n'),
});
const answers = fc
  .tuple(heads, bodies, fc.constantFrom('length', 'chunked', 'close'))
  .map(([{ interim, status, extra }, parts, framing]) => {
    const start = `${interim}HTTP/1.1 ${status} X\r\n${extra}`;
    const pieces = parts.map((part) => Buffer.from(part));
    const body = Buffer.concat(pieces);
    const text = (latin1: string) => Buffer.from(latin1, 'latin1');
    if (framing === 'close') return Buffer.concat([text(`${start}\r\n`), body]);
    if (framing === 'length')
      return Buffer.concat([text(`${start}Content-Length: ${body.length}\r\n\r\n`), body]);
    const chunks = pieces
      .filter(({ length }) => length > 0)
      .flatMap((piece) => [text(`${piece.length.toString(16)}\r\n`), piece, text('\r\n')]);
    return Buffer.concat([text(`${start}Transfer-Encoding: chunked\r\n\r\n`), ...chunks, text('0\r\n\r\n')]);
  });

const around = (limit: number) => fc.integer({ min: limit - 4, max: limit + 4 });
/** Lines about as long as they may be. */
const longLines = fc.oneof(
  around(16_384).map((bytes) => `${`${OK}A: `.padEnd(bytes, 'x')}\r\n\r\n`),
  around(4_096).map(
    (bytes) => `${OK}Transfer-Encoding: chunked\r\n\r\n${'2;'.padEnd(bytes, 'x')}\r\nok\r\n0\r\n\r\n`,
  ),
  around(4_096).map(
    (bytes) => `${OK}Transfer-Encoding: chunked\r\n\r\n0\r\n${'A:'.padEnd(bytes, 'x')}\r\n\r\n`,
  ),
);

test('a limit is the same however it is reached', () => {
  fc.assert(
    fc.property(longLines, fc.integer({ min: 0, max: 12 }), (text, fromEnd) => {
      const bytes = Buffer.from(text);
      for (const mark of ['\r\n\r\n', '\r\nok', '\r\n0']) {
        const cut = Math.max(0, text.indexOf(mark) + 6 - fromEnd);
        assert.deepEqual(readAll(bytes, [cut], true), readAll(bytes, [], true));
      }
    }),
  );
});

test('however it is cut in pieces, it is the same answer', () => {
  fc.assert(
    fc.property(
      answers,
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 }),
      (bytes, at) => {
        const cuts = at.map((share) => Math.floor(share * bytes.length));
        assert.deepEqual(readAll(bytes, cuts, true), readAll(bytes, [], true));
        const all = Array.from({ length: bytes.length }, (_, index) => index);
        assert.deepEqual(readAll(bytes, all, true), readAll(bytes, [], true));
      },
    ),
  );
});

/** What the parser of Node.js makes of it; null when it refuses it. */
function readByNode(bytes: Buffer): Promise<{ status: number; body: string } | null> {
  return new Promise((resolve) => {
    const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
    const asked = request({ method: 'POST', createConnection: () => socket }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('error', () => resolve(null));
      response.on('end', () => {
        const body = Buffer.concat(pieces).toString('latin1');
        resolve(response.complete ? { status: response.statusCode ?? 0, body } : null);
      });
    });
    asked.on('error', () => resolve(null));
    asked.on('upgrade', () => resolve(null));
    asked.end();
    asked.once('finish', () => {
      socket.push(bytes);
      socket.push(null);
    });
  });
}

test('what is taken for a whole answer, the parser of Node.js reads alike', async () => {
  const damage = fc.array(
    fc.record({
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      byte: fc.constantFrom(0, 9, 10, 13, 32, 44, 48, 49, 58, 65, 97, 127, 200),
      how: fc.constantFrom('replace', 'insert', 'delete'),
    }),
    { maxLength: 3 },
  );
  let whole = 0;
  await fc.assert(
    fc.asyncProperty(answers, damage, async (bytes, hurts) => {
      let hurt = bytes;
      for (const { share, byte, how } of hurts) {
        const at = Math.floor(share * hurt.length);
        const rest = hurt.subarray(how === 'insert' ? at : at + 1);
        hurt = Buffer.concat([
          hurt.subarray(0, at),
          how === 'delete' ? Buffer.alloc(0) : Buffer.from([byte]),
          rest,
        ]);
      }
      const ours = readAll(hurt, [], true);
      const theirs = await readByNode(hurt);
      if (hurts.length === 0) assert.ok(theirs !== null && ours.state === 'whole');
      if (ours.state !== 'whole') return;
      whole++;
      assert.deepEqual(theirs, { status: ours.status, body: ours.body }, hurt.toString('latin1'));
    }),
    { numRuns: 1_000 },
  );
  assert.ok(whole > 200, `${whole} whole answers`);
});
