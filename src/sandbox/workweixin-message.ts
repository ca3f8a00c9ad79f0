import { createHash } from 'node:crypto';
import type { LocalText } from '../core/local-text.ts';
import { localText } from '../texts/texts.ts';
import { renderLightMarkdown } from './light-markdown.ts';
import { asList, asString, byteLength, dig, type JsonObject, strings } from './payload.ts';
import { jsonAnswer, type Ruling, type Shown } from './stand-in.ts';

/* Types and limits: https://developer.work.weixin.qq.com/document/path/91770 (read 2026-09). */

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

const SUCCESS = jsonAnswer(200, { errcode: 0, errmsg: 'ok' });

/** Makes the refusal with a code, its wording and the reason for people. */
export type Say = (code: number, errmsg: string, why: LocalText) => Ruling;

export function readWorkweixinMessage(body: JsonObject, say: Say): Ruling {
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
