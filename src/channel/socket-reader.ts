import type { Duplex } from 'node:stream';
import { closedError } from './network-fault.ts';

/**
 * Reads exactly `size` bytes and leaves all that follow in the socket, for a handshake that is not HTTP.
 * Rejects when the socket ends, fails or is destroyed before.
 */
export function readExactly(socket: Duplex, size: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const settle = (error: Error | null, bytes?: Buffer) => {
      socket.off('readable', onReadable);
      socket.off('error', onError);
      socket.off('end', onEnd);
      socket.off('close', onEnd);
      if (bytes) resolve(bytes);
      else reject(error ?? closedError());
    };
    const onReadable = () => {
      const bytes: Buffer | null = socket.read(size);
      if (bytes === null) return;
      // At the end of the stream read(size) hands out what is left, however short.
      if (bytes.length === size) settle(null, bytes);
      else settle(null);
    };
    const onError = (error: Error) => settle(error);
    const onEnd = () => settle(null);
    socket.on('readable', onReadable);
    socket.on('error', onError);
    socket.on('end', onEnd);
    socket.on('close', onEnd);
    if (socket.destroyed) onEnd();
    else onReadable();
  });
}
