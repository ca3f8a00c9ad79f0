import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { readBody } from './read-body.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const LIMIT_BYTES = 100;
const noResponse = {} as ServerResponse;

function request(headers: Record<string, string> = {}): IncomingMessage {
  const raw = new Readable({ read: () => undefined });
  return Object.assign(raw, { headers, socket: { writableEnded: false } }) as unknown as IncomingMessage;
}

const read = (raw: IncomingMessage) => readBody(raw, noResponse, LIMIT_BYTES);

test('no piece, one piece and several pieces make one body', async () => {
  for (const pieces of [[], ['{}'], ['{"msg"', ':', '"a"}']]) {
    const raw = request();
    const body = read(raw);
    for (const piece of pieces) raw.push(piece);
    raw.push(null);
    assert.equal((await body).toString(), pieces.join(''));
  }
});

test('a body over the limit is refused once it is, whatever follows', async () => {
  const raw = request();
  const refused = assert.rejects(read(raw), { status: 413 });
  raw.push('x'.repeat(LIMIT_BYTES));
  raw.push('y');
  await refused;
  raw.push('z');
  raw.push(null);
  await sleep(0);
});

test('a body that breaks off is refused', async () => {
  const raw = request();
  const refused = assert.rejects(read(raw), { status: 400 });
  raw.push('{"msg"');
  raw.destroy();
  await refused;
});

test('what was read is let go of, though the request lives on with its connection', async () => {
  const raw = request();
  const reading = read(raw).then((body) => new WeakRef(body));
  raw.push(Buffer.from('{"msg":"a"}'));
  raw.push(null);
  const held = await reading;
  for (let turn = 0; turn < 20 && held.deref() !== undefined; turn++) {
    await sleep(5);
    collectGarbage();
  }
  assert.equal(held.deref(), undefined);
  assert.equal(raw.readableEnded, true);
});
