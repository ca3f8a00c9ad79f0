import { type DeliveryStatus, STATUSES } from '../api/types.ts';

export const PERIODS = ['1h', '24h', '7d', '30d'] as const;
export type Period = (typeof PERIODS)[number];

/** What the log shows. Everything is in the page's address, so that a link and the back button bring it back. */
export interface Filters {
  readonly text: string;
  readonly status: DeliveryStatus | null;
  readonly channel: string | null;
  /** The latest hours or days, counted from when they are looked at. Never together with a range. */
  readonly period: Period | null;
  /** RFC 3339; inclusive. */
  readonly since: string | null;
  /** RFC 3339; exclusive. */
  readonly until: string | null;
}

export const NO_FILTERS: Filters = {
  text: '',
  status: null,
  channel: null,
  period: null,
  since: null,
  until: null,
};

const PERIOD_MS: Readonly<Record<Period, number>> = {
  '1h': 3_600_000,
  '24h': 86_400_000,
  '7d': 7 * 86_400_000,
  '30d': 30 * 86_400_000,
};

/** What an address asks for; anything in it that makes no sense is left out. */
export function filtersOf(search: string): Filters {
  const parameters = new URLSearchParams(search);
  const period = PERIODS.find((known) => known === parameters.get('time')) ?? null;
  const timeOf = (name: string) => (period === null ? readTime(parameters.get(name)) : null);
  return {
    text: parameters.get('q') ?? '',
    status: STATUSES.find((known) => known === parameters.get('status')) ?? null,
    channel: parameters.get('channel') || null,
    period,
    since: timeOf('since'),
    until: timeOf('until'),
  };
}

/** The address of the log with these filters, and one message open where given: `/log?status=failed`. */
export function logUrl(filters: Filters, messageId: string | null = null): string {
  const parameters = new URLSearchParams();
  const set = (name: string, value: string | null) => {
    if (value !== null && value !== '') parameters.set(name, value);
  };
  set('q', filters.text);
  set('status', filters.status);
  set('channel', filters.channel);
  set('time', filters.period);
  set('since', filters.since);
  set('until', filters.until);
  set('message', messageId);
  const search = parameters.toString();
  return search === '' ? '/log' : `/log?${search}`;
}

export function messageIdOf(search: string): string | null {
  return new URLSearchParams(search).get('message') || null;
}

export function hasFilters(filters: Filters): boolean {
  return logUrl(filters) !== logUrl(NO_FILTERS);
}

/** The same filters as parameters of `GET /api/messages`, without page size and cursor. */
export function apiParameters(filters: Filters, nowMs: number): URLSearchParams {
  const { text, status, channel, period, since, until } = filters;
  const parameters = new URLSearchParams();
  if (text !== '') parameters.set('q', text);
  if (status !== null) parameters.set('status', status);
  if (channel !== null) parameters.set('channel', channel);
  if (period !== null) parameters.set('since', new Date(nowMs - PERIOD_MS[period]).toISOString());
  if (since !== null) parameters.set('since', since);
  if (until !== null) parameters.set('until', until);
  return parameters;
}

/** Whether a message that is accepted now can be among these. */
export function takesNewMessages({ until }: Filters, nowMs: number): boolean {
  return until === null || Date.parse(until) > nowMs;
}

function readTime(text: string | null): string | null {
  const ms = Date.parse(text ?? '');
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}
