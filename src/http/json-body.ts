import { isUtf8 } from 'node:buffer';
import { invalidArgument } from './api-error.ts';

/** @throws ApiError for anything but one JSON object in UTF-8. */
export function decodeJsonObject(bytes: Buffer): Readonly<Record<string, unknown>> {
  if (!isUtf8(bytes)) throw invalidArgument((t) => t.notUtf8(t.requestBody));
  const value = parseOrRefuse(bytes.toString('utf8'));
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalidArgument((t) => t.notJsonObject);
  return value as Record<string, unknown>;
}

function parseOrRefuse(text: string): unknown {
  try {
    // Some Windows clients put a byte order mark first; RFC 8259 section 8.1 lets a reader ignore it.
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch {
    throw invalidArgument((t) => t.notJson);
  }
}
