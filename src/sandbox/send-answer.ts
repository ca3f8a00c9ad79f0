import type { ServerResponse } from 'node:http';
import type { Clock } from '../core/clock.ts';
import type { Fault } from './faults.ts';
import type { Answer } from './stand-in.ts';

const ENDLESS_CHUNK = Buffer.alloc(16 * 1024, 0x20);
const ENDLESS_PAUSE_MS = 5;

export function sendAnswer(response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.status, answer.headers).end(answer.body);
}

/** Gives the answer in the manner of the fault. Returns when it is given, or when the caller or the sandbox is gone. */
export async function sendFaulty(
  response: ServerResponse,
  answer: Answer,
  fault: Fault,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const body = Buffer.from(answer.body);
  switch (fault.kind) {
    case 'fail':
    case 'limit':
    case 'status':
    case 'delay':
      sendAnswer(response, answer);
      return;
    case 'hang':
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'cut':
      response.writeHead(answer.status, { ...answer.headers, 'content-length': String(body.length + 16) });
      response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy());
      return;
    case 'drip':
      response.writeHead(answer.status, { ...answer.headers, 'content-length': String(body.length) });
      response.flushHeaders();
      for (const byte of body) {
        await clock.wait(fault.delayMs, signal);
        if (signal.aborted) return;
        response.write(Uint8Array.of(byte));
      }
      response.end();
      return;
    case 'endless':
      response.writeHead(answer.status, answer.headers);
      while (!signal.aborted) {
        if (response.write(ENDLESS_CHUNK)) await clock.wait(ENDLESS_PAUSE_MS, signal);
        else await drained(response, signal);
      }
      return;
  }
  fault.kind satisfies never;
}

function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    response.on('drain', done);
    signal.addEventListener('abort', done);
  });
}
