import { randomBytes } from 'node:crypto';
import { localText } from '../texts/texts.ts';
import type { Group } from './group.ts';
import { renderMattermost } from './mattermost-text.ts';
import {
  asList,
  asString,
  dig,
  isObject,
  type JsonObject,
  mediaType,
  multipartField,
  parseJson,
  utf8,
} from './payload.ts';
import type { Platform } from './platform.ts';
import {
  type Answer,
  jsonAnswer,
  type PlatformRequest,
  type Ruling,
  refused,
  type Shown,
  type StandIn,
  textAnswer,
} from './stand-in.ts';

/*
 * Rules: https://developers.mattermost.com/integrate/webhooks/incoming/ and, in
 * https://github.com/mattermost/mattermost, server/channels/web/webhook.go, server/channels/app/webhook.go,
 * server/channels/app/ratelimit.go, server/public/model/post.go (read 2026-09).
 */
const PATH = /^\/hooks\/([A-Za-z0-9]+)$/;
/** Code points of one post: 65,535 bytes / 4. */
const MAX_POST = 16_383;
/** `MaximumPayloadSizeBytes` and the 512 on top. */
const MAX_BODY_BYTES = 300_000 + 512;
/** GCRA by caller's address. Off by default on a real server; on here, with its default figures. */
const PER_SECOND = 10;
const BURST = 100;
const STEP_MS = 1_000 / PER_SECOND;

export const mattermostPlatform = {
  id: 'mattermost_bot',
  label: { zh: 'Mattermost', en: 'Mattermost' },
  mark: '#28427b',
  demo: {
    key: 'demo0000000000000000000006',
    secret: null,
    target: (key: string) => `/hooks/${key}`,
  },
  open: mattermostStandIn,
} as const satisfies Platform;

function mattermostStandIn(groups: readonly Group[]): StandIn {
  /** When the caller's bucket is empty again, on the monotonic clock. */
  const emptyAtMs = new Map<string, number>();
  const findGroup = (request: PlatformRequest) => {
    const id = PATH.exec(request.path)?.[1];
    return groups.find((group) => group.key === id) ?? null;
  };

  const takeRoom = (request: PlatformRequest) => {
    const now = request.monotonicMs;
    const before = Math.max(now, emptyAtMs.get(request.ip) ?? now);
    const after = before + STEP_MS;
    // The bucket holds the burst and the request itself.
    const limit = BURST + 1;
    const fits = after - now <= limit * STEP_MS + 1e-6;
    if (fits) emptyAtMs.set(request.ip, after);
    const level = fits ? after : before;
    const headers: Record<string, string> = {
      'x-ratelimit-limit': String(limit),
      'x-ratelimit-remaining': String(Math.max(0, Math.floor(limit - (level - now) / STEP_MS + 1e-6))),
      // Seconds until full, not a date.
      'x-ratelimit-reset': String(Math.ceil((level - now) / 1000)),
    };
    if (!fits)
      headers['retry-after'] = String(Math.max(1, Math.ceil((after - now - limit * STEP_MS) / 1000)));
    return { fits, headers };
  };

  const rule = async (request: PlatformRequest): Promise<Ruling> => {
    const group = findGroup(request);
    const rate = group && !group.rateLimits ? null : takeRoom(request);
    if (rate && !rate.fits) {
      const answer = textAnswer(429, 'limit exceeded', 'text/plain; charset=utf-8', rate.headers);
      return refused(
        answer,
        localText((t) => t.sandbox.why.rate(PER_SECOND, 1)),
      );
    }
    const ruling = await ruleHook(request, group);
    const headers = { ...ruling.answer.headers, ...rate?.headers, 'x-request-id': requestId() };
    return { ...ruling, answer: { ...ruling.answer, headers } };
  };

  return {
    bodyLimitBytes: MAX_BODY_BYTES,
    claims: (path) => path.startsWith('/hooks/'),
    findGroup,
    rule,
    busy: (request) => failure(request, 500, 'web.incoming_webhook.general.app_error'),
    tooFast: () => textAnswer(429, 'limit exceeded', 'text/plain; charset=utf-8', { 'retry-after': '1' }),
  };
}

const requestId = () => randomBytes(13).toString('hex');

const PAGE =
  '<!DOCTYPE html>\n<html lang="en"><head><title>Mattermost</title></head><body><h1>Page Not Found</h1></body></html>\n';

/** Newer servers wrap every failure as `general` and name the hook in the message. */
function failure(request: PlatformRequest, status: number, id: string): Answer {
  const hook = PATH.exec(request.path)?.[1] ?? '';
  const type = mediaType(request.headers) || 'application/json';
  const verb = id.includes('.decode.') ? 'decode' : 'handle';
  const message = id.startsWith('api.context')
    ? 'Request body too large.'
    : `Failed to ${verb} the payload of media type ${type} for incoming webhook ${hook}.`;
  return jsonAnswer(status, {
    id,
    message,
    detailed_error: '',
    request_id: requestId(),
    status_code: status,
  });
}

async function ruleHook(request: PlatformRequest, group: Group | null): Promise<Ruling> {
  const general = (status = 400) => failure(request, status, 'web.incoming_webhook.general.app_error');
  if (!PATH.test(request.path) || request.method !== 'POST') {
    const why = localText((t) =>
      request.method === 'POST' ? t.sandbox.why.path : t.sandbox.why.method(request.method),
    );
    return refused(textAnswer(404, PAGE, 'text/html; charset=utf-8'), why);
  }
  if (request.bodyTooLarge) {
    const size = Number(request.headers['content-length'] ?? MAX_BODY_BYTES + 1);
    const answer = failure(request, 413, 'api.context.request_body_too_large.app_error');
    return refused(
      answer,
      localText((t) => t.sandbox.why.tooLong(size, MAX_BODY_BYTES, 'bytes')),
    );
  }
  const body = await readBody(request);
  if (!body) {
    const answer = failure(request, 400, 'web.incoming_webhook.decode.app_error');
    return refused(
      answer,
      localText((t) => t.sandbox.why.notJson),
    );
  }
  if (!group || group.disabled) {
    return refused(
      general(),
      localText((t) => (group ? t.sandbox.why.disabled : t.sandbox.why.unknownKey)),
    );
  }
  const broken = brokenField(body);
  if (broken)
    return refused(
      general(),
      localText((t) => t.sandbox.why.badField(broken)),
    );
  const text = asString(body.text) ?? '';
  const attachments = asList(body.attachments);
  if (text === '' && attachments.length === 0)
    return refused(
      general(),
      localText((t) => t.sandbox.why.empty),
    );
  const posts = splitPost(text).map(renderMattermost);
  const shown = attachments.map(showAttachment).filter((post) => post.display);
  return { kind: 'shown', answer: textAnswer(200, 'ok', 'text/plain'), posts: [...posts, ...shown] };
}

async function readBody(request: PlatformRequest): Promise<JsonObject | null> {
  const type = mediaType(request.headers);
  const text = utf8(request.body);
  let json = text;
  if (type === 'application/x-www-form-urlencoded') json = new URLSearchParams(text ?? '').get('payload');
  if (type === 'multipart/form-data') {
    json = await multipartField(request.headers, new Uint8Array(request.body), 'payload');
  }
  const value = parseJson(json);
  return isObject(value) ? value : null;
}

/** The first field that makes the server refuse the message; unknown ones are ignored. */
function brokenField(body: JsonObject): string | null {
  if (body.text !== undefined && body.text !== null && typeof body.text !== 'string') return 'text';
  if (body.attachments !== undefined && body.attachments !== null && !Array.isArray(body.attachments))
    return 'attachments';
  const type = asString(body.type) ?? '';
  if (type !== '' && type !== 'burn_on_read' && !type.startsWith('custom_')) return 'type';
  if (isObject(body.priority) && !asString(body.priority.priority)) return 'priority.priority';
  return null;
}

/** A longer text becomes several posts, cut at an arbitrary code point. */
function splitPost(text: string): string[] {
  const posts: string[] = [];
  let post = '';
  let size = 0;
  for (const char of text) {
    if (size === MAX_POST) {
      posts.push(post);
      post = '';
      size = 0;
    }
    post += char;
    size++;
  }
  return size > 0 ? [...posts, post] : posts;
}

function showAttachment(attachment: unknown): Shown {
  const texts = ['pretext', 'author_name', 'title', 'text', 'footer'].map(
    (key) => asString(dig(attachment, key)) ?? '',
  );
  const fields = asList(dig(attachment, 'fields')).map(
    (field) => `${dig(field, 'title') ?? ''}\n${dig(field, 'value') ?? ''}`,
  );
  const parts = [...texts, ...fields].filter((part) => part.trim()).map(renderMattermost);
  return {
    display: parts.map((part) => part.display).join('\n'),
    mentions: parts.flatMap((part) => part.mentions),
  };
}
