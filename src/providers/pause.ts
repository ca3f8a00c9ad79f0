import type { Answer } from './provider.ts';
import { readJsonObject } from './read-json.ts';

/**
 * Bounds for a pause that a platform asks for. Shorter than a second only makes the next refusal; longer than a day
 * is a fault of theirs, and a channel must not stay silent for it.
 */
const MIN_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 24 * 3_600_000;

/** Rounded up: a pause that ends a fraction too early draws the next refusal. */
export function clampPause(ms: number): number {
  return Math.min(MAX_PAUSE_MS, Math.max(MIN_PAUSE_MS, Math.ceil(ms)));
}

/**
 * What `Retry-After` asks for in ms, or null: seconds (also with decimals) or an HTTP date.
 *
 * A date is read against the answer's own `Date`, so that a wrong clock on either side does no harm.
 * https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3 (read 2026-09)
 */
export function retryAfterMs({ headers }: Answer): number | null {
  const value = header(headers, 'retry-after');
  const seconds = secondsMs(value);
  if (seconds !== null) return seconds;
  const waitMs = Date.parse(value) - Date.parse(header(headers, 'date'));
  return Number.isFinite(waitMs) ? waitMs : null;
}

/** A header that holds seconds, in ms; null where it is missing or holds something else. */
export function secondsHeaderMs({ headers }: Answer, name: string): number | null {
  return secondsMs(header(headers, name));
}

/**
 * What `Retry-After` and a `retry_after` in a JSON body ask for, both in seconds; null where neither is there. They
 * differ by rounding, so the larger counts: https://docs.discord.com/developers/topics/rate-limits (read 2026-09)
 */
export function headerOrBodyMs(answer: Answer): number | null {
  const header = retryAfterMs(answer);
  const seconds = readJsonObject(answer.body)?.retry_after;
  if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds < 0) return header;
  return Math.max(header ?? 0, seconds * 1_000);
}

function secondsMs(value: string): number | null {
  // At most 12 digits: beyond that a number loses its meaning, and the clamp takes what is left.
  return /^\d{1,12}(\.\d+)?$/.test(value) ? Number(value) * 1_000 : null;
}

function header(headers: Answer['headers'], name: string): string {
  return (Object.hasOwn(headers, name) ? (headers[name] ?? '') : '').trim();
}
