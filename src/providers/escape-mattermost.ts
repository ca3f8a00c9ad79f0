import { type Dialect, escapeAroundLinks, escapedCodePoints } from './escape-around-links.ts';
import type { Span } from './link-spans.ts';

/**
 * What Mattermost makes of a text, and what keeps it from doing so.
 *
 * Read in the web client's parser (https://github.com/mattermost/marked/blob/master/lib/marked.js, read 2026-09):
 *
 * - A backslash is swallowed before `` `*{}[]()#+-.!_>|~ `` and before a backslash that no letter follows; the mobile
 *   client takes all ASCII punctuation. So a backslash is used where both agree.
 * - `<`, `&`, `$` and `:` have no backslash in the web client; entities are decoded by both.
 * - A no-break space is taken for a space, and U+2424 for a line end, before anything is read.
 * - An escaped character is joined to the text around it again before mentions, emoji and channel links are looked
 *   for, so a backslash does not stop these. Only there a zero-width space (U+200B) is used.
 *
 * And in the server (https://github.com/mattermost/mattermost/blob/master/server/channels/app/slack.go and webhook.go,
 * read 2026-09): on the raw text, `<!channel>`, `<!here>` and `<!all>` become mentions, `<@id>` a member's name, and
 * `<a|b>` the link `[b](a)`.
 */
const LINE_START = String.raw`(?:^|(?<=\u2424))`;
const LINE_END = String.raw`(?:$|(?=\u2424))`;
/** White space within a line; any, so that it does not matter which of it a parser drops. */
const SPACE = String.raw`[^\S\r\n\u2028\u2029]`;

const BACKSLASH = [
  String.raw`\\(?![A-Za-z0-9])`,
  String.raw`[*_\x60[|]`,
  '~(?=~)|(?<=~)~',
  // Headings, quotes, rules and lists count at the start of a line. The look back comes after the character, so that
  // it runs for those few only: in front it made a long run of spaces take quadratic time.
  String.raw`(?:#(?=#{0,5}(?:\s|${LINE_END}))|>|[-+](?=[\s-]|${LINE_END}))(?<=${LINE_START}${SPACE}*.)`,
  String.raw`[.)](?<=${LINE_START}${SPACE}*\d+.)(?=\s|${LINE_END})`,
  // `example.com/a_b` would be a link in some places and text in others, and each wants another escape.
  String.raw`\.(?=\p{L}{2,4}\/)`,
  // The web client makes a link of this too, and a backslash further on would show in it.
  String.raw`\.(?<=www\d{0,3}.)`,
];
const ENTITY = [
  // Tags and autolinks, whose inside no escape would reach, and all that the server rewrites. Every one: left as it
  // is, one could pair with a `|` and a `>` much later in the line.
  '<',
  String.raw`&(?=#?\w+;)`,
  // Inline LaTeX ends at a `$` that no letter or digit follows (a link may begin with `<`); without an end it cannot begin. $5 stays as it is.
  // (One inside a link could still end it, on a server that has LaTeX switched on.)
  String.raw`\$(?:(?![A-Za-z0-9])|(?=https?:\/\/))`,
  // The web client would make a link of what is left as text here. These schemes are links without `//` as well.
  String.raw`:(?<=[a-z\d]:)(?=\/\/)`,
  String.raw`:(?<=(?<![a-z\d])(?:https?|ftp|mailto|tel|mattermost):)(?=[\p{L}\d%/])`,
];
const ZERO_WIDTH = [
  // @here, @channel, @all, @user. In an e-mail address a letter stands before it. U+FF20 counts since v11.3.
  String.raw`(?<![A-Za-z0-9])@(?=\w)|\uff20`,
  // ~town-square would show another name.
  String.raw`~(?=\w)`,
  // :smile: and the emoticons :) ;) :D :/ <3. A time such as 12:30:45 names no emoji.
  String.raw`:(?=[\w+-]{1,64}:)(?!\d\d?:)`,
  String.raw`(?<!\w)(?:[:;](?='?-?(?:[)(\][|$/@]|[dopsx]\b)(?!\w))|x(?=-d\b)|<(?=\/?3(?!\w)))`,
];
const INDENT = [
  // Four columns make a code block, and in it a backslash would show. A leading zero-width space is not white space.
  String.raw`${LINE_START}(?=(?:[ \u00a0]{0,3}\t|[ \u00a0]{4})${SPACE}*[\S\u2028\u2029])`,
  // A line of `=` makes the line above a heading; it has no escape in the web client.
  `${LINE_START}(?=${SPACE}*=+${SPACE}*${LINE_END})`,
];

const MARKUP = new RegExp(
  [
    `(?<indent>${INDENT.join('|')})`,
    `(?<zeroWidth>${ZERO_WIDTH.join('|')})`,
    `(?<backslash>${BACKSLASH.join('|')})`,
    `(?<entity>${ENTITY.join('|')})`,
  ].join('|'),
  'gimu',
);

const ENTITIES: Readonly<Record<string, string>> = { '<': '&lt;', '&': '&amp;', $: '&#36;', ':': '&#58;' };

/** The text in Mattermost's Markdown, so that readers see it as it was typed, with its links alive and nobody mentioned. */
export function escapeMattermost(text: string): string {
  return escapeAroundLinks(text, MATTERMOST);
}

/** Code points of the escaped text. */
export function mattermostCodePoints(text: string): number {
  return escapedCodePoints(text, MATTERMOST);
}

const MATTERMOST: Dialect = {
  markup: MARKUP,
  escape({ 0: char, groups }) {
    if (groups?.backslash !== undefined) return `\\${char}`;
    if (groups?.entity !== undefined) return ENTITIES[char] ?? char;
    return `${char === '<' ? '&lt;' : char}\u200b`;
  },
  growth,
  isLink: isMattermostLink,
  // `;` and `:` only at the very end: before a bracket they are emoticons, and what breaks those joins the link; so
  // would the backslash after `www`.
  cleanEnd: /(?!(?<=www\d{0,3})\.)[?!.,'")\]]*[:;]?(?:\s|$)/iy,
};

/** These become an entity or get a zero-width space behind them, and `<` may be both. */
const WITH_ZERO_WIDTH = new RegExp(ZERO_WIDTH.join('|'), 'imuy');

function growth(text: string, end: number): number {
  const char = text.charAt(end - 1);
  const entity = end === 0 ? undefined : ENTITIES[char];
  if (entity === undefined) return 1;
  if (char === '<' || char === ':') {
    WITH_ZERO_WIDTH.lastIndex = end - 1;
    if (WITH_ZERO_WIDTH.test(text)) return char === '<' ? entity.length : 1;
  }
  return entity.length - 1;
}

/**
 * Whether both the web client and the server take this for a link. Where the server does not, a mention in it counts:
 * it wants a plain host. The client wants lower case and a word's start, and decodes entities in a link.
 */
export function isMattermostLink({ text: link, start }: Span, text: string): boolean {
  WORD_BEFORE.lastIndex = start;
  const withNext = text.slice(start, start + link.length + 1);
  return PLAIN_ADDRESS.test(link) && !WORD_BEFORE.test(text) && !/&#?\w+;/.test(withNext);
}

const PLAIN_ADDRESS = /^https?:\/\/[\p{L}\p{N}][\p{L}\p{N}.-]*(?::\d+)?(?:[/?#]|$)/u;
const WORD_BEFORE = /(?<=[A-Za-z0-9][\w.+-]*)/y;
