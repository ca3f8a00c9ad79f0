import { crc32 } from 'node:zlib';
import type { AttemptEnd, LeftBehind } from './in-flight.ts';

/**
 * One slot of the in-flight file: a checksum over the rest, the length of the JSON at its end, the state, the attempt.
 * A slot that was never used is zeros.
 */
export const SLOT_BYTES = 8_192;

const CRC_AT = 0;
const LENGTH_AT = 4;
const STATE_AT = 8;
const ATTEMPT_AT = 12;
const JSON_AT = 20;

const LEAVING = 1;
const ENDED = 2;

/** @returns the bytes to write at the slot's start; null when the end does not fit. */
export function encodeLeaving(attemptId: number): Buffer {
  return encode(LEAVING, attemptId, '');
}

/** A long answer is left out where the rest fits without it. @returns null when nothing helps. */
export function encodeEnded(attemptId: number, end: AttemptEnd): Buffer | null {
  for (const outcome of [end.outcome, { ...end.outcome, response: null }]) {
    const json = JSON.stringify({ ...end, outcome });
    if (Buffer.byteLength(json) <= SLOT_BYTES - JSON_AT) return encode(ENDED, attemptId, json);
  }
  return null;
}

function encode(state: number, attemptId: number, json: string): Buffer {
  const length = Buffer.byteLength(json);
  const bytes = Buffer.allocUnsafe(JSON_AT + length);
  bytes.writeUInt32LE(length, LENGTH_AT);
  bytes.writeUInt32LE(state, STATE_AT);
  bytes.writeBigUInt64LE(BigInt(attemptId), ATTEMPT_AT);
  bytes.write(json, JSON_AT);
  bytes.writeUInt32LE(crc32(bytes.subarray(LENGTH_AT)), CRC_AT);
  return bytes;
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
  const attemptId = Number(slot.readBigUInt64LE(ATTEMPT_AT));
  if (state === LEAVING) return { kind: 'mark', attemptId, left: { kind: 'maybe_sent' } };
  const end = JSON.parse(slot.toString('utf8', JSON_AT, JSON_AT + length)) as AttemptEnd;
  return { kind: 'mark', attemptId, left: { kind: 'ended', end } };
}
