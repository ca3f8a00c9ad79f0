import type { IncomingMessage } from 'node:http';
import { invalidArgument } from './api-error.ts';

const HEADER = 'x-ppt-request-id';
const PRINTABLE_ASCII = /^[\x20-\x7e]{1,255}$/;

/**
 * The idempotency key of a request, or null without one (an empty header is none).
 *
 * @throws ApiError for a repeated header, and for anything but 1–255 printable ASCII characters.
 */
export function requestIdOf(raw: IncomingMessage): string | null {
  const value = raw.headers[HEADER];
  if (value === undefined || typeof value !== 'string') return null;
  // Node.js joins repeated headers to `a, b`, which could pass for one value.
  if (countHeader(raw.rawHeaders) > 1) throw invalidArgument((t) => t.requestIdRepeated);
  if (value === '') return null;
  if (!PRINTABLE_ASCII.test(value)) throw invalidArgument((t) => t.requestId);
  return value;
}

/** What the answer repeats as `request_id`: the header as it came, valid or not; null when absent or empty. */
export function echoedRequestId(raw: IncomingMessage): string | null {
  const value = raw.headers[HEADER];
  // Header bytes arrive as Latin-1; a caller that sent UTF-8 wants to recognise its own text.
  return typeof value === 'string' && value !== '' ? Buffer.from(value, 'latin1').toString('utf8') : null;
}

function countHeader(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() === HEADER) count++;
  }
  return count;
}
