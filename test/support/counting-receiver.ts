import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A webhook receiver that keeps what it took. */
export interface CountingReceiver {
  readonly url: string;
  /** Bodies in order of arrival. */
  readonly bodies: string[];
  close(): Promise<void>;
}

/** @param latencyMs how long each answer takes. */
export async function startCountingReceiver(latencyMs = 0): Promise<CountingReceiver> {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      bodies.push(Buffer.concat(chunks).toString());
      setTimeout(() => response.writeHead(204).end(), latencyMs).unref();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    bodies,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
