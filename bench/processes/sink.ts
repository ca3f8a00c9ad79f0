import { type AddressInfo, createServer } from 'node:net';
import { answerQuestions } from '../support/helper-process.ts';
import { createHistogram, type LatencyFigures, sharedNowMs } from '../support/histogram.ts';
import { createMessageReader } from '../support/http-messages.ts';

/**
 * A webhook receiver that costs as little as it can and counts. By path: `/busy` refuses with 429 for an hour, `/slow`
 * answers after 100 ms, all else at once.
 */

export type SinkQuestion = { readonly kind: 'port' | 'measure' | 'figures' };

export interface SinkFigures {
  readonly arrived: number;
  readonly seconds: number;
  /** From the moment the load sent a message to its arrival here. */
  readonly latency: LatencyFigures;
}

const OK = 'HTTP/1.1 204 No Content\r\n\r\n';
const BUSY = 'HTTP/1.1 429 Too Many Requests\r\nretry-after: 3600\r\ncontent-length: 0\r\n\r\n';
const SLOW_MS = 100;
const SENT_AT = '#t=';

let latency = createHistogram();
let arrived = 0;
let measuredFromMs = performance.now();

const server = createServer({ noDelay: true }, (socket) => {
  const reader = createMessageReader();
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => {
    let answers = '';
    reader.read(chunk, (head, body) => {
      arrived++;
      const at = body.indexOf(SENT_AT);
      if (at !== -1) latency.add(sharedNowMs() - Number.parseFloat(body.slice(at + SENT_AT.length)));
      if (head.startsWith('POST /slow')) setTimeout(() => socket.write(OK), SLOW_MS);
      else answers += head.startsWith('POST /busy') ? BUSY : OK;
    });
    if (answers !== '') socket.write(answers);
  });
});
const listening = new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

answerQuestions<SinkQuestion>(async ({ kind }) => {
  await listening;
  if (kind === 'port') return { port: (server.address() as AddressInfo).port };
  if (kind === 'figures')
    return { arrived, seconds: (performance.now() - measuredFromMs) / 1_000, latency: latency.figures() };
  latency = createHistogram();
  arrived = 0;
  measuredFromMs = performance.now();
  return {};
});
