import type { Socket } from 'node:net';

/** Whoever has a connection listens to it, alone. */
export interface ConnectionListener {
  onBytes(bytes: Buffer): void;
  /** The server has ended it; nothing more comes. */
  onEnd(): void;
  onBroken(error: unknown): void;
}

/** One open socket, for one request after the other. */
export interface Connection {
  isOpen(): boolean;
  /** It has carried a request before. */
  wasUsed(): boolean;
  write(bytes: string | Buffer): void;
  /** Nothing that was written still waits for the server to take it. */
  isFlushed(): boolean;
  /** While nobody listens, whatever comes closes it: it was not asked for. */
  listen(listener: ConnectionListener | null): void;
  /** Calls `listener`, the only one, when it is closed. */
  onClosed(listener: () => void): void;
  destroy(): void;
}

/** @param socket connected and secured. */
export function createConnection(socket: Socket): Connection {
  let listener: ConnectionListener | null = null;
  let hasEnded = false;
  let wasUsed = false;
  let failure: unknown = null;
  let tellClosed = () => {};

  socket.on('data', (bytes: Buffer) => {
    if (listener === null) socket.destroy();
    else listener.onBytes(bytes);
  });
  socket.on('end', () => {
    hasEnded = true;
    listener?.onEnd();
  });
  socket.on('error', (error) => {
    failure = error;
  });
  socket.on('close', () => {
    listener?.onBroken(failure ?? closedError());
    tellClosed();
  });

  return {
    isOpen: () => !hasEnded && !socket.destroyed,
    wasUsed: () => wasUsed,
    write(bytes) {
      wasUsed = true;
      socket.write(bytes);
    },
    isFlushed: () => socket.writableLength === 0,
    listen(next) {
      listener = next;
    },
    onClosed(next) {
      tellClosed = next;
    },
    destroy: () => socket.destroy(),
  };
}

function closedError(): Error {
  return Object.assign(new Error('closed'), { code: 'ECONNRESET' });
}
