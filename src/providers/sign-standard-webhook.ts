import { createHmac } from 'node:crypto';

/** What a signature covers: exactly the bytes that are sent. */
export interface SignedWebhook {
  /** `webhook-id`; without a full stop. */
  readonly id: string;
  /** `webhook-timestamp`: seconds since the Unix epoch, of this attempt. */
  readonly timestamp: string;
  readonly body: string;
}

/**
 * The `webhook-signature` of Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`, as `v1,` and Base64.
 *
 * @param secret `whsec_` and the Base64 of the key; like the reference libraries we take it without the prefix too.
 * Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md (read 2026-09)
 */
export function signStandardWebhook({ id, timestamp, body }: SignedWebhook, secret: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}
