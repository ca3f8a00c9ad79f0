import { createHash } from 'node:crypto';
import type { Secret } from '../core/secret.ts';
import type { Provider } from '../providers/provider.ts';

/**
 * Names an endpoint without giving it away: channels whose addresses are one group to the platform, however they are
 * written, share its rate limits. SHA-256, hex, of what the platform's limits belong to.
 */
export function endpointHash({ limitScope }: Pick<Provider, 'limitScope'>, url: Secret): string {
  return createHash('sha256').update(limitScope(url.reveal())).digest('hex');
}
