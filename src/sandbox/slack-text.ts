import { emojiAt } from './emoji-names.ts';
import type { Shown } from './stand-in.ts';

/* Rules: https://docs.slack.dev/messaging/formatting-message-text (read 2026-09). */

export interface SlackTextOptions {
  /** false: `plain_text`, or a message with `mrkdwn: false`: no styles. Default true. */
  readonly mrkdwn?: boolean;
  /** Bare `@here`, `@channel`, `@everyone` ping: text objects of blocks without `verbatim`, `link_names`, `parse: "full"`. */
  readonly namesPing?: boolean;
  /** `plain_text`: `<…>` and entities are text as well. */
  readonly plain?: boolean;
  /** Default true. */
  readonly emoji?: boolean;
}

const ENTITIES: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };
/** Private use characters stand for what must not be read as markup again while the styles are consumed. */
const HOLD_FIRST = 0xe000;
const HOLD_COUNT = 0x1900;

/** The text as members see it, and who gets pinged. */
export function renderSlack(text: string, options: SlackTextOptions = {}): Shown {
  const { mrkdwn = true, namesPing = false, plain = false, emoji = true } = options;
  if (plain) return { display: emoji ? showEmoji(text) : text, mentions: [] };
  const mentions: string[] = [];
  const held: string[] = [];
  const hold = (shown: string) => {
    if (held.length >= HOLD_COUNT) return shown;
    held.push(shown);
    return String.fromCharCode(HOLD_FIRST + held.length - 1);
  };
  // A private use character of the sender's own must come back as it was.
  let work = text.replace(/[\uE000-\uF8FF]/g, (char) => hold(char));
  work = work.replace(/<([^<>\n]{1,3000})>/g, (_, inner: string) => hold(readControl(inner, mentions)));
  if (mrkdwn) work = readCode(work, hold);
  if (namesPing) {
    work = work.replace(
      /(?<![\p{L}\p{N}_])@(here|channel|everyone)(?![\p{L}\p{N}_])/gu,
      (whole, name: string) => {
        mentions.push(name);
        return whole;
      },
    );
  }
  // Whether an escaped `>` starts a quote is not documented; Slack stores its own quotes escaped, so it is read as one.
  if (mrkdwn) work = work.replace(/^(?:&gt;|>) ?/gm, '');
  if (mrkdwn) for (const mark of ['*', '_', '~']) work = readStyle(work, mark);
  if (emoji) work = showEmoji(work);
  work = decodeEntities(work);
  const display = work.replace(/[\uE000-\uF8FF]/g, (char) => held[char.charCodeAt(0) - HOLD_FIRST] ?? char);
  return { display, mentions };
}

/** Three entities and no others, each once: `&amp;lt;` shows `&lt;`. */
function decodeEntities(text: string): string {
  return text.replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity] ?? entity);
}

/** What stands between `<` and `>`. */
function readControl(inner: string, mentions: string[]): string {
  const bar = inner.indexOf('|');
  const target = bar < 0 ? inner : inner.slice(0, bar);
  const label = bar < 0 ? null : decodeEntities(inner.slice(bar + 1));
  if (target.startsWith('!date^')) return label ?? target;
  if (target.startsWith('!subteam^')) {
    mentions.push(target.slice('!subteam^'.length));
    return label ?? `@${target.slice('!subteam^'.length)}`;
  }
  if (target.startsWith('!')) {
    mentions.push(target.slice(1));
    return `@${target.slice(1)}`;
  }
  if (target.startsWith('@')) {
    mentions.push(target.slice(1));
    return label ?? target;
  }
  if (target.startsWith('#')) return label === null ? target : `#${label}`;
  return label ?? decodeEntities(target);
}

/** Code is shown without its backticks, with nothing inside read but entities. */
function readCode(text: string, hold: (shown: string) => string): string {
  const show = (_: string, code: string) => hold(decodeEntities(code));
  return text.replace(/```\n?([\s\S]+?)\n?```/g, show).replace(/`([^`\n]+)`/g, show);
}

/** `*…*` on one line, with a word boundary outside and no white space inside: `中文*粗*中文` stays as it is. */
function readStyle(text: string, mark: string): string {
  const m = mark === '*' ? '\\*' : mark;
  const pair = new RegExp(
    `(?<![\\p{L}\\p{N}${m}])${m}(?![\\s${m}])([^${m}\\n]+?)(?<!\\s)${m}(?![\\p{L}\\p{N}${m}])`,
    'gu',
  );
  return text.replace(pair, '$1');
}

function showEmoji(text: string): string {
  return text.replace(/:[a-z0-9_+-]{1,40}:/g, (name) => emojiAt(name)?.glyph ?? name);
}
