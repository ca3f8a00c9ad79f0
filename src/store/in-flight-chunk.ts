import type { AttemptEnd } from './in-flight.ts';
import { writeEnded, writeLeaving } from './in-flight-slot.ts';

/**
 * A part of the in-flight file: small slots side by side, which hold nearly every mark and are written many at once,
 * then as many large ones for the ends that do not fit. An attempt has one of each, at the same index.
 */
export const CHUNK_SLOTS = 64;
const SMALL_BYTES = 256;
const LARGE_BYTES = 8_192;
const SMALL_AREA_BYTES = CHUNK_SLOTS * SMALL_BYTES;
export const CHUNK_BYTES = SMALL_AREA_BYTES + CHUNK_SLOTS * LARGE_BYTES;

/** Where bytes go: at an offset from the chunk's start. */
type Write = (bytes: Buffer, offset: number) => void;

export interface Chunk {
  leaving(index: number, attemptId: number): void;
  ended(index: number, attemptId: number, end: AttemptEnd): void;
  /** Writes the small slots that have changed since the last call. */
  flush(): void;
}

export function createChunk(write: Write): Chunk {
  const small = Buffer.alloc(SMALL_AREA_BYTES);
  let changedFrom = CHUNK_SLOTS;
  let changedTo = 0;

  function smallSlot(index: number): Buffer {
    changedFrom = Math.min(changedFrom, index);
    changedTo = Math.max(changedTo, index + 1);
    return small.subarray(index * SMALL_BYTES, (index + 1) * SMALL_BYTES);
  }

  /** A long answer is left out where the rest fits without it; where nothing helps, the attempt stays `leaving`. */
  function writeLarge(index: number, attemptId: number, end: AttemptEnd): void {
    const slot = Buffer.alloc(LARGE_BYTES);
    const shortened = { ...end, outcome: { ...end.outcome, response: null } };
    if (!writeEnded(slot, attemptId, end) && !writeEnded(slot, attemptId, shortened)) return;
    write(slot, SMALL_AREA_BYTES + index * LARGE_BYTES);
  }

  return {
    leaving: (index, attemptId) => writeLeaving(smallSlot(index), attemptId),
    ended(index, attemptId, end) {
      if (!writeEnded(smallSlot(index), attemptId, end)) writeLarge(index, attemptId, end);
    },
    flush() {
      if (changedFrom >= changedTo) return;
      const offset = changedFrom * SMALL_BYTES;
      const bytes = small.subarray(offset, changedTo * SMALL_BYTES);
      changedFrom = CHUNK_SLOTS;
      changedTo = 0;
      write(bytes, offset);
    },
  };
}

/** The slots of a chunk as they stand in the file, the small ones first. */
export function* slotsOfChunk(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < SMALL_AREA_BYTES; at += SMALL_BYTES) yield bytes.subarray(at, at + SMALL_BYTES);
  for (let at = SMALL_AREA_BYTES; at < CHUNK_BYTES; at += LARGE_BYTES)
    yield bytes.subarray(at, at + LARGE_BYTES);
}
