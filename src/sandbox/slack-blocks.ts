import { asList, asString, dig, isObject, type JsonObject } from './payload.ts';
import { renderSlack } from './slack-text.ts';
import type { Shown } from './stand-in.ts';

/*
 * Limits: https://docs.slack.dev/reference/block-kit/blocks (read 2026-09). Slack says "characters"; UTF-16 units of
 * the escaped text are the strictest reading.
 */
const MAX_BLOCKS = 50;
const MAX_SECTION = 3_000;
const MAX_FIELDS = 10;
const MAX_FIELD = 2_000;
const MAX_HEADER = 150;
const MAX_CONTEXT = 10;
const MAX_ACTIONS = 25;
const MAX_IMAGE_URL = 3_000;
const MAX_ALT_TEXT = 2_000;
const MAX_BLOCK_ID = 255;

/** `crash`: a `markdown` block, which webhooks answer with HTTP 500 (https://github.com/slackapi/slack-github-action/issues/440). */
export type ReadBlocks =
  | { readonly kind: 'good'; readonly post: Shown }
  | { readonly kind: 'bad'; readonly field: string }
  | { readonly kind: 'crash' };

export function readSlackBlocks(blocks: readonly unknown[]): ReadBlocks {
  if (blocks.length > MAX_BLOCKS) return { kind: 'bad', field: 'blocks' };
  if (blocks.some((block) => dig(block, 'type') === 'markdown')) return { kind: 'crash' };
  const lines: string[] = [];
  const mentions: string[] = [];
  for (const [index, block] of blocks.entries()) {
    const shown = readBlock(block);
    if (shown === null) return { kind: 'bad', field: `blocks[${index}]` };
    if (shown.display) lines.push(shown.display);
    mentions.push(...shown.mentions);
  }
  return { kind: 'good', post: { display: lines.join('\n'), mentions } };
}

const NOTHING: Shown = { display: '', mentions: [] };

/** null: against the rules. */
function readBlock(block: unknown): Shown | null {
  if (!isObject(block)) return null;
  const id = block.block_id;
  if (id !== undefined && (typeof id !== 'string' || id.length > MAX_BLOCK_ID)) return null;
  switch (block.type) {
    case 'divider':
      return { display: '―――', mentions: [] };
    case 'header':
      return dig(block.text, 'type') === 'plain_text' ? readText(block.text, MAX_HEADER) : null;
    case 'section':
      return readSection(block);
    case 'context':
      return readAll(asList(block.elements), MAX_CONTEXT, (element) =>
        dig(element, 'type') === 'image' ? readImage(element) : readText(element, MAX_FIELD),
      );
    case 'actions':
      return readAll(asList(block.elements), MAX_ACTIONS, (element) =>
        asString(dig(element, 'type')) ? (readText(dig(element, 'text'), 75) ?? NOTHING) : null,
      );
    case 'image':
      return readImage(block);
    case 'rich_text':
      return readRich(asList(block.elements));
    default:
      return null;
  }
}

function readText(value: unknown, limit: number): Shown | null {
  const text = asString(dig(value, 'text'));
  const type = dig(value, 'type');
  if (text === null || text.length < 1 || text.length > limit) return null;
  if (type === 'plain_text') return renderSlack(text, { plain: true, emoji: dig(value, 'emoji') !== false });
  if (type !== 'mrkdwn') return null;
  return renderSlack(text, { namesPing: dig(value, 'verbatim') !== true });
}

function readSection(block: JsonObject): Shown | null {
  const parts: Shown[] = [];
  if (block.text !== undefined) {
    const text = readText(block.text, MAX_SECTION);
    if (text === null) return null;
    parts.push(text);
  }
  if (block.fields !== undefined) {
    const fields = readAll(asList(block.fields), MAX_FIELDS, (field) => readText(field, MAX_FIELD));
    if (fields === null) return null;
    parts.push(fields);
  }
  return parts.length > 0 ? join(parts) : null;
}

function readImage(image: unknown): Shown | null {
  const url = asString(dig(image, 'image_url'));
  const alt = asString(dig(image, 'alt_text'));
  if (!url || alt === null || url.length > MAX_IMAGE_URL || alt.length > MAX_ALT_TEXT) return null;
  return { display: `[${alt}]`, mentions: [] };
}

function readAll(
  items: readonly unknown[],
  max: number,
  read: (item: unknown) => Shown | null,
): Shown | null {
  if (items.length === 0 || items.length > max) return null;
  const parts: Shown[] = [];
  for (const item of items) {
    const part = read(item);
    if (part === null) return null;
    parts.push(part);
  }
  return join(parts);
}

function join(parts: readonly Shown[]): Shown {
  return {
    display: parts.map((part) => part.display).join('\n'),
    mentions: parts.flatMap((part) => part.mentions),
  };
}

/** Literal text elements; mentions are elements of their own. Sections and lists one level deep. */
function readRich(elements: readonly unknown[]): Shown | null {
  const mentions: string[] = [];
  const leaf = (element: unknown): string => {
    const type = dig(element, 'type');
    const who = asString(dig(element, 'user_id') ?? dig(element, 'usergroup_id') ?? dig(element, 'range'));
    if (who !== null) {
      mentions.push(who);
      return `@${who}`;
    }
    if (type === 'emoji') return renderSlack(`:${asString(dig(element, 'name')) ?? ''}:`).display;
    return asString(dig(element, 'text')) ?? asString(dig(element, 'url')) ?? '';
  };
  const walk = (element: unknown, depth: number): string => {
    const children = dig(element, 'elements');
    if (!Array.isArray(children) || depth > 3) return leaf(element);
    return children
      .map((child) => walk(child, depth + 1))
      .join(dig(element, 'type') === 'rich_text_list' ? '\n' : '');
  };
  if (elements.length === 0) return null;
  return { display: elements.map((element) => walk(element, 0)).join('\n'), mentions };
}
