import { randomBytes } from 'node:crypto';
import type { LocalText } from '../core/local-text.ts';
import { localText } from '../texts/texts.ts';
import { readFeishuCard } from './feishu-card.ts';
import type { Group } from './group.ts';
import { hmacSha256Base64, sameText } from './hmac.ts';
import { asList, asString, dig, isObject, type JsonObject, jsonObject } from './payload.ts';
import type { Platform } from './platform.ts';
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

/* Rules: https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot (read 2026-09). */
const PATH = /^\/open-apis\/bot\/v2\/hook\/([^/]+)$/;
/** "20 KB" for the whole body; 1000 or 1024 is not said, so the smaller one. */
const MAX_BODY_BYTES = 20_000;
const LIMITS = [
  { max: 100, windowMs: 60_000 },
  { max: 5, windowMs: 1_000 },
] as const;
/** Seconds either way. */
const MAX_SKEW_S = 3_600;

/**
 * `<at user_id="…">name</at>` mentions, also when the closing tag is missing or the quotes differ: which spellings
 * the platform forgives is not documented, so every one that looks like the tag counts.
 */
export function renderFeishu(text: string): Shown {
  const mentions: string[] = [];
  const tag =
    /<at\s[^>]{0,200}?\b(?:user_id|open_id|id)\s*=\s*["']?([^"'\s<>/]+)["']?[^>]{0,200}>(?:([^<]{0,200})<\/at>)?/gi;
  const display = text.replace(tag, (_, id: string, name: string | undefined) => {
    mentions.push(id);
    return `@${name || id}`;
  });
  return { display, mentions };
}

export const feishuPlatform = {
  id: 'feishu_bot',
  label: { zh: '飞书', en: 'Feishu' },
  mark: '#00b8a5',
  demo: {
    key: '00000000-demo-4000-8000-000000000002',
    secret: 'postpoint-demo-secret',
    target: (key: string) => `/open-apis/bot/v2/hook/${key}`,
  },
  open: feishuStandIn,
} as const satisfies Platform;

function feishuStandIn(groups: readonly Group[]): StandIn {
  const windowsOf = perKey(() =>
    LIMITS.map(({ max, windowMs }) => ({ max, windowMs, window: slidingWindow(max, windowMs) })),
  );
  const findGroup = (request: PlatformRequest) => {
    const token = PATH.exec(request.path)?.[1];
    return groups.find((group) => group.key === token) ?? null;
  };

  const rule = (request: PlatformRequest): Ruling => {
    if (!PATH.test(request.path)) {
      return refused(
        textAnswer(404, '404 page not found'),
        localText((t) => t.sandbox.why.path),
      );
    }
    if (request.method !== 'POST') {
      return refused(
        failure(99991201, 'not found', 404),
        localText((t) => t.sandbox.why.method(request.method)),
      );
    }
    const group = findGroup(request);
    if (!group || group.disabled) {
      return refused(
        failure(19001, 'param invalid: incoming webhook access token invalid'),
        localText((t) => (group ? t.sandbox.why.disabled : t.sandbox.why.unknownKey)),
      );
    }
    if (group.rateLimits) {
      const windows = windowsOf(group.id);
      const full = windows.find(({ window }) => window.room(request.monotonicMs) < 1);
      if (full)
        return refused(
          FREQUENCY,
          localText((t) => t.sandbox.why.rate(full.max, full.windowMs / 1000)),
        );
      for (const { window } of windows) window.add(request.monotonicMs);
    }
    return readBody(request, group);
  };

  return {
    bodyLimitBytes: MAX_BODY_BYTES,
    claims: (path) => path.startsWith('/open-apis/'),
    findGroup,
    rule,
    // "Platform load" and "too fast" are one code: https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
    busy: () => FREQUENCY,
    tooFast: () => FREQUENCY,
  };
}

/** Refusals are HTTP 200, but for wrong paths and methods. */
function failure(code: number, msg: string, status = 200): Answer {
  return jsonAnswer(status, { code, data: {}, msg }, logId());
}

const logId = () => ({ 'x-tt-logid': randomBytes(16).toString('hex') });

/** Captured wording, seen in several public projects of 2025–2026. */
const FREQUENCY = failure(11232, 'frequency limited psm[lark.oapi.app_platform_runtime]appID[1500]');

function readBody(request: PlatformRequest, group: Group): Ruling {
  if (request.bodyTooLarge) {
    const size = Number(request.headers['content-length'] ?? MAX_BODY_BYTES + 1);
    return badRequest(localText((t) => t.sandbox.why.tooLong(size, MAX_BODY_BYTES, 'bytes')));
  }
  const body = jsonObject(request.body);
  if (!body) return badRequest(localText((t) => t.sandbox.why.notJson));
  const refusal = checkSignature(body, group, request.wallMs);
  if (refusal) return refusal;
  const read = readMessage(body);
  if ('kind' in read) return read;
  const { keywords } = group;
  if (keywords.length > 0 && !keywords.some((word) => read.searched.includes(word))) {
    const why = localText((t) => t.sandbox.why.keyword(keywords.join(', ')));
    return refused(jsonAnswer(200, { code: 19024, msg: 'Key Words Not Found' }, logId()), why);
  }
  const answer = jsonAnswer(
    200,
    { StatusCode: 0, StatusMessage: 'success', code: 0, data: {}, msg: 'success' },
    logId(),
  );
  return { kind: 'shown', answer, posts: [read.post] };
}

const badRequest = (why: LocalText) => refused(failure(9499, 'Bad Request'), why);
const paramError = (msg: string, why: LocalText) => refused(failure(19002, `params error, ${msg}`), why);

/** The HMAC is keyed with `timestamp\nsecret` over nothing; seconds; in the body. */
function checkSignature(body: JsonObject, group: Group, wallMs: number): Ruling | null {
  if (group.secret === null) return null;
  const timestamp = typeof body.timestamp === 'number' ? String(body.timestamp) : asString(body.timestamp);
  const sign = asString(body.sign);
  const skewS =
    timestamp !== null && /^\d{1,12}$/.test(timestamp)
      ? Math.abs(wallMs / 1000 - Number(timestamp))
      : Infinity;
  const matches = sign !== null && sameText(sign, hmacSha256Base64(`${timestamp}\n${group.secret}`, ''));
  if (matches && skewS <= MAX_SKEW_S) return null;
  const msg = 'sign match fail or timestamp is not within one hour from current time';
  const why = localText((t) => {
    if (timestamp === null || sign === null) return t.sandbox.why.signMissing;
    return matches ? t.sandbox.why.clock('3600 s') : t.sandbox.why.sign;
  });
  return refused(jsonAnswer(200, { code: 19021, msg }, logId()), why);
}

/** A message that was understood, and the text that the keyword check searches. */
interface ReadMessage {
  readonly post: Shown;
  readonly searched: string;
}

function readMessage(body: JsonObject): ReadMessage | Ruling {
  const type = asString(body.msg_type);
  if (!type)
    return paramError(
      'msg_type need',
      localText((t) => t.sandbox.why.missing('msg_type')),
    );
  if (type === 'interactive') {
    // As an object; a string belongs to the API of apps.
    if (!isObject(body.card))
      return paramError(
        'unknown card value',
        localText((t) => t.sandbox.why.missing('card')),
      );
    const post = readFeishuCard(body.card);
    return { post, searched: post.display };
  }
  if (!['text', 'post', 'image', 'share_chat'].includes(type)) {
    return paramError(
      'msg_type not support',
      localText((t) => t.sandbox.why.wrongType),
    );
  }
  if (body.content === undefined)
    return paramError(
      'content need',
      localText((t) => t.sandbox.why.missing('content')),
    );
  if (!isObject(body.content)) return badRequest(localText((t) => t.sandbox.why.missing('content')));
  if (type === 'text') return readText(body.content);
  if (type === 'post') return readPost(body.content);
  const field = type === 'image' ? 'image_key' : 'share_chat_id';
  const key = asString(body.content[field]);
  if (!key)
    return paramError(
      `${field} need`,
      localText((t) => t.sandbox.why.missing(field)),
    );
  return { post: { display: `[${type} ${key}]`, mentions: [] }, searched: '' };
}

function readText(content: JsonObject): ReadMessage | Ruling {
  const text = asString(content.text);
  if (content.text !== undefined && text === null)
    return badRequest(localText((t) => t.sandbox.why.missing('text')));
  // https://github.com/jxxghp/MoviePilot-Plugins/issues/125 (read 2026-09).
  if (!text)
    return refused(
      failure(10002, 'text is nil'),
      localText((t) => t.sandbox.why.empty),
    );
  return { post: renderFeishu(text), searched: text };
}

function readPost(content: JsonObject): ReadMessage | Ruling {
  const post = dig(content, 'post', 'zh_cn') ?? dig(content, 'post', 'en_us');
  if (!isObject(post))
    return paramError(
      'post need',
      localText((t) => t.sandbox.why.missing('post.zh_cn')),
    );
  const mentions: string[] = [];
  const searched = [asString(post.title) ?? ''];
  const lines = asList(post.content).map((line) =>
    asList(line)
      .map((element) => {
        const text = asString(dig(element, 'text')) ?? '';
        searched.push(text);
        if (dig(element, 'tag') === 'at') {
          const id = asString(dig(element, 'user_id')) ?? '';
          mentions.push(id);
          return `@${asString(dig(element, 'user_name')) || id}`;
        }
        return dig(element, 'tag') === 'img' ? '[image]' : text;
      })
      .join(''),
  );
  const display = [...searched.slice(0, 1).filter(Boolean), ...lines].join('\n');
  if (!display.trim())
    return refused(
      failure(10002, 'text is nil'),
      localText((t) => t.sandbox.why.empty),
    );
  return { post: { display, mentions }, searched: searched.join('\n') };
}
