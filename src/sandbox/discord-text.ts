import { discordLinkEnd } from './bare-links.ts';
import { type BlockDialect, renderBlocks } from './block-markdown.ts';
import { asList, dig, isObject, strings } from './payload.ts';
import type { Shown } from './stand-in.ts';

/*
 * Rules: https://docs.discord.com/developers/resources/message (allowed mentions) and
 * https://docs.discord.com/developers/reference (message formatting); the client's parser is built on
 * https://github.com/ariabuckles/simple-markdown (read 2026-09).
 */
const DIALECT: BlockDialect = {
  inline: {
    // Anything but letters of ASCII, digits and white space: simple-markdown, rule `escape`.
    escapable: /[^0-9A-Za-z\s]/uy,
    bareLinks: { endOf: discordLinkEnd, startsAt: 'anywhere' },
    entities: false,
    emoji: true,
    images: false,
    delimiters: ['||', '***', '___', '**', '__', '~~', '*', '_'],
    angle(inner) {
      if (/^[^: >]+:\/[^ >]+$/.test(inner)) return inner;
      const named = /^(?:@[!&]?|#)\d{1,20}$/.exec(inner);
      if (named) return `${inner[0]}${inner.replace(/\D/g, '')}`;
      const emoji = /^a?:(\w{2,32}):\d{1,20}$/.exec(inner);
      if (emoji) return `:${emoji[1]}:`;
      return /^t:-?\d{1,13}(?::[tTdDfFR])?$/.test(inner) ? `[${inner}]` : null;
    },
  },
  headings: 3,
  subtext: true,
  quotes: 'discord',
  bullets: '-*',
  orderedMarks: '.',
  fences: true,
  gfm: false,
};

/** Content as members see it. An escaped `\<@id>` looks harmless and pings all the same, so mentions ignore escapes. */
export function renderDiscord(content: string, allowedMentions?: unknown): Shown {
  return { display: renderBlocks(content, DIALECT), mentions: pinged(content, allowedMentions) };
}

function pinged(content: string, allowed: unknown): readonly string[] {
  const found = {
    users: [...content.matchAll(/<@!?(\d{1,20})>/g)].map((match) => match[1] ?? ''),
    roles: [...content.matchAll(/<@&(\d{1,20})>/g)].map((match) => match[1] ?? ''),
    everyone: ['everyone', 'here'].filter((name) => content.includes(`@${name}`)),
  };
  // Documented: without the field a webhook pings users only. Older behaviour pinged everyone; the stricter reading.
  if (!isObject(allowed)) return [...new Set([...found.everyone, ...found.users, ...found.roles])];
  const parse = new Set(asList(dig(allowed, 'parse')));
  const pick = (kind: 'users' | 'roles') => {
    const listed = strings(dig(allowed, kind));
    return parse.has(kind) ? found[kind] : found[kind].filter((id) => listed.includes(id));
  };
  return [...new Set([...(parse.has('everyone') ? found.everyone : []), ...pick('users'), ...pick('roles')])];
}
