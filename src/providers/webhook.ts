import type { EndpointConfig } from '../core/channel-config.ts';
import { HTTP_STATUS_CODES, isSuccess, verdictOfStatus } from './http-status.ts';
import { wholeScope } from './limit-scope.ts';
import type { MessagePart, OutboundRequest, Provider } from './provider.ts';
import { appendQuery, withoutFragment } from './query-string.ts';
import { signStandardWebhook } from './sign-standard-webhook.ts';
import { USER_AGENT } from './user-agent.ts';

const SPEC =
  'https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md (read 2026-09)';

const CONTENT_TYPES = { json: 'application/json', form: 'application/x-www-form-urlencoded' } as const;

/** What the body and the transport decide; a configured header of these names would contradict them. */
const OURS = /^(?:content-type|content-length|transfer-encoding|connection|host|webhook-.*)$/;

/**
 * Any HTTP receiver. Any 2xx is a success whatever its body says; everything else is told by the status.
 *
 * The limits are ours: a receiver publishes none.
 */
export const webhook: Provider = {
  id: 'webhook',
  label: { zh: 'Webhook', en: 'Webhook' },
  exampleUrl: 'https://example.com/hook',
  ownUrl: null,
  fields: ['secret', 'endpoint.method', 'content_type', 'headers'],
  limitScope: wholeScope,
  windows: {
    minute: { maxSends: 0, documented: null, source: SPEC },
    second: { maxSends: 10, documented: null, source: SPEC },
  },
  textLimit: null,
  codes: HTTP_STATUS_CODES,

  buildRequest(endpoint, part, nowMs): OutboundRequest {
    const { url, authorization } = withoutLogin(withoutFragment(endpoint.url.reveal()));
    const fields = { id: part.messageId, msg_type: 'text', msg: part.text.toWellFormed() };
    const inQuery = endpoint.method === 'GET';
    const body = inQuery ? null : encodeBody(fields, endpoint.contentType);
    return {
      method: endpoint.method,
      url: inQuery ? appendQuery(url, fields) : url,
      headers: {
        'user-agent': USER_AGENT,
        // Bare, as Stripe-style receivers expect it, although the IETF draft quotes it:
        // https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/ (read 2026-09)
        'idempotency-key': part.partKey,
        ...authorization,
        ...configuredHeaders(endpoint),
        ...(body === null ? {} : { 'content-type': CONTENT_TYPES[endpoint.contentType] }),
        ...standardWebhookHeaders(endpoint, part, body ?? '', nowMs),
      },
      body,
    };
  },

  readAnswer(answer) {
    if (isSuccess(answer.httpStatus)) return { kind: 'ok', platformCode: null, error: null };
    return verdictOfStatus(answer);
  },
};

function encodeBody(
  fields: Readonly<Record<string, string>>,
  contentType: EndpointConfig['contentType'],
): string {
  return contentType === 'json' ? JSON.stringify(fields) : new URLSearchParams(fields).toString();
}

/** Names in lower case, so that a configured `User-Agent` replaces ours instead of standing beside it. */
function configuredHeaders({ headers }: EndpointConfig): Record<string, string> {
  const named = headers.map(({ name, value }) => [name.toLowerCase(), value.reveal()] as const);
  return Object.fromEntries(named.filter(([name]) => !OURS.test(name)));
}

/** The id is the same on every retry, so a receiver can drop a second copy; the timestamp is that of this attempt. */
function standardWebhookHeaders(
  { secret }: EndpointConfig,
  { partKey }: MessagePart,
  body: string,
  nowMs: number,
): Record<string, string> {
  if (secret === null) return { 'webhook-id': partKey };
  const timestamp = String(Math.floor(nowMs / 1_000));
  return {
    'webhook-id': partKey,
    'webhook-timestamp': timestamp,
    'webhook-signature': signStandardWebhook({ id: partKey, timestamp, body }, secret.reveal()),
  };
}

/** `https://user:pass@host/` means Basic authentication, as everywhere; HTTP has no place for it in the URL itself. */
function withoutLogin(url: string): { url: string; authorization: Record<string, string> } {
  const login = /^(https?:\/\/)([^/?#]*)@/i.exec(url);
  if (login === null) return { url, authorization: {} };
  const [whole, scheme = '', userInfo = ''] = login;
  const credentials = Buffer.from(decode(userInfo), 'utf8').toString('base64');
  return { url: scheme + url.slice(whole.length), authorization: { authorization: `Basic ${credentials}` } };
}

function decode(userInfo: string): string {
  const text = userInfo.includes(':') ? userInfo : `${userInfo}:`;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
