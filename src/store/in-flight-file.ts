import { chmodSync, closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { type Boot, type BootMoment, isSameBoot, momentOf } from '../core/boot.ts';
import type { Clock } from '../core/clock.ts';
import { type InFlightMark, type InFlightMarks, type LeftBehind, noMarks } from './in-flight.ts';
import { CHUNK_BYTES, CHUNK_SLOTS, type Chunk, createChunk, slotsOfChunk } from './in-flight-chunk.ts';
import { decodeSlot } from './in-flight-slot.ts';

export interface InFlightFileOptions {
  readonly path: string;
  readonly clock: Pick<Clock, 'wallMs'>;
  readonly boot: Boot;
  /** The file cannot be written: until the next start nothing is marked. */
  readonly onTrouble: (error: unknown) => void;
}

/** The file's first page: which boot its marks belong to. */
const HEAD_BYTES = 4_096;
const FORMAT = 3;

interface Head extends BootMoment {
  readonly format: number;
  /** As many as the file has; of fewer some have been cut off, and nobody knows what was in them. */
  readonly chunks: number;
}

/** An old file of marks is in the way: what it says would be taken for the truth about new attempts. */
export class InFlightFileError extends Error {
  readonly path: string;

  constructor(path: string, options: ErrorOptions) {
    super('the old file of marks in flight cannot be removed', options);
    this.name = 'InFlightFileError';
    this.path = path;
  }
}

/**
 * Marks in a small file beside the store, written without fsync: what is written is safe from the end of the process,
 * and after the end of the machine (another boot) nothing in it counts. Marks of one turn of the event loop are written
 * together. The file grows by chunks, to as many slots as requests have ever been in flight at once.
 *
 * No mark for an attempt means that its request never left, so a file that cannot be written must not stay: `begin`
 * throws InFlightFileError when an old one cannot be removed.
 */
export function openInFlightFile(options: InFlightFileOptions): InFlightMarks & { close(): void } {
  const { path, clock, boot, onTrouble } = options;
  const left = readLeftBehind(path, momentOf(boot, clock.wallMs()));
  const free: number[] = [];
  const chunks: Chunk[] = [];
  let slots = 0;
  let file: number | null = null;
  let flushIsDue = false;

  function begin(): void {
    try {
      rmSync(path, { force: true });
    } catch (error) {
      throw new InFlightFileError(path, { cause: error });
    }
    try {
      file = openSync(path, 'w', 0o600);
      chmodSync(path, 0o600);
    } catch (error) {
      abandon(error);
    }
    writeHead();
  }

  function writeHead(): void {
    const head: Head = { format: FORMAT, chunks: chunks.length, ...momentOf(boot, clock.wallMs()) };
    write(Buffer.from(JSON.stringify(head).padEnd(HEAD_BYTES)), 0);
  }

  /** Without the file every attempt in flight counts as sent, so it has to go. */
  function abandon(error: unknown): void {
    try {
      if (file !== null) closeSync(file);
      file = null;
      rmSync(path, { force: true });
    } finally {
      onTrouble(error);
    }
  }

  function mark(attemptId: number): InFlightMark {
    if (file === null) return noMarks.mark(attemptId);
    const slot = free.pop() ?? addSlot();
    const chunk = chunks[Math.floor(slot / CHUNK_SLOTS)];
    if (chunk === undefined || file === null) return noMarks.mark(attemptId);
    const index = slot % CHUNK_SLOTS;
    let isMarked = false;
    return {
      leaving(when) {
        if (!isMarked) chunk.leaving(index, attemptId);
        isMarked = true;
        if (when === 'now') flush();
      },
      ended(end) {
        chunk.ended(index, attemptId, end);
        flushSoon();
      },
      release: () => void free.push(slot),
    };
  }

  function flush(): void {
    for (const chunk of chunks) chunk.flush();
  }

  function flushSoon(): void {
    if (flushIsDue) return;
    flushIsDue = true;
    setImmediate(() => {
      flushIsDue = false;
      flush();
    });
  }

  function write(bytes: Buffer, position: number): void {
    if (file === null) return;
    try {
      const written = writeSync(file, bytes, 0, bytes.length, position);
      if (written < bytes.length) throw new Error(`${written} of ${bytes.length} bytes were written`);
    } catch (error) {
      abandon(error);
    }
  }

  /** Room is taken before it is needed: a mark must not meet a full disk. */
  function addSlot(): number {
    const slot = slots++;
    if (slot % CHUNK_SLOTS === 0) {
      const start = HEAD_BYTES + chunks.length * CHUNK_BYTES;
      write(Buffer.alloc(CHUNK_BYTES), start);
      chunks.push(createChunk((bytes, offset) => write(bytes, start + offset)));
      writeHead();
    }
    return slot;
  }

  return {
    leftBehind: (attemptId) => left(attemptId),
    begin,
    mark,
    close() {
      flush();
      if (file !== null) closeSync(file);
      file = null;
    },
  };
}

function readLeftBehind(path: string, now: BootMoment): (attemptId: number) => LeftBehind {
  const bytes = readIfPresent(path);
  const head = bytes === null ? null : readHead(bytes.subarray(0, HEAD_BYTES));
  if (bytes === null || head === null || head.format !== FORMAT || !isSameBoot(head, now))
    return noMarks.leftBehind;
  if (bytes.length < HEAD_BYTES + head.chunks * CHUNK_BYTES) return noMarks.leftBehind;

  const marks = new Map<number, LeftBehind>();
  // The slot that cannot be read may have been that of any attempt without a mark.
  let unmarked: LeftBehind = { kind: 'not_sent' };
  for (let at = HEAD_BYTES; at + CHUNK_BYTES <= bytes.length; at += CHUNK_BYTES) {
    for (const bytesOfSlot of slotsOfChunk(bytes.subarray(at, at + CHUNK_BYTES))) {
      const slot = decodeSlot(bytesOfSlot);
      // The end of an attempt, in a large slot, comes after the mark that it leaves.
      if (slot.kind === 'mark') marks.set(slot.attemptId, slot.left);
      if (slot.kind === 'unreadable') unmarked = { kind: 'maybe_sent' };
    }
  }
  return (attemptId) => marks.get(attemptId) ?? unmarked;
}

function readIfPresent(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}

function readHead(bytes: Buffer): Head | null {
  try {
    return JSON.parse(bytes.toString()) as Head;
  } catch {
    return null;
  }
}
