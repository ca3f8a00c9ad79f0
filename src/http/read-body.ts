import type { IncomingMessage, ServerResponse } from 'node:http';
import { invalidArgument } from './api-error.ts';

/** Requests with `Expect: 100-continue` whose callers still wait for the word to send their body. */
const waitingForContinue = new WeakSet<IncomingMessage>();

/** Notes that a caller waits for `100 Continue`; it gets it only once the body is wanted. */
export function holdContinue(raw: IncomingMessage): void {
  waitingForContinue.add(raw);
}

export function waitsForContinue(raw: IncomingMessage): boolean {
  return waitingForContinue.has(raw);
}

/**
 * The whole body in memory.
 *
 * Rejects with an `ApiError` (413) as soon as it is known to be over the limit; what then still arrives is dropped
 * by whoever answers. A declared length is a reason to refuse, never to believe: bytes are counted too.
 */
export function readBody(
  raw: IncomingMessage,
  response: ServerResponse,
  limitBytes: number,
): Promise<Buffer> {
  if (Number(raw.headers['content-length'] ?? 0) > limitBytes) return Promise.reject(tooLarge(limitBytes));
  if (waitingForContinue.delete(raw)) response.writeContinue();

  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    // Listeners stay where they are: to take them off again would cost more than all else here.
    let isOver = false;

    const onData = (chunk: Buffer) => {
      if (isOver) return;
      sizeBytes += chunk.length;
      chunks.push(chunk);
      if (sizeBytes <= limitBytes) return;
      isOver = true;
      reject(tooLarge(limitBytes));
    };
    const onEnd = () => {
      if (isOver) return;
      isOver = true;
      // After a 408 the rest of a body may still arrive: that request is answered and must not be accepted.
      if (raw.socket.writableEnded) reject(invalidArgument((t) => t.bodyIncomplete));
      else resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks));
    };
    const onBroken = () => {
      if (isOver) return;
      isOver = true;
      reject(invalidArgument((t) => t.bodyIncomplete));
    };
    raw.on('data', onData).on('end', onEnd).on('close', onBroken);
  });
}

function tooLarge(limitBytes: number) {
  return invalidArgument((t) => t.bodyTooLarge(limitBytes), { status: 413 });
}
