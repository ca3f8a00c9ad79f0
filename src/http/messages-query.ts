import { DELIVERY_STATUSES, type DeliveryStatus } from '../core/delivery.ts';
import { decodeCursor } from '../pushlog/cursor.ts';
import type { LogQuery } from '../store/store.ts';
import { invalidArgument } from './api-error.ts';
import { parseForm } from './form.ts';
import { nearestWord, shownWord } from './nearest-word.ts';
import { parseRfc3339 } from './rfc3339.ts';

export const MAX_LIMIT = 200;
export const DEFAULT_LIMIT = 50;

type QueryPart = Partial<LogQuery>;

/** One reader for each parameter of `GET /api/messages`. */
const READERS = {
  limit: (value): QueryPart => ({ limit: readLimit(value) }),
  cursor: (value): QueryPart => ({ beforeId: readCursor(value) }),
  channel: (value): QueryPart => ({ channel: readText('channel', value) }),
  status: (value): QueryPart => ({ status: readStatus(value) }),
  q: (value): QueryPart => ({ text: readText('q', value) }),
  since: (value): QueryPart => ({ sinceMs: readTime('since', value) }),
  until: (value): QueryPart => ({ untilMs: readTime('until', value) }),
} satisfies Record<string, (value: string) => QueryPart>;

type ParameterName = keyof typeof READERS;

export const MESSAGE_PARAMETERS = [
  'limit',
  'cursor',
  'channel',
  'status',
  'q',
  'since',
  'until',
] as const satisfies readonly ParameterName[];

/**
 * @param target the request's target; what follows `?` is read.
 * @throws ApiError that names the parameter.
 */
export function parseMessagesQuery(target: string): LogQuery {
  const mark = target.indexOf('?');
  const parameters = parseForm(Buffer.from(mark < 0 ? '' : target.slice(mark + 1), 'latin1'));
  const query: LogQuery = { limit: DEFAULT_LIMIT };
  for (const [name, value] of parameters) {
    if (!isKnown(name)) {
      const nearest = nearestWord(name, MESSAGE_PARAMETERS);
      throw invalidArgument((t) => t.unknownParameter(shownWord(name), nearest));
    }
    Object.assign(query, READERS[name](value));
  }
  return query;
}

function isKnown(name: string): name is ParameterName {
  return Object.hasOwn(READERS, name);
}

function readLimit(value: string): number {
  const limit = /^\d{1,3}$/.test(value) ? Number(value) : 0;
  if (limit < 1 || limit > MAX_LIMIT) throw invalidArgument((t) => t.badLimit(MAX_LIMIT));
  return limit;
}

function readCursor(value: string): string {
  const beforeId = decodeCursor(value);
  if (beforeId === null) throw invalidArgument((t) => t.badCursor);
  return beforeId;
}

function readStatus(value: string): DeliveryStatus {
  const status = DELIVERY_STATUSES.find((known) => known === value);
  if (status === undefined) throw invalidArgument((t) => t.badStatus(DELIVERY_STATUSES.join(', ')));
  return status;
}

function readText(name: string, value: string): string {
  if (value === '') throw invalidArgument((t) => t.emptyParameter(name));
  if (value.includes('\0')) throw invalidArgument((t) => t.hasNul(name));
  return value;
}

function readTime(name: string, value: string): number {
  const ms = parseRfc3339(value);
  if (ms === null) throw invalidArgument((t) => t.badTime(name));
  return ms;
}
