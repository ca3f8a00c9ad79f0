import { isUtf8 } from 'node:buffer';
import { invalidArgument } from './api-error.ts';
import { shownWord } from './nearest-word.ts';

const AMPERSAND = 0x26;
const EQUALS = 0x3d;
const PERCENT = 0x25;
const PLUS = 0x2b;
const SPACE = 0x20;

export const MAX_PAIRS = 16;

/**
 * Reads `a=1&b=2` in time linear to its length: `+` is a space, `%XX` a byte, any other `%` stands for itself.
 *
 * `URLSearchParams` is no choice here: it takes invalid UTF-8 silently, and a body of 1 MiB of `a&a&…` holds the
 * event loop. So pairs are counted before anything is decoded.
 *
 * @throws ApiError for more than 16 pairs, invalid UTF-8 and a repeated name.
 */
export function parseForm(bytes: Buffer): Map<string, string> {
  const fields = new Map<string, string>();
  for (const pair of splitPairs(bytes)) {
    if (pair.length === 0) continue;
    const equals = pair.indexOf(EQUALS);
    const name = decode(equals < 0 ? pair : pair.subarray(0, equals), null);
    if (fields.has(name)) throw invalidArgument((t) => t.repeatedField(shownWord(name)));
    fields.set(name, equals < 0 ? '' : decode(pair.subarray(equals + 1), name));
  }
  return fields;
}

function splitPairs(bytes: Buffer): Buffer[] {
  const pairs: Buffer[] = [];
  let start = 0;
  while (start <= bytes.length) {
    if (pairs.length === MAX_PAIRS) throw invalidArgument((t) => t.tooManyPairs(MAX_PAIRS));
    const end = bytes.indexOf(AMPERSAND, start);
    pairs.push(bytes.subarray(start, end < 0 ? bytes.length : end));
    if (end < 0) break;
    start = end + 1;
  }
  return pairs;
}

/** @param name the field that is decoded, for the error; null while decoding a name. */
function decode(encoded: Buffer, name: string | null): string {
  const bytes = encoded.includes(PERCENT) || encoded.includes(PLUS) ? unescapeBytes(encoded) : encoded;
  if (!isUtf8(bytes))
    throw invalidArgument((t) => t.notUtf8(name === null ? t.requestBody : shownWord(name)));
  return bytes.toString('utf8');
}

function unescapeBytes(encoded: Buffer): Buffer {
  const decoded = Buffer.allocUnsafe(encoded.length);
  let length = 0;
  for (let i = 0; i < encoded.length; i++) {
    const byte = encoded[i] ?? 0;
    const high = byte === PERCENT ? hexDigit(encoded[i + 1]) : -1;
    const low = high >= 0 ? hexDigit(encoded[i + 2]) : -1;
    if (low >= 0) {
      decoded[length++] = high * 16 + low;
      i += 2;
    } else {
      decoded[length++] = byte === PLUS ? SPACE : byte;
    }
  }
  return decoded.subarray(0, length);
}

/** 0–15, or -1 for anything that is no hexadecimal digit. */
function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
