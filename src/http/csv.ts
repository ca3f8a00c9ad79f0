import type { MessageJson } from './schemas.ts';

/** Spreadsheet programs take UTF-8 for what it is only with this mark at the start. */
export const CSV_START = '\ufeff';

/** What a spreadsheet program would run as a formula; a tab or line end at the start is skipped by some. */
const FORMULA_START = /^[=+\-@\t\r]/;
const NEEDS_QUOTES = /[",\r\n]/;

const COLUMNS = [
  'message_id',
  'created_at',
  'request_id',
  'msg',
  'channel',
  'provider',
  'status',
  'resent_at',
  'attempt_count',
  'finished_at',
  'error',
] as const;

/** RFC 4180, one row for each delivery. */
export const CSV_HEADER = csvRow(COLUMNS);

/** One at a time: each repeats the text, and a message may have a thousand deliveries. */
export function* csvRows({ deliveries, ...message }: MessageJson): Generator<string> {
  const { id, created_at, request_id, msg } = message;
  for (const { channel, provider, status, resent_at, attempt_count, finished_at, error } of deliveries) {
    yield csvRow([
      id,
      created_at,
      request_id,
      msg,
      channel,
      provider,
      status,
      resent_at,
      attempt_count,
      finished_at,
      error,
    ]);
  }
}

function csvRow(cells: readonly (string | number | null)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = FORMULA_START.test(value) ? `'${value}` : value;
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
