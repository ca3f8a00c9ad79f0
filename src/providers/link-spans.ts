/** A piece of a text: a bare link, or what is between two of them. */
export interface Span {
  readonly kind: 'text' | 'link';
  readonly text: string;
  /** Where it starts in the whole text. */
  readonly start: number;
}

/**
 * A link ends at white space, at what no URL may hold (U+2424, which Mattermost takes for a line end, among it), and at
 * the full-width punctuation that follows one in Chinese text without a space. The latter is the list that Mattermost's
 * own parser uses: https://github.com/mattermost/marked/blob/master/lib/marked.js (read 2026-09)
 */
const LINK =
  /https?:\/\/[\p{L}\p{N}[][^\s\p{Cc}<>"`\\|\u200b\u2424«»“”‘’\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff5e\u3001\u3002\u300a-\u3011]*/giu;

/** What ends a sentence or a markup pair around a link, and is no part of it: https://github.github.com/gfm/#extended-autolink-path-validation (read 2026-09) */
const TAIL = "?!.,:;'*_~$]}";

/** Cuts a text at its bare http and https links. Joined again, the pieces are the text. */
export function linkSpans(text: string): Span[] {
  return [...walkLinkSpans(text)];
}

/** The same one by one: the spans of a long text full of links would be a hundred thousand at once. */
export function* walkLinkSpans(text: string): Generator<Span> {
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    const link = trimTail(match[0]);
    if (match.index > end) yield { kind: 'text', text: text.slice(end, match.index), start: end };
    yield { kind: 'link', text: link, start: match.index };
    end = match.index + link.length;
  }
  if (end < text.length) yield { kind: 'text', text: text.slice(end), start: end };
}

function trimTail(link: string): string {
  let end = looseBracket(link);
  while (end > 0 && TAIL.includes(link.charAt(end - 1))) end--;
  return link.slice(0, end);
}

/** Where the first closing bracket without a partner is: `[label](https://x.test)` goes on without a space in Chinese. */
function looseBracket(link: string): number {
  let open = 0;
  for (let at = 0; at < link.length; at++) {
    if (link[at] === '(') open++;
    if (link[at] === ')' && --open < 0) return at;
  }
  return link.length;
}
