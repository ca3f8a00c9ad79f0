import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Arrival } from '../check/ledgers.ts';

/** Receivers on loopback, one path for each channel, with a ledger of everything that came. */
export interface Receivers {
  urlOf(channel: string): string;
  readonly arrivals: Arrival[];
  close(): Promise<void>;
}

/** A request that has come to its last byte. */
export interface ReceivedRequest {
  readonly channel: string;
  readonly token: string;
  readonly body: string;
}

/** How a receiver deals with a request: it answers, or does worse. `taken` says whether the group has the message now. */
export type Behaviour = (request: ReceivedRequest, response: ServerResponse) => { readonly taken: boolean };

/** Takes everything, after `latencyMs`. */
export function takesAll(latencyMs = 0): Behaviour {
  return (_request, response) => {
    const answer = () => response.writeHead(200, { 'content-type': 'text/plain' }).end('ok');
    if (latencyMs === 0) answer();
    else setTimeout(answer, latencyMs);
    return { taken: true };
  };
}

export async function startReceivers(behaviour: Behaviour): Promise<Receivers> {
  const arrivals: Arrival[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const atMs = performance.now();
      const body = Buffer.concat(chunks).toString();
      const channel = (request.url ?? '/').slice(1);
      const token = /m\d+m/.exec(body)?.[0] ?? 'no token';
      const { taken } = behaviour({ channel, token, body }, response);
      arrivals.push({ channel, token, atMs, taken });
    });
    request.on('error', () => undefined);
  });
  server.keepAliveTimeout = 10_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    urlOf: (channel) => `http://127.0.0.1:${port}/${channel}`,
    arrivals,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
