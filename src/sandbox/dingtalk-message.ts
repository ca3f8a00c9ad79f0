import type { LocalText } from '../core/local-text.ts';
import { localText } from '../texts/texts.ts';
import { renderLightMarkdown } from './light-markdown.ts';
import { asList, asString, dig, isObject, type JsonObject, strings } from './payload.ts';
import type { Shown } from './stand-in.ts';

/** A message that was understood with the text that the keyword check searches, or what is wrong with it. */
export type ReadDingtalk =
  | { readonly kind: 'good'; readonly post: Shown; readonly searched: string }
  | { readonly kind: 'bad'; readonly errcode: number; readonly errmsg: string; readonly why: LocalText };

/**
 * Text shows as it is. A number or id in `at` is pinged only where the text has `@number`, and an `@number` in the
 * text pings nobody without `at`: https://open.dingtalk.com/document/orgapp/custom-robots-send-group-messages (read 2026-09).
 */
export function renderDingtalk(content: string, at: unknown): Shown {
  const listed = [...strings(dig(at, 'atMobiles')), ...strings(dig(at, 'atUserIds'))];
  const mentions = listed.filter((who) => who !== '' && content.includes(`@${who}`));
  return { display: content, mentions: dig(at, 'isAtAll') === true ? ['all', ...mentions] : mentions };
}

const missing = (field: string): ReadDingtalk => ({
  kind: 'bad',
  errcode: 40035,
  errmsg: `缺少参数 ${field}`,
  why: localText((t) => t.sandbox.why.missing(field)),
});

export function readDingtalkMessage(body: JsonObject): ReadDingtalk {
  const type = asString(body.msgtype);
  if (!type) return missing('msgtype');
  const payload = body[type];
  switch (type) {
    case 'text':
    case 'markdown':
    case 'link':
    case 'actionCard':
    case 'feedCard':
      return isObject(payload) ? READERS[type](payload, body.at) : missing(type);
    default:
      return {
        kind: 'bad',
        errcode: 400105,
        errmsg: '不支持的消息类型',
        why: localText((t) => t.sandbox.why.wrongType),
      };
  }
}

type Reader = (payload: JsonObject, at: unknown) => ReadDingtalk;

const READERS: Readonly<Record<'text' | 'markdown' | 'link' | 'actionCard' | 'feedCard', Reader>> = {
  text(payload, at) {
    const content = asString(payload.content);
    if (!content?.trim()) return missing('text.content');
    return { kind: 'good', post: renderDingtalk(content, at), searched: content };
  },
  // The title shows in the list of chats and in the push only.
  markdown(payload, at) {
    const text = asString(payload.text);
    const title = asString(payload.title);
    if (!title) return missing('markdown.title');
    if (!text?.trim()) return missing('markdown.text');
    const post = renderDingtalk(text, at);
    const display = renderLightMarkdown(post.display, 'dingtalk');
    return { kind: 'good', post: { ...post, display }, searched: `${title}\n${text}` };
  },
  link(payload) {
    const [title, text, url] = [
      asString(payload.title),
      asString(payload.text),
      asString(payload.messageUrl),
    ];
    if (!title || !text || !url) return missing('link.title, link.text, link.messageUrl');
    return plain(`${title}\n${text}\n${url}`);
  },
  actionCard(payload) {
    const [title, text] = [asString(payload.title), asString(payload.text)];
    if (!title || !text) return missing('actionCard.title, actionCard.text');
    const single = asString(payload.singleTitle);
    const buttons = single
      ? [single]
      : asList(payload.btns).flatMap((button) => asString(dig(button, 'title')) ?? []);
    if (buttons.length === 0) return missing('actionCard.btns');
    const shownText = renderLightMarkdown(text, 'dingtalk');
    return plain([shownText, ...buttons.map((button) => `[${button}]`)].join('\n'));
  },
  feedCard(payload) {
    const links = asList(payload.links);
    const complete = links.every((link) =>
      ['title', 'messageURL', 'picURL'].every((key) => asString(dig(link, key))),
    );
    if (links.length === 0 || !complete) return missing('feedCard.links');
    return plain(links.map((link) => `${dig(link, 'title')}\n${dig(link, 'messageURL')}`).join('\n'));
  },
};

function plain(display: string): ReadDingtalk {
  return { kind: 'good', post: { display, mentions: [] }, searched: display };
}
