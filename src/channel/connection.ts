import type { Socket } from 'node:net';
import Client from 'undici/lib/dispatcher/client.js';
import type { Route } from './route.ts';

/** Node's own limit on a head. undici counts names and values alone, so this is up to 16,384 headers. */
const MAX_HEAD_BYTES = 16_384;

/**
 * An answer is parsed in pieces of at most this size. Past its limit on a head, undici makes an error for every further
 * header of the piece at hand: of 64 KiB full of `a:` that took the event loop 70 to 160 ms, every channel's loop.
 */
const MAX_READ_BYTES = 4_096;

/** Idle connections are dropped before the servers that we know drop them (5 s is Node's default). */
export const MAX_IDLE_MS = 4_000;

/** One open socket and the HTTP client that owns it. The client never opens another. */
export interface Connection {
  readonly client: Client;
  readonly isOpen: () => boolean;
}

/**
 * Puts an HTTP client on a socket that is already connected and secured.
 *
 * undici gets one socket and no means to open another: it can neither reconnect nor send again behind our back,
 * and a request never waits in a queue behind somebody else's connection.
 */
export function createConnection(socket: Socket, { target }: Route): Connection {
  let handedOver = false;
  const authority = target.host.includes(':') ? `[${target.host}]` : target.host;
  // Always http: TLS is done by now, and for https undici would compare server names and reconnect.
  const client = new Client(`http://${authority}:${target.port}`, {
    connect: (_options, callback) => {
      const first = !handedOver;
      handedOver = true;
      // Not in this tick: undici's queue does not move on when its connector answers at once.
      queueMicrotask(() => {
        if (first && !socket.destroyed) callback(null, readInPieces(socket));
        else callback(Object.assign(new Error('socket is gone'), { code: 'ECONNRESET' }), null);
      });
    },
    allowH2: false,
    pipelining: 1,
    maxHeaderSize: MAX_HEAD_BYTES,
    // The attempt's own deadline covers head and body.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: MAX_IDLE_MS,
    keepAliveMaxTimeout: MAX_IDLE_MS,
    keepAliveTimeoutThreshold: 1_000,
  });
  client.on('disconnect', () => void client.destroy());
  return { client, isOpen: () => !socket.destroyed && !client.destroyed };
}

function readInPieces(socket: Socket): Socket {
  const read = socket.read.bind(socket);
  socket.read = (bytes) => {
    // undici goes on parsing what is left after it has given the socket up.
    if (socket.destroyed) return null;
    // Asking for 0 bytes would mean something else: no `readable` event follows it.
    return read(bytes ?? (Math.min(MAX_READ_BYTES, socket.readableLength) || undefined));
  };
  return socket;
}
