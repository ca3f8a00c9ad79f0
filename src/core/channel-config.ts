import type { RateLimitWindow } from './rate-windows.ts';
import type { Secret } from './secret.ts';

export const OVERFLOW_MODES = ['split', 'truncate', 'fail'] as const;
/** What becomes of a text that is longer than the platform takes in one message. */
export type Overflow = (typeof OVERFLOW_MODES)[number];

export const UNCERTAIN_MODES = ['retry', 'hold'] as const;
/** What follows an attempt of which nobody knows whether the platform took it. */
export type OnUncertain = (typeof UNCERTAIN_MODES)[number];

export const WEBHOOK_METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type WebhookMethod = (typeof WEBHOOK_METHODS)[number];

/** What a provider needs to know of an endpoint to build a request for it. */
export interface EndpointConfig {
  readonly url: Secret;
  /** Signing key; null where none is configured. */
  readonly secret: Secret | null;
  /** `webhook` only; the chat platforms fix their own. */
  readonly method: WebhookMethod;
  readonly contentType: 'json' | 'form';
  readonly headers: readonly { readonly name: string; readonly value: Secret }[];
}

/** One configured channel, checked and complete. */
export interface ChannelConfig {
  readonly name: string;
  readonly providerId: string;
  readonly endpoint: EndpointConfig;
  readonly windows: readonly RateLimitWindow[];
  /** null: direct. */
  readonly proxy: Secret | null;
  readonly tags: readonly string[];
  readonly overflow: Overflow;
  readonly ordered: boolean;
  readonly onUncertain: OnUncertain;
}
