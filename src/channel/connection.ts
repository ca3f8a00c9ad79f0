import type { Socket } from 'node:net';
import { closedError } from './network-fault.ts';

/** Whoever has a connection listens to it, alone. */
export interface ConnectionListener {
  onBytes(bytes: Buffer): void;
  /** The server has ended it; nothing more comes. */
  onEnd(): void;
  onBroken(error: unknown): void;
}

/** One open socket, for one request after the other. */
export interface Connection {
  /** It can take a request: nobody has ended it, and nothing has come that nobody has asked for. */
  isOpen(): boolean;
  /** Something was read from it in this turn of the event loop: behind it may stand its end, which the next turn reads. */
  wasReadThisTurn(): boolean;
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
  let failure: unknown = null;
  let readInTurn = -1;
  let tellClosed = () => {};

  socket.on('data', (bytes: Buffer) => {
    readInTurn = thisTurn();
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
    isOpen: () => !hasEnded && !socket.destroyed && socket.readableLength === 0,
    wasReadThisTurn: () => readInTurn === turn,
    write: (bytes) => void socket.write(bytes),
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

/** Turns of the event loop, counted while something is read. */
let turn = 0;
let endIsDue = false;

function thisTurn(): number {
  if (!endIsDue) setImmediate(endTurn);
  endIsDue = true;
  return turn;
}

function endTurn(): void {
  endIsDue = false;
  turn++;
}
