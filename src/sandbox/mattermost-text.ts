import { mattermostLinkEnd } from './bare-links.ts';
import { type BlockDialect, renderBlocks } from './block-markdown.ts';
import { mattermostMentions } from './mattermost-mentions.ts';
import type { Shown } from './stand-in.ts';

/*
 * Rules: https://docs.mattermost.com/end-user-guide/collaborate/format-messages.html,
 * https://developers.mattermost.com/integrate/webhooks/incoming/ and
 * https://github.com/mattermost/marked: lib/marked.js, the web client's parser (read 2026-09).
 */
const DIALECT: BlockDialect = {
  inline: {
    // As the web client has it: not `<`, `&`, `$` and the like, and a backslash only where no letter follows it.
    escapable: /[`*{}[\]()#+\-.!_>~|]|\\(?!\w)/y,
    // A link starts at a word's start in lower case, or right after markup.
    bareLinks: { endOf: mattermostLinkEnd, startsAt: /(?<!\w)(?:[a-z][a-z0-9.+-]{1,31}:|www\d{0,3}\.)/y },
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
  orderedMarks: '.)',
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
  // The web client's parser takes a no-break space for a space and U+2424 for a line end before it reads anything.
  const read = raw.replaceAll('\u00a0', ' ').replaceAll('\u2424', '\n');
  return { display: renderBlocks(read, DIALECT), mentions: mattermostMentions(raw) };
}
