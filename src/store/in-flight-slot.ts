import { crc32 } from 'node:zlib';
import type { AttemptEnd, LeftBehind } from './in-flight.ts';

/**
 * A slot of the in-flight file: a checksum over the rest, the length of the JSON at its end, the state, the attempt.
 * A slot that was never used is zeros.
 */
const CRC_AT = 0;
const LENGTH_AT = 4;
const STATE_AT = 8;
const ATTEMPT_AT = 12;
const JSON_AT = 20;

const LEAVING = 1;
const ENDED = 2;

/** Writes into the slot that the attempt's request may have left. */
export function writeLeaving(slot: Buffer, attemptId: number): void {
  write(slot, LEAVING, attemptId, 0);
}

/** Writes into the slot how the attempt ended. @returns false, with the slot as it was, when that does not fit. */
export function writeEnded(slot: Buffer, attemptId: number, end: AttemptEnd): boolean {
  const json = JSON.stringify(end);
  // Of a longer text not all would be written.
  if (json.length > slot.length - JSON_AT || Buffer.byteLength(json) > slot.length - JSON_AT) return false;
  write(slot, ENDED, attemptId, slot.write(json, JSON_AT));
  return true;
}

function write(slot: Buffer, state: number, attemptId: number, length: number): void {
  slot.writeUInt32LE(length, LENGTH_AT);
  slot.writeUInt32LE(state, STATE_AT);
  slot.writeUInt32LE(attemptId % 2 ** 32, ATTEMPT_AT);
  slot.writeUInt32LE(Math.floor(attemptId / 2 ** 32), ATTEMPT_AT + 4);
  slot.writeUInt32LE(crc32(slot.subarray(LENGTH_AT, JSON_AT + length)), CRC_AT);
}

export type DecodedSlot =
  | { readonly kind: 'empty' }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'mark'; readonly attemptId: number; readonly left: LeftBehind };

export function decodeSlot(slot: Buffer): DecodedSlot {
  const state = slot.readUInt32LE(STATE_AT);
  const length = slot.readUInt32LE(LENGTH_AT);
  const crc = slot.readUInt32LE(CRC_AT);
  if (state === 0 && length === 0 && crc === 0) return { kind: 'empty' };
  if (JSON_AT + length > slot.length) return { kind: 'unreadable' };
  if (crc32(slot.subarray(LENGTH_AT, JSON_AT + length)) !== crc) return { kind: 'unreadable' };
  const attemptId = slot.readUInt32LE(ATTEMPT_AT) + slot.readUInt32LE(ATTEMPT_AT + 4) * 2 ** 32;
  if (state === LEAVING) return { kind: 'mark', attemptId, left: { kind: 'maybe_sent' } };
  const end = JSON.parse(slot.toString('utf8', JSON_AT, JSON_AT + length)) as AttemptEnd;
  return { kind: 'mark', attemptId, left: { kind: 'ended', end } };
}
