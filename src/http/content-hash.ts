import { createHash } from 'node:crypto';

/** For a validator (ETag): 22 characters, 132 bits. */
export function contentHash(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
}
