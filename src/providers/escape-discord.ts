import { type Dialect, escapeAroundLinks, escapedCodePoints } from './escape-around-links.ts';

/**
 * What Discord's client treats as markup. A backslash before ASCII punctuation is swallowed and shows the
 * punctuation, so one answer fits all:
 * https://docs.discord.com/developers/reference#message-formatting, https://paradoxv5.github.io/Discord-Markdown (read 2026-09)
 */
const MARKUP = new RegExp(
  [
    // Emphasis, spoilers, code, masked links; and `<`, which opens <@id>, <#id>, <:emoji:id>, <t:time> and </command:id>.
    String.raw`[\\*_~|\x60[<]`,
    // Only `allowed_mentions` keeps these from notifying; escaped they are not highlighted either.
    '@(?=everyone|here)',
    // :smile: becomes a picture in messages of webhooks too. An address that is left as text must not become a link
    // with backslashes in it.
    String.raw`:(?=[\w+-]+:|\/\/)`,
    // Headings, subtext, quotes and lists count at the start of a line, and of the message once the white space in front
    // is dropped, which may be any. The look back comes after the character, so
    // that it runs for those few only: in front it made a long run of spaces take quadratic time.
    String.raw`(?:#(?=#{0,2}\s)|>|-(?=[\s#])|\+(?=\s))(?<=^[^\S\n]*.)`,
    String.raw`\.(?<=^[^\S\n]*\d+.)(?=\s)`,
  ].join('|'),
  'gm',
);

/** The text in Discord's Markdown, so that readers see it as it was typed, with its links alive. */
export function escapeDiscord(text: string): string {
  return escapeAroundLinks(text, DISCORD);
}

/** Code points of the escaped text. */
export function discordCodePoints(text: string): number {
  return escapedCodePoints(text, DISCORD);
}

const DISCORD: Dialect = {
  markup: MARKUP,
  escape: ([char]) => `\\${char}`,
  growth: () => 1,
  // Only lower case: rule `url` of https://github.com/ariabuckles/simple-markdown, which the client is built on (read 2026-09).
  isLink: ({ text }) => /^https?:/.test(text),
  // A bare link is all up to white space but for this tail. In brackets it has no preview, but it ends where it should.
  cleanEnd: /[.,:;"'\]]*(?:\s|$)/y,
};
