import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Secret } from '../core/secret.ts';

export interface RequiredHeader {
  readonly name: string;
  readonly value: Secret;
}

/**
 * Tells whether a request carries all required headers, in a time that says nothing about how close it came.
 *
 * Both sides go through an HMAC with a key of this process, so that lengths are equal and an attacker cannot steer
 * the bytes that are compared; and all headers are always compared.
 */
export function createHeaderCheck(
  required: readonly RequiredHeader[],
): (headers: IncomingHttpHeaders) => boolean {
  const key = randomBytes(32);
  const digest = (bytes: Buffer) => createHmac('sha256', key).update(bytes).digest();
  // HTTP strips blanks around a value, so a configured one can only be met without them.
  const wanted = required.map(({ name, value }) => ({
    name: name.toLowerCase(),
    digest: digest(Buffer.from(value.reveal().trim(), 'utf8')),
  }));

  return (headers) => {
    let unequal = 0;
    for (const { name, digest: expected } of wanted) {
      const given = headers[name];
      const present = given === undefined ? 0 : 1;
      // Node.js reads header bytes as Latin-1.
      const actual = digest(Buffer.from(Array.isArray(given) ? given.join(', ') : (given ?? ''), 'latin1'));
      unequal |= (timingSafeEqual(actual, expected) ? 0 : 1) | (1 - present);
    }
    return unequal === 0;
  };
}
