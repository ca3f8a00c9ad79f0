import type { OnLeaving } from '../core/on-leaving.ts';
import type { Secret } from '../core/secret.ts';
import type { Answer, OutboundRequest } from '../providers/provider.ts';
import type { NetworkFault } from './network-fault.ts';

/**
 * What became of one request.
 *
 * - `answer`: a status line was received. `answer.complete` is false when the body broke off, was longer than we
 *   read, or did not end before the deadline.
 * - `not_sent`: surely not one byte of the request left for the target.
 * - `unknown`: the request was started on a connected socket, and no answer could be read.
 * - `blocked`: we refuse to send it at all, and shall refuse it again.
 */
export type TransportResult =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'not_sent' | 'unknown' | 'blocked'; readonly fault: NetworkFault };

export interface SendOptions {
  /** null: direct. */
  readonly proxy: Secret | null;
  /** One deadline from DNS to the last byte of the answer. */
  readonly timeoutMs: number;
  readonly onLeaving?: OnLeaving;
}

/** Sends requests. A simulation passes its own. */
export interface Transport {
  /** Makes at most one request. Never rejects. */
  send(request: OutboundRequest, options: SendOptions): Promise<TransportResult>;
}
