import { invalidArgument } from './api-error.ts';
import { parseQuery } from './query.ts';

export const EVENT_PARAMETERS = ['last_event_id'] as const;

/**
 * Where a client of `GET /api/events` goes on.
 *
 * @param header the request's `Last-Event-ID`: what a browser sends by itself when it connects again is newer than what
 *   stands in its URL.
 * @returns null for a new client.
 */
export function lastEventIdOf(target: string, header: string | string[] | undefined): string | null {
  const { last_event_id: parameter } = parseQuery(target, EVENT_PARAMETERS);
  if (parameter === '') throw invalidArgument((t) => t.emptyParameter('last_event_id'));
  return typeof header === 'string' && header !== '' ? header : (parameter ?? null);
}
