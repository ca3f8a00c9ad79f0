import { type BlockDialect, renderBlocks } from './block-markdown.ts';
import type { Shown } from './stand-in.ts';

/*
 * Rules: https://docs.mattermost.com/end-user-guide/collaborate/format-messages.html,
 * https://developers.mattermost.com/integrate/webhooks/incoming/ and
 * https://github.com/mattermost/mattermost: server/channels/app/mention_parser_standard.go (read 2026-09).
 */
const DIALECT: BlockDialect = {
  inline: {
    escapes: true,
    entities: true,
    emoji: true,
    images: true,
    delimiters: ['***', '___', '**', '__', '~~', '*', '_'],
    angle: (inner) => (/^(?:https?:\/\/|mailto:)\S+$/.test(inner) ? inner : null),
  },
  headings: 6,
  subtext: false,
  quotes: 'gfm',
  bullets: '-*+',
  orderedLists: true,
  fences: true,
  gfm: true,
};

/** Slack forms that the server rewrites in the raw text, code included, before anything reads it. */
function rewriteSlackForms(text: string): string {
  return text
    .replace(/<!(channel|here|all)>/g, '@$1')
    .replace(/<([a-z0-9]{26})>/g, '@$1')
    .replace(/<([^<>|\s]+)\|([^<>|]+)>/g, '[$2]($1)');
}

/** A post as members see it. Code does not ping; a backslash before `@` is no guard. */
export function renderMattermost(text: string): Shown {
  const raw = rewriteSlackForms(text);
  return { display: renderBlocks(raw, DIALECT), mentions: pinged(raw) };
}

function pinged(raw: string): readonly string[] {
  const prose = raw
    .replace(/^ {0,3}(```+|~~~+)[\s\S]*?(?:^ {0,3}\1|$(?![\s\S]))/gm, '\n')
    .replace(/(`+)[^`]+?\1(?!`)/g, ' ');
  const mentions: string[] = [];
  // A word is letters, digits and `: . - _ @`; the full-width sign counts since 11.3.
  for (const [word] of prose.matchAll(/[\p{L}\p{N}:.\-_@＠]+/gu)) {
    const name = /(?:^|[:.\-_])[@＠]([a-z0-9][a-z0-9._-]*)/i
      .exec(word)?.[1]
      ?.replace(/[._-]+$/, '')
      .toLowerCase();
    if (name) mentions.push(name);
  }
  return [...new Set(mentions)];
}
