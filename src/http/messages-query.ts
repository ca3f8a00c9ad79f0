import { DELIVERY_STATUSES, type DeliveryStatus } from '../core/delivery.ts';
import { decodeCursor } from '../pushlog/cursor.ts';
import type { LogQuery } from '../store/store.ts';
import { invalidArgument } from './api-error.ts';
import { parseQuery } from './query.ts';
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

/** Those that choose messages, whatever the page. */
export const FILTER_PARAMETERS = ['channel', 'status', 'q', 'since', 'until'] as const;

export const MESSAGE_PARAMETERS = [
  'limit',
  'cursor',
  ...FILTER_PARAMETERS,
] as const satisfies readonly ParameterName[];

/**
 * @param target the request's target; what follows `?` is read.
 * @throws ApiError that names the parameter.
 */
export function parseMessagesQuery(target: string): LogQuery {
  return { limit: DEFAULT_LIMIT, ...readParameters(parseQuery(target, MESSAGE_PARAMETERS)) };
}

/** @throws ApiError that names the parameter. */
export function readParameters(parameters: Partial<Record<ParameterName, string>>): QueryPart {
  const query: QueryPart = {};
  for (const [name, value] of Object.entries(parameters)) {
    Object.assign(query, READERS[name as ParameterName](value));
  }
  return query;
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
