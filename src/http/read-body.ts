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
    /** null: it is over. The listeners stay, to take them off would cost more than all else here; what was read does not. */
    let chunks: Buffer[] | null = [];
    let sizeBytes = 0;

    const onData = (chunk: Buffer) => {
      if (chunks === null) return;
      sizeBytes += chunk.length;
      chunks.push(chunk);
      if (sizeBytes <= limitBytes) return;
      chunks = null;
      reject(tooLarge(limitBytes));
    };
    const onEnd = () => {
      if (chunks === null) return;
      const [first = Buffer.alloc(0), ...rest] = chunks;
      chunks = null;
      // After a 408 the rest of a body may still arrive: that request is answered and must not be accepted.
      if (raw.socket.writableEnded) reject(invalidArgument((t) => t.bodyIncomplete));
      else resolve(rest.length === 0 ? first : Buffer.concat([first, ...rest]));
    };
    const onBroken = () => {
      if (chunks === null) return;
      chunks = null;
      reject(invalidArgument((t) => t.bodyIncomplete));
    };
    raw.on('data', onData).on('end', onEnd).on('close', onBroken);
  });
}

function tooLarge(limitBytes: number) {
  return invalidArgument((t) => t.bodyTooLarge(limitBytes), { status: 413 });
}
