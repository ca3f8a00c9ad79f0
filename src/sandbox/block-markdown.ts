import { type InlineDialect, renderInline } from './inline-markdown.ts';

/** What one platform's client makes of markup at the start of a line. */
export interface BlockDialect {
  readonly inline: InlineDialect;
  /** Deepest heading level; 0: none. */
  readonly headings: number;
  /** Discord's `-# small print`. */
  readonly subtext: boolean;
  readonly quotes: 'gfm' | 'discord' | 'none';
  /** Characters that start a list item. */
  readonly bullets: string;
  /** What may stand behind the number of an ordered item; empty: there are none. */
  readonly orderedMarks: string;
  readonly fences: boolean;
  /** Rules, underlined headings, indented code, tables and reference definitions. */
  readonly gfm: boolean;
}

interface Cursor {
  readonly lines: readonly string[];
  at: number;
  /** Number of the ordered item above, or null. */
  ordinal: number | null;
}

/**
 * The text as a reader sees it: markers gone, escapes resolved. List items show `•`, a rule `―――`, table
 * cells ` │ `. Line breaks stay where they were.
 */
export function renderBlocks(text: string, dialect: BlockDialect): string {
  const lines = text.split(/\r\n|\r|\n/);
  const references = dialect.gfm ? referenceNames(lines) : undefined;
  const inline = references ? { ...dialect.inline, references } : dialect.inline;
  const cursor: Cursor = { lines, at: 0, ordinal: null };
  const out: string[] = [];
  let paragraph: string[] = [];
  // A pair may span lines, so the plain lines of a paragraph are read together.
  const flush = () => {
    if (paragraph.length > 0) out.push(renderInline(paragraph.join('\n'), inline));
    paragraph = [];
  };
  while (cursor.at < lines.length) {
    const block = readBlock(cursor, dialect, inline, paragraph.length > 0);
    if (block === null) {
      paragraph.push(lines[cursor.at] ?? '');
      cursor.at++;
      cursor.ordinal = null;
      continue;
    }
    flush();
    out.push(...block);
  }
  flush();
  return out.join('\n');
}

/** The shown lines of the block that starts here, with the cursor past it; null for a plain line. */
function readBlock(
  cursor: Cursor,
  dialect: BlockDialect,
  inline: InlineDialect,
  inParagraph: boolean,
): string[] | null {
  const line = cursor.lines[cursor.at] ?? '';
  if (line.trim() === '') return take(cursor, 1, [line]);
  return (
    (dialect.fences ? readFence(cursor) : null) ??
    (dialect.gfm ? readGfm(cursor, inline, inParagraph) : null) ??
    readHeading(cursor, dialect, inline) ??
    readQuote(cursor, dialect) ??
    readItem(cursor, dialect, inline)
  );
}

function take(cursor: Cursor, count: number, shown: string[]): string[] {
  cursor.at += count;
  cursor.ordinal = null;
  return shown;
}

function readFence(cursor: Cursor): string[] | null {
  const open = /^ {0,3}(`{3,}|~{3,})([^`]*)$/.exec(cursor.lines[cursor.at] ?? '');
  if (!open) return null;
  const fence = open[1] ?? '```';
  let end = cursor.at + 1;
  while (end < cursor.lines.length && !(cursor.lines[end] ?? '').trim().startsWith(fence)) end++;
  const closed = end < cursor.lines.length;
  return take(cursor, end - cursor.at + (closed ? 1 : 0), cursor.lines.slice(cursor.at + 1, end));
}

const REFERENCE = /^ {0,3}\[([^\]\n]+)\]:\s*\S+/;

function referenceNames(lines: readonly string[]): ReadonlySet<string> {
  return new Set(lines.flatMap((line) => REFERENCE.exec(line)?.[1]?.toLowerCase() ?? []));
}

function readGfm(cursor: Cursor, inline: InlineDialect, inParagraph: boolean): string[] | null {
  const line = cursor.lines[cursor.at] ?? '';
  const next = cursor.lines[cursor.at + 1] ?? '';
  if (inParagraph && /^ {0,3}(?:=+|-+)\s*$/.test(line)) return take(cursor, 1, []);
  if (/^ {0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$/.test(line)) return take(cursor, 1, ['―――']);
  if (!inParagraph && /^(?: {4}|\t)/.test(line)) return take(cursor, 1, [line]);
  if (REFERENCE.test(line)) return take(cursor, 1, []);
  const isTable = line.includes('|') && next.includes('-') && /^[\s|:-]+$/.test(next) && next.includes('|');
  return isTable ? readTable(cursor, inline) : null;
}

function readTable(cursor: Cursor, inline: InlineDialect): string[] {
  const cells = (line: string) =>
    line
      .trim()
      .replace(/^\|/, '')
      .replace(/(?<!\\)\|$/, '')
      .split(/(?<!\\)\|/)
      .map((cell) => renderInline(cell.trim(), inline))
      .join(' │ ');
  const shown = [cells(cursor.lines[cursor.at] ?? '')];
  let end = cursor.at + 2;
  for (; (cursor.lines[end] ?? '').trim() !== ''; end++) shown.push(cells(cursor.lines[end] ?? ''));
  return take(cursor, end - cursor.at, shown);
}

function readHeading(cursor: Cursor, dialect: BlockDialect, inline: InlineDialect): string[] | null {
  const line = cursor.lines[cursor.at] ?? '';
  // GFM wants a space or a tab, and something behind it.
  const heading = (dialect.gfm ? /^ *(#{1,6})[ \t]+(.+)$/ : /^ {0,3}(#{1,6})\s+(.*)$/).exec(line);
  if (heading && (heading[1]?.length ?? 0) <= dialect.headings) {
    return take(cursor, 1, [renderInline((heading[2] ?? '').replace(/\s+#+\s*$/, ''), inline)]);
  }
  const small = dialect.subtext ? /^-# +(.+)$/.exec(line) : null;
  return small ? take(cursor, 1, [renderInline(small[1] ?? '', inline)]) : null;
}

function readQuote(cursor: Cursor, dialect: BlockDialect): string[] | null {
  if (dialect.quotes === 'none') return null;
  const line = cursor.lines[cursor.at] ?? '';
  const inner = (text: string) => renderBlocks(text, dialect).split('\n');
  if (dialect.quotes === 'discord' && line.startsWith('>>> ')) {
    const rest = [line.slice(4), ...cursor.lines.slice(cursor.at + 1)];
    return take(
      cursor,
      rest.length,
      renderBlocks(rest.join('\n'), { ...dialect, quotes: 'none' }).split('\n'),
    );
  }
  const quote = dialect.quotes === 'discord' ? /^> (.*)$/.exec(line) : /^ {0,3}(?:> ?)+(.*)$/.exec(line);
  if (!quote) return null;
  return take(cursor, 1, inner(quote[1] ?? ''));
}

function readItem(cursor: Cursor, dialect: BlockDialect, inline: InlineDialect): string[] | null {
  const line = cursor.lines[cursor.at] ?? '';
  const item = /^([ \t]*)([-*+])[ \t]+(.*)$/.exec(line);
  if (item && dialect.bullets.includes(item[2] ?? '')) {
    const task = dialect.gfm ? /^\[([ xX])\]\s+(.*)$/.exec(item[3] ?? '') : null;
    const mark = task ? (task[1] === ' ' ? '☐' : '☑') : '•';
    return take(cursor, 1, [`${item[1]}${mark} ${renderInline(task?.[2] ?? item[3] ?? '', inline)}`]);
  }
  const numbered = /^( {0,9})(\d{1,9})([.)])[ \t]+(.*)$/.exec(line);
  if (!numbered || !dialect.orderedMarks.includes(numbered[3] ?? '')) return null;
  // Only the first number counts: clients number the items that follow by themselves.
  const ordinal = cursor.ordinal === null ? Number(numbered[2]) : cursor.ordinal + 1;
  const shown = `${numbered[1]}${ordinal}${numbered[3]} ${renderInline(numbered[4] ?? '', inline)}`;
  cursor.at++;
  cursor.ordinal = ordinal;
  return [shown];
}
