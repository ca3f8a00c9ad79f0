import type { IncomingMessage } from 'node:http';

/** How much more than the limit is read and thrown away, so that the sender gets an answer and not a reset. */
const DISCARD_BYTES = 32 * 1024 * 1024;

/** The first `limitBytes` of a body, and whether there was more; null when the sender went away. */
export function readBody(
  request: IncomingMessage,
  limitBytes: number,
): Promise<{ readonly body: Buffer; readonly tooLarge: boolean } | null> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const finish = () => resolve({ body: Buffer.concat(chunks), tooLarge: size > limitBytes });
    request.on('data', (chunk: Buffer) => {
      const room = limitBytes - size;
      size += chunk.length;
      if (room > 0) chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
      if (size > limitBytes + DISCARD_BYTES) {
        request.pause();
        finish();
      }
    });
    request.on('end', finish);
    request.on('error', () => resolve(null));
    request.on('close', () => resolve(null));
  });
}
