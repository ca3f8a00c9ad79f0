import { createHash } from 'node:crypto';
import type { Secret } from '../core/secret.ts';

/**
 * Names an endpoint without giving it away: two channels with one URL share the platform's rate limits.
 * SHA-256, hex, of the URL as a browser would write it, without the fragment, which is never sent.
 */
export function endpointHash(url: Secret): string {
  return createHash('sha256').update(normalised(url.reveal())).digest('hex');
}

function normalised(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null) return url;
  parsed.hash = '';
  return parsed.href;
}
