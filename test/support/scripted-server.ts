import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { testKey } from './test-certificates.ts';

/** What a server does with a socket once the head of a request has arrived on it. */
export type Script = (socket: Socket, request: string) => void;

export interface ScriptedServer {
  readonly port: number;
  /** The bytes of each request that was begun, as far as they had come when its head was complete. */
  readonly requests: readonly string[];
  readonly connectionCount: () => number;
  close(): Promise<void>;
}

/**
 * A TCP server that speaks no HTTP by itself: it counts requests by the blank line after their head and plays a
 * script for each, so that a test can have every way of answering badly.
 */
export async function startScriptedServer(
  script: Script,
  { cert, onConnect }: { cert?: string; onConnect?: (socket: Socket) => void } = {},
): Promise<ScriptedServer> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const serve = (socket: Socket) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    onConnect?.(socket);
    let pending = '';
    socket.on('data', (bytes: Buffer) => {
      pending += bytes.toString('latin1');
      for (;;) {
        const end = requestEnd(pending);
        if (end === -1) return;
        const request = pending.slice(0, end);
        pending = pending.slice(end);
        requests.push(request);
        script(socket, request);
      }
    });
  };
  const server = cert === undefined ? createServer(serve) : createTlsServer({ key: testKey, cert }, serve);
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    connectionCount: () => connections,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Where the first request in `text` ends, its body by Content-Length included; -1 if it has not all come. */
function requestEnd(text: string): number {
  const head = text.indexOf('\r\n\r\n');
  if (head === -1) return -1;
  const length = Number(/\r\ncontent-length: *(\d+)/i.exec(text.slice(0, head))?.[1] ?? 0);
  const end = head + 4 + length;
  return text.length >= end ? end : -1;
}

/** A plain, correct answer. */
export function httpAnswer(status: number, body: string, extraHeaders = ''): string {
  return `HTTP/1.1 ${status} X\r\n${extraHeaders}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
