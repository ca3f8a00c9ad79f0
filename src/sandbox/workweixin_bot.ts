import { createHash, randomBytes } from 'node:crypto';
import type { LocalText } from '../core/local-text.ts';
import { localText } from '../texts/texts.ts';
import type { Group } from './group.ts';
import { renderLightMarkdown } from './light-markdown.ts';
import {
  asList,
  asString,
  byteLength,
  dig,
  type JsonObject,
  jsonObject,
  mediaType,
  strings,
} from './payload.ts';
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
 * Rules: https://developer.work.weixin.qq.com/document/path/91770 and, for codes,
 * https://developer.work.weixin.qq.com/document/path/90455 (read 2026-09).
 * Wordings of 40058 and 44004: https://github.com/dromara/domain-admin/issues/82,
 * https://github.com/flagify-com/OctoMation/issues/84 (read 2026-09).
 */
const PATH = '/cgi-bin/webhook/send';
const MAX_PER_MINUTE = 20;
const MINUTE_MS = 60_000;
/** Bytes of UTF-8. */
const TEXT_LIMITS = { text: 2_048, markdown: 4_096, markdown_v2: 4_096 } as const;
const MAX_IMAGE_BYTES = 2 * 1024 * 1024;
const MAX_ARTICLES = 8;

type TextType = keyof typeof TEXT_LIMITS;

/** `<@userid>` works in text and markdown, also where the author only quoted it. */
export function renderWorkweixin(content: string): Shown {
  const mentions: string[] = [];
  const display = content.replace(/<@([^<>\s]{1,64})>/g, (_, id: string) => {
    mentions.push(id);
    return `@${id}`;
  });
  return { display, mentions };
}

export function workweixinStandIn(groups: readonly Group[]): StandIn {
  const windowOf = perKey(() => slidingWindow(MAX_PER_MINUTE, MINUTE_MS));
  const findGroup = (request: PlatformRequest) =>
    groups.find((group) => group.key === request.query.get('key')) ?? null;

  const rule = (request: PlatformRequest): Ruling => {
    const say = (code: number, errmsg: string, why: LocalText, tail = '') =>
      refused(failure(request, code, errmsg, tail), why);
    if (request.path !== PATH)
      return refused(
        textAnswer(404, ''),
        localText((t) => t.sandbox.why.path),
      );
    // Not documented for this call; 43002 is "POST needed" in the global table.
    if (request.method !== 'POST') {
      return say(
        43002,
        'require POST method',
        localText((t) => t.sandbox.why.method(request.method)),
      );
    }
    // https://github.com/jxxghp/MoviePilot-Plugins/issues/806: a form gets 415 and no message (read 2026-09).
    const type = mediaType(request.headers);
    if (type === 'application/x-www-form-urlencoded') {
      return refused(
        textAnswer(415, ''),
        localText((t) => t.sandbox.why.contentType(type)),
      );
    }
    const group = findGroup(request);
    if (!group) {
      const missing = !request.query.get('key');
      return say(
        93000,
        'invalid webhook url',
        localText((t) => (missing ? t.sandbox.why.missingKey : t.sandbox.why.unknownKey)),
      );
    }
    if (group.disabled)
      return say(
        93004,
        'robot is disabled',
        localText((t) => t.sandbox.why.disabled),
      );
    if (group.rateLimits) {
      const window = windowOf(group.id);
      if (window.room(request.monotonicMs) < 1) {
        return refused(
          tooFast(request),
          localText((t) => t.sandbox.why.rate(MAX_PER_MINUTE, 60)),
        );
      }
      // Whether refused messages count is not published; the stricter reading.
      window.add(request.monotonicMs);
    }
    const body = request.bodyTooLarge ? null : jsonObject(request.body);
    if (!body) {
      return say(
        44004,
        'empty content',
        localText((t) => t.sandbox.why.notJson),
        ', Warning: wrong json format. ',
      );
    }
    return readMessage(body, say);
  };

  return {
    id: 'workweixin_bot',
    bodyLimitBytes: 4 * 1024 * 1024,
    claims: (path) => path.startsWith('/cgi-bin/'),
    findGroup,
    rule,
    busy: (request) => failure(request, -1, 'system busy'),
    tooFast,
  };
}

const tooFast = (request: PlatformRequest) => failure(request, 45009, 'api freq out of limit');

const SUCCESS = jsonAnswer(200, { errcode: 0, errmsg: 'ok' });

/** Every refusal is HTTP 200; `errmsg` ends with a hint id, the caller's IP and a help link. */
function failure(request: PlatformRequest, errcode: number, errmsg: string, tail = ''): Answer {
  const hint = `${Math.floor(request.wallMs / 1000)}${randomBytes(8).toString('hex')}`;
  const link = `https://open.work.weixin.qq.com/devtool/query?e=${errcode}`;
  return jsonAnswer(200, {
    errcode,
    errmsg: `${errmsg}, hint: [${hint}], from ip: ${request.ip}, more info at ${link}${tail}`,
  });
}

type Say = (code: number, errmsg: string, why: LocalText) => Ruling;

function readMessage(body: JsonObject, say: Say): Ruling {
  const type = body.msgtype;
  switch (type) {
    case 'text':
    case 'markdown':
    case 'markdown_v2':
      return readText(type, body, say);
    case 'image':
      return readImage(body, say);
    case 'news':
      return readNews(body, say);
    case 'file':
    case 'voice':
      return say(
        40007,
        'invalid media_id',
        localText((t) => t.sandbox.why.media),
      );
    case 'template_card':
      return readCard(body, say);
    default:
      return say(
        40008,
        'invalid message type',
        localText((t) => t.sandbox.why.wrongType),
      );
  }
}

function shown(...posts: readonly Shown[]): Ruling {
  return { kind: 'shown', answer: SUCCESS, posts };
}

function readText(type: TextType, body: JsonObject, say: Say): Ruling {
  const content = asString(dig(body, type, 'content'));
  if (!content)
    return say(
      44004,
      'empty content',
      localText((t) => t.sandbox.why.empty),
    );
  const limit = TEXT_LIMITS[type];
  const size = byteLength(content);
  if (size > limit) {
    return say(
      40058,
      `${type}.content exceed max length ${limit}. invalid Request Parameter`,
      localText((t) => t.sandbox.why.tooLong(size, limit, 'bytes')),
    );
  }
  // Version 2 has no mentions.
  if (type === 'markdown_v2') {
    return shown({ display: renderLightMarkdown(content, 'workweixinV2'), mentions: [] });
  }
  const post = renderWorkweixin(content);
  if (type === 'markdown')
    return shown({ ...post, display: renderLightMarkdown(post.display, 'workweixin') });
  const listed = [
    ...strings(dig(body, 'text', 'mentioned_list')),
    ...strings(dig(body, 'text', 'mentioned_mobile_list')),
  ].map((id) => (id === '@all' ? 'all' : id));
  return shown({ ...post, mentions: [...new Set([...post.mentions, ...listed])] });
}

function readImage(body: JsonObject, say: Say): Ruling {
  const base64 = asString(dig(body, 'image', 'base64'));
  const md5 = asString(dig(body, 'image', 'md5'));
  if (!base64 || !md5)
    return say(
      40063,
      'some parameters are empty',
      localText((t) => t.sandbox.why.missing('image')),
    );
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length > MAX_IMAGE_BYTES) {
    return say(
      40009,
      'invalid image size',
      localText((t) => t.sandbox.why.tooLong(bytes.length, MAX_IMAGE_BYTES, 'bytes')),
    );
  }
  if (createHash('md5').update(bytes).digest('hex') !== md5.toLowerCase()) {
    return say(
      301019,
      'image md5 not match',
      localText((t) => t.sandbox.why.md5),
    );
  }
  return shown({ display: `[image ${bytes.length} B]`, mentions: [] });
}

function readNews(body: JsonObject, say: Say): Ruling {
  const articles = asList(dig(body, 'news', 'articles'));
  if (articles.length === 0)
    return say(
      44004,
      'empty content',
      localText((t) => t.sandbox.why.empty),
    );
  if (articles.length > MAX_ARTICLES) {
    return say(
      45008,
      'article count out of limit',
      localText((t) => t.sandbox.why.tooMany('articles', articles.length, MAX_ARTICLES)),
    );
  }
  const lines: string[] = [];
  for (const article of articles) {
    const title = asString(dig(article, 'title'));
    const url = asString(dig(article, 'url'));
    if (!title || !url)
      return say(
        40063,
        'some parameters are empty',
        localText((t) => t.sandbox.why.missing('title, url')),
      );
    // Titles and descriptions are cut silently at 128 and 512 bytes.
    lines.push(cutBytes(title, 128), cutBytes(asString(dig(article, 'description')) ?? '', 512), url);
  }
  return shown({ display: lines.filter(Boolean).join('\n'), mentions: [] });
}

function cutBytes(text: string, limit: number): string {
  let size = 0;
  let cut = '';
  for (const char of text) {
    size += byteLength(char);
    if (size > limit) break;
    cut += char;
  }
  return cut;
}

function readCard(body: JsonObject, say: Say): Ruling {
  const card = body.template_card;
  const type = dig(card, 'card_type');
  const title = asString(dig(card, 'main_title', 'title'));
  const action = dig(card, 'card_action', 'type');
  const known = type === 'text_notice' || type === 'news_notice';
  const hasTitle = title || (type === 'text_notice' && asString(dig(card, 'sub_title_text')));
  const hasImage = type !== 'news_notice' || asString(dig(card, 'card_image', 'url'));
  if (!known || !hasTitle || !hasImage || (action !== 1 && action !== 2)) {
    return say(
      40058,
      'invalid Request Parameter',
      localText((t) => t.sandbox.why.badField('template_card')),
    );
  }
  const parts = [
    title,
    dig(card, 'main_title', 'desc'),
    dig(card, 'sub_title_text'),
    dig(card, 'card_action', 'url'),
  ];
  return shown({
    display: parts.filter((part) => typeof part === 'string' && part).join('\n'),
    mentions: [],
  });
}
