import { localText } from '../texts/texts.ts';
import type { Group } from './group.ts';
import { asList, asString, dig, isObject, type JsonObject, mediaType, parseJson, utf8 } from './payload.ts';
import type { Platform } from './platform.ts';
import { readSlackBlocks } from './slack-blocks.ts';
import { renderSlack } from './slack-text.ts';
import { perKey, slidingWindow } from './sliding-window.ts';
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
 * Rules: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks,
 * https://docs.slack.dev/apis/web-api/rate-limits and
 * https://api.slack.com/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks (read 2026-09).
 */
const PATH = /^\/services\/(T[A-Z0-9]+)\/(B[A-Z0-9]+)\/([A-Za-z0-9]+)$/;
/** "1 per second, short bursts tolerated": no burst size is published, so none is granted. */
const MAX_PER_SECOND = 1;
/** https://api.slack.com/changelog/2018-04-truncating-really-long-messages: posts are split, then cut (characters). */
const SPLIT_AT = 4_000;
const CUT_AT = 40_000;
const MAX_ATTACHMENTS = 100;

export const slackPlatform = {
  id: 'slack_bot',
  label: { zh: 'Slack', en: 'Slack' },
  mark: '#7c3085',
  demo: {
    key: 'T0DEMO000/B0DEMO000/demo00000000000000000004',
    secret: null,
    target: (key: string) => `/services/${key}`,
  },
  open: slackStandIn,
} as const satisfies Platform;

function slackStandIn(groups: readonly Group[]): StandIn {
  const windowOf = perKey(() => slidingWindow(MAX_PER_SECOND, 1_000));
  const findGroup = (request: PlatformRequest) =>
    groups.find((group) => request.path === `/services/${group.key}`) ?? null;

  const rule = (request: PlatformRequest): Ruling => {
    const match = PATH.exec(request.path);
    if (!match) {
      return refused(
        textAnswer(302, '', 'text/html', { location: 'https://slack.com/' }),
        localText((t) => t.sandbox.why.path),
      );
    }
    const group = findGroup(request);
    if (!group) return refuseStranger(groups, match[1] ?? '', match[2] ?? '');
    if (group.disabled)
      return refused(
        word(404, 'no_active_hooks'),
        localText((t) => t.sandbox.why.disabled),
      );
    if (request.method !== 'POST') {
      return refused(
        word(400, 'invalid_payload'),
        localText((t) => t.sandbox.why.method(request.method)),
      );
    }
    if (group.rateLimits) {
      const window = windowOf(group.id);
      if (window.room(request.monotonicMs) < 1) {
        return refused(
          TOO_FAST,
          localText((t) => t.sandbox.why.rate(MAX_PER_SECOND, 1)),
        );
      }
      window.add(request.monotonicMs);
    }
    const payload = request.bodyTooLarge ? null : readPayload(request);
    if (!payload) {
      const type = mediaType(request.headers);
      const known = type === 'application/json' || type === FORM;
      return refused(
        word(400, 'invalid_payload'),
        localText((t) => (known ? t.sandbox.why.notJson : t.sandbox.why.contentType(type))),
      );
    }
    return readMessage(payload);
  };

  return {
    bodyLimitBytes: 1024 * 1024,
    claims: (path) => path.startsWith('/services/'),
    findGroup,
    rule,
    busy: () => word(500, 'rollup_error'),
    tooFast: () => TOO_FAST,
  };
}

const FORM = 'application/x-www-form-urlencoded';

/** Answers are one bare word; errors have been seen as `text/html`. */
const word = (status: number, body: string): Answer => textAnswer(status, body, 'text/html');

const TOO_FAST = jsonAnswer(
  429,
  { retry_after: 1, ok: false, error: 'rate_limited' },
  { 'retry-after': '1' },
);

function refuseStranger(groups: readonly Group[], team: string, hook: string): Ruling {
  const why = localText((t) => t.sandbox.why.unknownKey);
  if (!groups.some((group) => group.key.startsWith(`${team}/`))) return refused(word(404, 'no_team'), why);
  if (!groups.some((group) => group.key.startsWith(`${team}/${hook}/`)))
    return refused(word(404, 'no_service'), why);
  return refused(word(403, 'invalid_token'), why);
}

/** JSON, or the older form field `payload` with JSON in it. */
function readPayload(request: PlatformRequest): JsonObject | null {
  const text = utf8(request.body);
  const type = mediaType(request.headers);
  const json =
    type === FORM
      ? new URLSearchParams(text ?? '').get('payload')
      : type === 'application/json'
        ? text
        : null;
  const value = parseJson(json);
  // Half of a surrogate pair makes the payload invalid.
  return isObject(value) && !/\\ud[89a-f]/i.test(json ?? '')
    ? value
    : isObject(value) && allWellFormed(value)
      ? value
      : null;
}

function allWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (Array.isArray(value)) return value.every(allWellFormed);
  return isObject(value) ? Object.values(value).every(allWellFormed) : true;
}

function readMessage(payload: JsonObject): Ruling {
  const text = asString(payload.text);
  if (payload.text !== undefined && payload.text !== null && text === null) {
    return refused(
      word(400, 'invalid_payload'),
      localText((t) => t.sandbox.why.missing('text')),
    );
  }
  if (payload.blocks !== undefined && !Array.isArray(payload.blocks)) {
    return refused(
      word(400, 'invalid_blocks_format'),
      localText((t) => t.sandbox.why.badField('blocks')),
    );
  }
  const attachments = asList(payload.attachments);
  if (attachments.length > MAX_ATTACHMENTS) {
    const why = localText((t) => t.sandbox.why.tooMany('attachments', attachments.length, MAX_ATTACHMENTS));
    return refused(word(400, 'too_many_attachments'), why);
  }
  const blocks = asList(payload.blocks);
  if (!text?.trim() && blocks.length === 0 && attachments.length === 0) {
    return refused(
      word(400, 'no_text'),
      localText((t) => t.sandbox.why.empty),
    );
  }
  const posts: Shown[] = [];
  if (blocks.length > 0) {
    // `text` is then only the notification.
    const read = readSlackBlocks(blocks);
    if (read.kind === 'crash')
      return refused(
        word(500, ''),
        localText((t) => t.sandbox.why.unsupported('markdown block')),
      );
    if (read.kind === 'bad')
      return refused(
        word(400, 'invalid_blocks'),
        localText((t) => t.sandbox.why.badField(read.field)),
      );
    posts.push(read.post);
  } else if (text?.trim()) {
    posts.push(...splitPosts(text, payload));
  }
  for (const attachment of attachments) {
    const shown = readAttachment(attachment);
    if (shown === null)
      return refused(
        word(400, 'invalid_attachments'),
        localText((t) => t.sandbox.why.badField('attachments')),
      );
    posts.push(shown);
  }
  return { kind: 'shown', answer: word(200, 'ok'), posts };
}

function splitPosts(text: string, payload: JsonObject): Shown[] {
  const linked = Boolean(payload.link_names) || payload.parse === 'full';
  const { display, mentions } = renderSlack(text.slice(0, CUT_AT), {
    mrkdwn: payload.mrkdwn !== false,
    namesPing: linked,
  });
  const posts: Shown[] = [];
  for (let at = 0; at < display.length; ) {
    let end = Math.min(display.length, at + SPLIT_AT);
    if (end < display.length && /[\uDC00-\uDFFF]/.test(display[end] ?? '')) end--;
    posts.push({ display: display.slice(at, end), mentions: at === 0 ? mentions : [] });
    at = end;
  }
  return posts;
}

function readAttachment(attachment: unknown): Shown | null {
  if (!isObject(attachment)) return null;
  const inner = attachment.blocks === undefined ? null : readSlackBlocks(asList(attachment.blocks));
  if (inner && inner.kind !== 'good') return null;
  const texts = ['pretext', 'title', 'text', 'footer'].map((key) => asString(dig(attachment, key)) ?? '');
  const fields = asList(attachment.fields).map((field) =>
    `${dig(field, 'title') ?? ''} ${dig(field, 'value') ?? ''}`.trim(),
  );
  const parts = [...texts, ...fields].filter(Boolean).map((part) => renderSlack(part));
  if (parts.length === 0 && !inner) {
    const fallback = asString(attachment.fallback);
    return fallback ? renderSlack(fallback) : null;
  }
  if (inner) parts.push(inner.post);
  return {
    display: parts.map((part) => part.display).join('\n'),
    mentions: parts.flatMap((part) => part.mentions),
  };
}
