import { chmodSync, closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { type Boot, type BootMoment, isSameBoot, momentOf } from '../core/boot.ts';
import type { Clock } from '../core/clock.ts';
import { type InFlightMark, type InFlightMarks, type LeftBehind, noMarks } from './in-flight.ts';
import { decodeSlot, encodeEnded, encodeLeaving, SLOT_BYTES } from './in-flight-slot.ts';

export interface InFlightFileOptions {
  readonly path: string;
  readonly clock: Pick<Clock, 'wallMs'>;
  readonly boot: Boot;
  /** The file cannot be written: until the next start nothing is marked. */
  readonly onTrouble: (error: unknown) => void;
}

/** The file's first page: which boot its marks belong to. */
const HEAD_BYTES = 4_096;
const FORMAT = 1;

/** The file grows by so many slots at a time; as many as requests have ever been in flight at once. */
const SLOTS_AT_ONCE = 16;

interface Head extends BootMoment {
  readonly format: number;
}

/**
 * Marks in a small file beside the store, written without fsync: what is written is safe from the end of the process,
 * and after the end of the machine (another boot) nothing in it counts. A mark costs about 2 µs.
 *
 * No mark for an attempt means that its request never left, so a file that cannot be written must not stay: `begin`
 * throws what the system says when an old one cannot be removed.
 */
export function openInFlightFile(options: InFlightFileOptions): InFlightMarks & { close(): void } {
  const { path, clock, boot, onTrouble } = options;
  const left = readLeftBehind(path, momentOf(boot, clock.wallMs()));
  const free: number[] = [];
  let slots = 0;
  let file: number | null = null;

  function begin(): void {
    rmSync(path, { force: true });
    try {
      file = openSync(path, 'w', 0o600);
      chmodSync(path, 0o600);
      const head: Head = { format: FORMAT, ...momentOf(boot, clock.wallMs()) };
      writeSync(file, JSON.stringify(head).padEnd(HEAD_BYTES), 0);
    } catch (error) {
      abandon(error);
    }
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
    if (slot === null) return noMarks.mark(attemptId);
    return {
      leaving: () => write(slot, encodeLeaving(attemptId)),
      ended(end) {
        const bytes = encodeEnded(attemptId, end);
        if (bytes !== null) write(slot, bytes);
      },
      release: () => void free.push(slot),
    };
  }

  function write(slot: number, bytes: Buffer): void {
    if (file === null) return;
    try {
      const written = writeSync(file, bytes, 0, bytes.length, HEAD_BYTES + slot * SLOT_BYTES);
      if (written < bytes.length) throw new Error(`${written} of ${bytes.length} bytes were written`);
    } catch (error) {
      abandon(error);
    }
  }

  /** Room is taken before it is needed: a mark must not meet a full disk. */
  function addSlot(): number | null {
    const slot = slots++;
    if (slot % SLOTS_AT_ONCE === 0) write(slot, Buffer.alloc(SLOTS_AT_ONCE * SLOT_BYTES));
    return file === null ? null : slot;
  }

  return {
    leftBehind: (attemptId) => left(attemptId),
    begin,
    mark,
    close() {
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

  const marks = new Map<number, LeftBehind>();
  // The slot that cannot be read may have been that of any attempt without a mark.
  let unmarked: LeftBehind = { kind: 'not_sent' };
  for (let at = HEAD_BYTES; at + SLOT_BYTES <= bytes.length; at += SLOT_BYTES) {
    const slot = decodeSlot(bytes.subarray(at, at + SLOT_BYTES));
    if (slot.kind === 'mark') marks.set(slot.attemptId, slot.left);
    if (slot.kind === 'unreadable') unmarked = { kind: 'maybe_sent' };
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
