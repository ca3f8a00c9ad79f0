import type { LocalText } from '../core/local-text.ts';
import { localText } from '../texts/texts.ts';
import type { Group } from './group.ts';
import { hmacSha256Base64, sameText } from './hmac.ts';
import { asString, dig, mediaType, parseJson, utf8 } from './payload.ts';
import type { Platform } from './platform.ts';
import {
  jsonAnswer,
  type PlatformRequest,
  type Ruling,
  refused,
  type Shown,
  type StandIn,
} from './stand-in.ts';

/* https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md (read 2026-09) */
const MAX_SKEW_S = 300;
const PREFIX = '/webhook/';
/** Ids of past events; the oldest are forgotten. */
const MAX_IDS = 10_000;
/** Characters of a body that are kept for the page. */
const MAX_SHOWN = 65_536;

/** What the receiver's owner sees: the field `msg` of JSON, a form or the query; else the body as it came. */
function renderWebhook(request: Pick<PlatformRequest, 'headers' | 'body' | 'query'>): Shown {
  const text = utf8(request.body) ?? `[${request.body.length} B]`;
  const type = mediaType(request.headers);
  const fromBody = type.endsWith('json')
    ? asString(dig(parseJson(text), 'msg'))
    : type === 'application/x-www-form-urlencoded'
      ? new URLSearchParams(text).get('msg')
      : null;
  const display = fromBody ?? (text === '' ? request.query.get('msg') : null) ?? text;
  return { display: display.slice(0, MAX_SHOWN), mentions: [] };
}

export const webhookPlatform = {
  id: 'webhook',
  label: { zh: 'Webhook', en: 'Webhook' },
  mark: '#6b7280',
  demo: {
    key: 'demo',
    secret: `whsec_${Buffer.from('postpoint-demo-webhook-secret-07').toString('base64')}`,
    target: (key: string) => `/webhook/${key}`,
  },
  open: webhookStandIn,
} as const satisfies Platform;

function webhookStandIn(groups: readonly Group[]): StandIn {
  const seen = new Set<string>();
  const findGroup = (request: PlatformRequest) =>
    groups.find(({ target }) => request.path === target || request.path.startsWith(`${target}/`)) ?? null;

  const rule = (request: PlatformRequest): Ruling => {
    const group = findGroup(request);
    if (!group)
      return refused(
        failure(404, 'not found'),
        localText((t) => t.sandbox.why.unknownKey),
      );
    if (group.disabled)
      return refused(
        failure(410, 'gone'),
        localText((t) => t.sandbox.why.disabled),
      );
    if (request.bodyTooLarge) {
      const size = Number(request.headers['content-length'] ?? 0);
      return refused(
        failure(413, 'too large'),
        localText((t) => t.sandbox.why.tooLong(size, request.body.length, 'bytes')),
      );
    }
    const bad = group.secret === null ? null : checkSignature(request, group.secret);
    if (bad) return refused(failure(401, bad.en), bad);
    const repeat = remember(seen, group, header(request, 'webhook-id'));
    return {
      kind: repeat ? 'repeat' : 'shown',
      answer: jsonAnswer(200, { ok: true }),
      posts: [renderWebhook(request)],
    };
  };

  return {
    bodyLimitBytes: 1024 * 1024,
    claims: (path) => path.startsWith(PREFIX),
    findGroup,
    rule,
    busy: () => jsonAnswer(503, { error: 'busy' }, { 'retry-after': '1' }),
    tooFast: () => jsonAnswer(429, { error: 'too many requests' }, { 'retry-after': '2' }),
  };
}

const failure = (status: number, error: string) => jsonAnswer(status, { error });

function header(request: PlatformRequest, name: string): string | null {
  const value = request.headers[name];
  return typeof value === 'string' ? value : null;
}

function remember(seen: Set<string>, group: Group, id: string | null): boolean {
  if (!id) return false;
  const key = `${group.id} ${id}`;
  if (seen.has(key)) return true;
  seen.add(key);
  for (const oldest of seen) {
    if (seen.size <= MAX_IDS) break;
    seen.delete(oldest);
  }
  return false;
}

/** The reason of a refusal, or null. The key is what `whsec_` hides in base64; signed is `id.timestamp.body`. */
function checkSignature(request: PlatformRequest, secret: string): LocalText | null {
  const id = header(request, 'webhook-id');
  const timestamp = header(request, 'webhook-timestamp');
  const signatures = header(request, 'webhook-signature');
  if (!id || !timestamp || !signatures) return localText((t) => t.sandbox.why.signMissing);
  const skewS = /^\d{1,12}$/.test(timestamp)
    ? Math.abs(Math.floor(request.wallMs / 1000) - Number(timestamp))
    : Infinity;
  if (skewS > MAX_SKEW_S) return localText((t) => t.sandbox.why.clock('300 s'));
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), request.body]);
  const wanted = `v1,${hmacSha256Base64(key, signed)}`;
  // Several may be listed while a key is changed.
  return signatures.split(' ').some((signature) => sameText(signature, wanted))
    ? null
    : localText((t) => t.sandbox.why.sign);
}
