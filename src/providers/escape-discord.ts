import { linkSpans, type Span } from './link-spans.ts';

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
    // :smile: becomes a picture in messages of webhooks too.
    String.raw`:(?=[\w+-]+:)`,
    // Headings, subtext, quotes and lists count at the start of a line.
    String.raw`(?<=^[ \t]*)(?:#(?=#{0,2}\s)|>|-(?=[\s#])|\+(?=\s))`,
    String.raw`(?<=^[ \t]*\d+)\.(?=\s)`,
  ].join('|'),
  'gm',
);

/** What may follow a bare link so that Discord ends it where we do: it takes all up to white space but for this tail. */
const CLEAN_END = /[.,:;"'\]]*(?:\s|$)/y;

/** The text in Discord's Markdown, so that readers see it as it was typed, with its links alive. */
export function escapeDiscord(text: string): string {
  const escapeSpan = (span: Span) =>
    span.kind === 'link' ? bareOrBracketed(span, text) : escapeMarkup(span.text);
  return linkSpans(text).map(escapeSpan).join('');
}

function escapeMarkup(text: string): string {
  return text.replace(MARKUP, String.raw`\$&`);
}

/** Nothing in a link is markup to Discord. `<link>` shows without the brackets and ends exactly there; it only has no preview. */
function bareOrBracketed({ text: link, start }: Span, text: string): string {
  CLEAN_END.lastIndex = start + link.length;
  return CLEAN_END.test(text) ? link : `<${link}>`;
}
