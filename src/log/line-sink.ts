import type { SonicBoom } from 'sonic-boom';
import { systemClock } from '../core/clock.ts';

/** Where the lines of a log go. No method throws: a log that fails must not take the service with it. */
export interface LineSink {
  write(line: string): void;
  /** Resolves once everything written before is out, or given up. Never rejects. */
  flush(): Promise<void>;
  /** `flush`, then closes. */
  close(): Promise<void>;
}

/** Lines that wait for a slow terminal or disk; more are dropped, so that a stuck reader cannot fill the memory. */
export const MAX_WAITING_BYTES = 4 * 1024 * 1024;

/** A stuck reader (Ctrl-S, a full pipe) holds back a flush for no longer than this. */
const MAX_FLUSH_MS = 1_000;

/**
 * A stream of sonic-boom as a sink. It writes in the background: a blocked terminal never blocks the event loop.
 *
 * Its own `flushSync` is not used: 4.2.1 tries again for ever on any error but EAGAIN (EPIPE, ENOSPC), with the
 * event loop blocked, so that only SIGKILL ends the process.
 */
export function sinkOf(stream: SonicBoom): LineSink {
  let waitingBytes = 0;
  let isOver = false;
  /** The lines of this turn of the event loop: they go out in one write. */
  let linesOfTurn = '';
  const handOver = () => {
    const lines = linesOfTurn;
    linesOfTurn = '';
    if (lines !== '' && !isOver) stream.write(lines);
  };
  stream.on('write', (bytes: number) => {
    waitingBytes -= bytes;
  });
  stream.on('drop', (line: string) => {
    waitingBytes -= Buffer.byteLength(line);
  });
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // Nobody reads any more. A full disk, on the other hand, may have room again for the next line.
    if (error.code === 'EPIPE' || error.code === 'EBADF') isOver = true;
  });
  const flush = async () => {
    handOver();
    const endMs = performance.now() + MAX_FLUSH_MS;
    while (!isOver && waitingBytes > 0 && performance.now() < endMs) await systemClock.wait(1);
  };
  return {
    write(line) {
      if (isOver) return;
      waitingBytes += Buffer.byteLength(line);
      if (linesOfTurn === '') setImmediate(handOver);
      linesOfTurn += line;
    },
    flush,
    async close() {
      await flush();
      isOver = true;
      stream.destroy();
    },
  };
}
