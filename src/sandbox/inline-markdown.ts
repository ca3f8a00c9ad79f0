import type { FindLinkEnd } from './bare-links.ts';
import { emojiAt } from './emoji-names.ts';

/** What one platform's client makes of markup inside a line. */
export interface InlineDialect {
  /** What a backslash in front of it is swallowed for; sticky. null: nothing. */
  readonly escapable: RegExp | null;
  /** `&amp;` and `&#38;` give `&`. */
  readonly entities: boolean;
  readonly emoji: boolean;
  readonly images: boolean;
  /** Pairs that style what is between them, longest first. */
  readonly delimiters: readonly string[];
  /** What `<inner>` shows; null: it is no markup and stays. */
  angle(inner: string): string | null;
  /** Bare addresses that become links; absent: none do. */
  readonly bareLinks?: {
    readonly endOf: FindLinkEnd;
    /** Where one may start: `anywhere` but in the middle of a link, or at `boundary`, sticky, and right after markup. */
    readonly startsAt: 'anywhere' | RegExp;
  };
  /** GFM: labels of `[label]: url` lines, lower case. */
  readonly references?: ReadonlySet<string>;
}

/** All ASCII punctuation, as GFM has it. */
export const ASCII_PUNCTUATION = /[!-/:-@[-`{-~]/y;
const NAMED_ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  copy: '©',
  ast: '*',
  lowbar: '_',
  num: '#',
  commat: '@',
};
/** Nesting deeper than this stays as written; real clients stop far earlier. */
const MAX_DEPTH = 40;

/** The text of one or more lines with its inline markup consumed. */
export function renderInline(text: string, dialect: InlineDialect, depth = 0): string {
  const missing = new Set<string>();
  let out = '';
  let at = 0;
  let afterMarkup = true;
  while (at < text.length) {
    const step: Step | null =
      depth > MAX_DEPTH
        ? null
        : (readBareLink(text, at, dialect, afterMarkup) ?? readMarkup(text, at, dialect, depth, missing));
    afterMarkup = step !== null;
    if (step) {
      out += step.shown;
      at = step.end;
    } else {
      out += text[at];
      at++;
    }
  }
  return out;
}

interface Step {
  readonly shown: string;
  readonly end: number;
}

function readMarkup(
  text: string,
  at: number,
  dialect: InlineDialect,
  depth: number,
  missing: Set<string>,
): Step | null {
  const char = text[at] ?? '';
  if (char === '\\') return readEscape(text, at, dialect);
  if (char === '`') return readCode(text, at, missing);
  if (char === '<') return readAngle(text, at, dialect);
  if (char === '&' && dialect.entities) return readEntity(text, at);
  if (char === ':' && dialect.emoji) {
    const emoji = emojiAt(text.slice(at, at + 42));
    return emoji && { shown: emoji.glyph, end: at + emoji.length };
  }
  if (char === '!' && dialect.images && text[at + 1] === '[') return readLink(text, at + 1, dialect, depth);
  if (char === '[') return readLink(text, at, dialect, depth);
  for (const delimiter of dialect.delimiters) {
    if (!text.startsWith(delimiter, at)) continue;
    const step = readPair(text, at, delimiter, dialect, depth, missing);
    if (step) return step;
  }
  return null;
}

function matchesAt(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}

function readEscape(text: string, at: number, { escapable }: InlineDialect): Step | null {
  if (escapable === null || !matchesAt(escapable, text, at + 1)) return null;
  const shown = String.fromCodePoint(text.codePointAt(at + 1) ?? 0);
  return { shown, end: at + 1 + shown.length };
}

function readBareLink(
  text: string,
  at: number,
  { bareLinks, entities }: InlineDialect,
  afterMarkup: boolean,
): Step | null {
  if (bareLinks === undefined) return null;
  const { startsAt, endOf } = bareLinks;
  if (startsAt !== 'anywhere' && !afterMarkup && !matchesAt(startsAt, text, at)) return null;
  const end = endOf(text, at);
  if (end === null) return null;
  const link = text.slice(at, end);
  return {
    shown: entities ? link.replace(/&#?\w+;/g, (any) => readEntity(any, 0)?.shown ?? any) : link,
    end,
  };
}

/** A run of backticks up to the next run of the same length. */
function readCode(text: string, at: number, missing: Set<string>): Step {
  const fence = /^`+/.exec(text.slice(at, at + 50))?.[0] ?? '`';
  if (!missing.has(fence)) {
    for (let from = at + fence.length; ; ) {
      const close = text.indexOf('`', from);
      if (close < 0) break;
      let end = close;
      while (text[end] === '`') end++;
      if (end - close === fence.length) {
        const inner = text.slice(at + fence.length, close);
        const padded = /^ .*\S.* $/s.test(inner);
        return { shown: padded ? inner.slice(1, -1) : inner, end };
      }
      from = end;
    }
    missing.add(fence);
  }
  return { shown: fence, end: at + fence.length };
}

function readAngle(text: string, at: number, dialect: InlineDialect): Step | null {
  const close = text.indexOf('>', at);
  if (close < 0 || close - at > 2_000) return null;
  const shown = dialect.angle(text.slice(at + 1, close));
  return shown === null ? null : { shown, end: close + 1 };
}

export function readEntity(text: string, at: number): Step | null {
  const match = /^&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z]{2,10}));/.exec(text.slice(at, at + 14));
  if (!match) return null;
  const [whole, decimal, hex, name] = match;
  const code = decimal ? Number(decimal) : hex ? Number.parseInt(hex, 16) : null;
  const shown =
    code === null ? NAMED_ENTITIES[name ?? ''] : code <= 0x10ffff ? String.fromCodePoint(code) : '�';
  return shown === undefined ? null : { shown, end: at + whole.length };
}

/** `[label](url)`, and with references `[label]` and `[label][name]`; shows the label. */
function readLink(text: string, at: number, dialect: InlineDialect, depth: number): Step | null {
  const labelEnd = matchingBracket(text, at);
  if (labelEnd === null) return null;
  const label = text.slice(at + 1, labelEnd);
  const rest = text.slice(labelEnd + 1, labelEnd + 2_100);
  const target =
    /^\(\s*(?:<[^<>\n]*>|[^\s()<>]*(?:\([^\s()]*\)[^\s()<>]*)*)(?:\s+(?:"[^"]*"|'[^']*'|=\d+x?\d*))*\s*\)/.exec(
      rest,
    );
  const shown = () => renderInline(label, dialect, depth + 1);
  // Clients other than GFM want a real address before they make a link.
  if (target && (dialect.references || /^\(\s*<?https?:\/\//.test(target[0]))) {
    return { shown: shown(), end: labelEnd + 1 + target[0].length };
  }
  if (!dialect.references) return null;
  const named = /^\[([^\]\n]*)\]/.exec(rest);
  const name = (named?.[1] || label).toLowerCase();
  return dialect.references.has(name)
    ? { shown: shown(), end: labelEnd + 1 + (named?.[0].length ?? 0) }
    : null;
}

function matchingBracket(text: string, at: number): number | null {
  let open = 0;
  for (let index = at; index < text.length && index - at < 2_000; index++) {
    if (text[index] === '\\') index++;
    else if (text[index] === '[') open++;
    else if (text[index] === ']' && --open === 0) return index;
  }
  return null;
}

const WORD = /[\p{L}\p{N}]/u;

/** A pair such as `**…**`: neither side may lean on white space from within; `_` never works inside a word. */
function readPair(
  text: string,
  at: number,
  delimiter: string,
  dialect: InlineDialect,
  depth: number,
  missing: Set<string>,
): Step | null {
  if (missing.has(delimiter)) return null;
  const start = at + delimiter.length;
  const mark = delimiter[0] ?? '';
  if (start >= text.length || /\s/.test(text[start] ?? ' ')) return null;
  if (mark === '_' && WORD.test(text[at - 1] ?? ' ')) return null;
  for (let from = start + 1; ; ) {
    const close = text.indexOf(delimiter, from);
    if (close < 0) {
      missing.add(delimiter);
      return null;
    }
    const end = close + delimiter.length;
    const escaped =
      dialect.escapable !== null &&
      /(?:^|[^\\])(?:\\\\)*\\$/.test(text.slice(Math.max(0, close - 50), close));
    // `*` inside `**` belongs to the longer pair.
    const longer = delimiter.length === 1 && (text[end] === mark || text[close - 1] === mark);
    const leans = /\s/.test(text[close - 1] ?? ' ');
    const inWord = mark === '_' && WORD.test(text[end] ?? ' ');
    if (!escaped && !leans && !inWord && !longer) {
      return { shown: renderInline(text.slice(start, close), dialect, depth + 1), end };
    }
    from = longer ? end + 1 : close + 1;
  }
}
