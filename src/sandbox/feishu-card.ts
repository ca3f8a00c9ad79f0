import { renderLightMarkdown } from './light-markdown.ts';
import { asList, asString, dig, isObject, type JsonObject } from './payload.ts';
import type { Shown } from './stand-in.ts';

/** Cards spell mentions `<at id=…></at>` or `<at ids=a,b></at>`: https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot (read 2026-09). */
const AT =
  /<at\s[^>]{0,200}?\b(?:ids?|user_id)\s*=\s*["']?([^"'\s<>/]+)["']?[^>]{0,200}>(?:[^<]{0,200}<\/at>)?/gi;
const MAX_DEPTH = 20;

/** The texts of a card in reading order, schema 1.0 and 2.0 alike. Layout is left out. */
export function readFeishuCard(card: JsonObject): Shown {
  const mentions: string[] = [];
  const lines: string[] = [];
  const addText = (text: unknown) => {
    const content = asString(dig(text, 'content'));
    if (content === null) return;
    const tag = dig(text, 'tag');
    if (tag !== 'markdown' && tag !== 'lark_md') {
      lines.push(content);
      return;
    }
    const named = content.replace(AT, (_, ids: string) => {
      mentions.push(...ids.split(','));
      return ids
        .split(',')
        .map((id) => `@${id}`)
        .join(' ');
    });
    lines.push(renderLightMarkdown(named, 'feishuCard'));
  };
  const walk = (element: unknown, depth: number) => {
    if (!isObject(element) || depth > MAX_DEPTH) return;
    addText(element);
    addText(element.text);
    for (const field of asList(element.fields)) addText(dig(field, 'text'));
    for (const key of ['elements', 'columns', 'actions']) {
      for (const child of asList(element[key])) walk(child, depth + 1);
    }
  };
  addText(dig(card, 'header', 'title'));
  walk(card, 0);
  walk(card.body, 0);
  if (card.type === 'template') lines.push(`[template ${asString(dig(card, 'data', 'template_id')) ?? ''}]`);
  return { display: lines.join('\n'), mentions };
}
