import type { SeededRandom } from '../support/random.ts';

/** A body with its content type, near to what the API takes or far from it. */
export interface ApiBody {
  readonly type: string;
  readonly body: Buffer;
}

const TYPES = [
  'application/json',
  'application/json; charset=utf-8',
  'application/x-www-form-urlencoded',
  'application/x-www-form-urlencoded; charset=UTF-8',
  'application/json; charset=gbk',
  'text/plain',
  'multipart/form-data; boundary=x',
  'application/json;;',
  'APPLICATION/JSON',
];
const TAKEN_TYPES = ['application/json', 'application/x-www-form-urlencoded'];
const KEYS = [
  'msg',
  'to',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'MSG',
  ' msg',
  '',
  'id',
  '\u0000',
];
const WORDS = [
  'hello',
  '中文',
  '',
  ' ',
  '\u0000',
  '\ud800',
  '\u202e',
  'fast',
  'nobody',
  '\ud83d\ude00',
  '%00',
  '"',
  '\\',
  '\u2028',
];
const NUMBERS = [0, -0, 1, -1, 1e308, Number.MAX_SAFE_INTEGER, 0.1];
const FORM_PIECES = [
  'msg=',
  'to=',
  '&',
  '=',
  '%',
  '%2',
  '%zz',
  '%ff',
  '%E4%B8%AD',
  '+',
  ';',
  '[]',
  'a',
  '&&&&',
  '%00',
  '中',
  '\n',
];

export function apiBody(random: SeededRandom): ApiBody {
  const type = random.chance(0.6) ? pick(random, TAKEN_TYPES) : pick(random, TYPES);
  const text = type.includes('form') ? formText(random) : jsonText(random);
  return { type, body: spoil(Buffer.from(text), random) };
}

function jsonText(random: SeededRandom): string {
  const value = random.chance(0.8)
    ? {
        ...Object.fromEntries(
          several(random, random.chance(0.5) ? 2 : 0, () => [pick(random, KEYS), jsonValue(random, 3)]),
        ),
        ...(random.chance(0.6) ? { msg: pick(random, WORDS) } : {}),
      }
    : jsonValue(random, 3);
  const text = JSON.stringify(value) ?? 'undefined';
  // Twice the same key, which no object can hold.
  return random.chance(0.1) ? text.replace(/^\{/, '{"msg":"first",') : text;
}

function jsonValue(random: SeededRandom, depth: number): unknown {
  if (depth > 0 && random.chance(0.2)) return several(random, 5, () => jsonValue(random, depth - 1));
  if (depth > 0 && random.chance(0.1))
    return Object.fromEntries(several(random, 3, () => [pick(random, KEYS), jsonValue(random, depth - 1)]));
  if (random.chance(0.1)) return pick(random, [null, true, false]);
  if (random.chance(0.1)) return pick(random, NUMBERS);
  return pick(random, WORDS).repeat(random.chance(0.02) ? 5_000 : 1);
}

function formText(random: SeededRandom): string {
  const text = several(random, 12, () => pick(random, FORM_PIECES)).join('');
  return random.chance(0.5) ? `msg=hello&${text}` : text.repeat(random.chance(0.05) ? 2_000 : 1);
}

/** Now and then some bytes are changed, doubled, or cut off. */
export function spoil(bytes: Buffer, random: SeededRandom): Buffer {
  if (random.chance(0.6)) return bytes;
  const at = Math.floor(random.between(0, bytes.length + 1));
  const fate = random.next();
  if (fate < 0.3) return bytes.subarray(0, at);
  if (fate < 0.6) return Buffer.concat([bytes.subarray(0, at), randomBytes(random), bytes.subarray(at)]);
  if (fate < 0.8) return Buffer.concat([bytes, bytes.subarray(at)]);
  const changed = Buffer.from(bytes);
  if (at < changed.length) changed[at] = Math.floor(random.between(0, 256));
  return changed;
}

function randomBytes(random: SeededRandom): Buffer {
  return Buffer.from(several(random, 8, () => Math.floor(random.between(0, 256))));
}

export function several<T>(random: SeededRandom, most: number, make: () => T): T[] {
  return Array.from({ length: Math.floor(random.between(0, most + 1)) }, make);
}

export function pick<T>(random: SeededRandom, from: readonly [T, ...T[]] | readonly T[]): T {
  const found = from[Math.floor(random.between(0, from.length))];
  if (found === undefined && from.length === 0) throw new Error('nothing to pick from');
  return found as T;
}
