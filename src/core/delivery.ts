import type { LocalText } from './local-text.ts';

/**
 * The life of one message on one channel:
 *
 *   queued -> sending -> delivered | failed
 *                     -> retrying -> sending …
 *
 * `takeTurns` alone moves a delivery to `sending`; `recordAttempt` alone moves it on from there. What waits for an
 * endpoint that is stopped goes from `queued` or `retrying` to `failed` without an attempt.
 */
export const DELIVERY_STATUSES = ['queued', 'sending', 'retrying', 'delivered', 'failed'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** A delivery as the push log shows it. Times are wall-clock ms. */
export interface Delivery {
  readonly id: string;
  readonly channel: string;
  readonly provider: string;
  readonly status: DeliveryStatus;
  /** When a person asked for it again; null: it came with its message. */
  readonly resentAtMs: number | null;
  readonly attemptCount: number;
  /** When a waiting retry falls due; null while queued, sending or finished. */
  readonly nextAttemptAtMs: number | null;
  readonly finishedAtMs: number | null;
  readonly error: LocalText | null;
}

/** Nothing more is sent to the endpoint, and what waits for it fails with this reason. */
export interface EndpointStop {
  readonly reason: LocalText;
  /** `repeated`: only after several such answers over some minutes, with none between them that was good. */
  readonly when: 'now' | 'repeated';
}

/** What `recordAttempt` does with the delivery after an attempt. Waits are relative, in ms. */
export type NextStep =
  | { readonly kind: 'delivered' }
  /** The part was taken and the text has more parts: the delivery is first in line for its next turn. */
  | { readonly kind: 'next_part' }
  | { readonly kind: 'retry'; readonly waitMs: number; readonly error: LocalText }
  /** The whole endpoint is silent for `waitMs`; the retry count stays as it is. */
  | {
      readonly kind: 'pause';
      readonly waitMs: number;
      readonly error: LocalText;
      /** `platform`: every endpoint of the same provider. */
      readonly scope: 'endpoint' | 'platform';
    }
  | {
      readonly kind: 'failed';
      readonly error: LocalText;
      readonly stopsEndpoint: EndpointStop | null;
    };
