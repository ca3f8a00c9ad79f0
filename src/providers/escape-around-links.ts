import { linkSpans, type Span, walkLinkSpans } from './link-spans.ts';
import { codePoints } from './text-size.ts';

/** How a platform with Markdown is kept from reading any. */
export interface Dialect {
  /** Finds single characters (or places between two) that would be read as markup. Global; it sees the whole text. */
  readonly markup: RegExp;
  /** What is sent instead of a match. */
  escape(match: RegExpExecArray): string;
  /** How many characters longer a match becomes; `end` is where it ends in the text. As `escape`, without making it. */
  growth(text: string, end: number): number;
  /**
   * Whether the platform surely makes a link of what looks like one. Else it is text, and `markup` has to keep the
   * platform from making one after all.
   */
  isLink(span: Span, text: string): boolean;
  /** What may follow a bare link so that the platform ends it where we do. Sticky. */
  readonly cleanEnd: RegExp;
}

/**
 * Escapes a text and leaves its links alone: inside them nothing is markup, and a backslash would be part of the
 * address. A link that the platform would read on past its end goes in angle brackets; these do not show.
 */
export function escapeAroundLinks(text: string, dialect: Dialect): string {
  const { markup, cleanEnd } = dialect;
  const matches = [...text.matchAll(markup)];
  let next = 0;

  function escapeSpan(span: Span): string {
    const { text: piece, start } = span;
    const isLink = span.kind === 'link' && dialect.isLink(span, text);
    const end = start + piece.length;
    let out = '';
    let done = start;
    for (; next < matches.length; next++) {
      const match = matches[next];
      if (match === undefined || match.index >= end) break;
      if (isLink) continue;
      out += text.slice(done, match.index) + dialect.escape(match);
      done = match.index + match[0].length;
    }
    if (!isLink) return out + text.slice(done, end);
    cleanEnd.lastIndex = end;
    return cleanEnd.test(text) ? piece : `<${piece}>`;
  }

  return linkSpans(text).map(escapeSpan).join('');
}

/** Where `markup` may match a place between two characters: a line begins there. No match of a character is one of these. */
const LINE_ENDS = '\n\r\u2028\u2029\u2424';

/**
 * Code points of the escaped text. Splitting asks for it again and again, and making the text took 20 times as long
 * (a million `*`: 990 ms against 45).
 */
export function escapedCodePoints(text: string, dialect: Dialect): number {
  const { markup, cleanEnd } = dialect;
  let count = codePoints(text);
  markup.lastIndex = 0;
  let found = markup.test(text);
  for (const span of walkLinkSpans(text)) {
    const isLink = span.kind === 'link' && dialect.isLink(span, text);
    const end = span.start + span.text.length;
    while (found && markup.lastIndex <= end) {
      const matchEnd = markup.lastIndex;
      if (!isLink) count += dialect.growth(text, matchEnd);
      if (isPlace(text, matchEnd)) markup.lastIndex++;
      found = markup.test(text);
    }
    if (!isLink) continue;
    cleanEnd.lastIndex = end;
    if (!cleanEnd.test(text)) count += '<>'.length;
  }
  return count;
}

function isPlace(text: string, matchEnd: number): boolean {
  return matchEnd === 0 || LINE_ENDS.includes(text.charAt(matchEnd - 1));
}
