import type { IncomingHttpHeaders } from 'node:http';

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** null when the bytes are not UTF-8. */
export function utf8(body: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return null;
  }
}

/** undefined when the text is no JSON. */
export function parseJson(text: string | null): unknown {
  if (text === null) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** null when the body is not UTF-8, not JSON, or JSON of another kind. */
export function jsonObject(body: Uint8Array): JsonObject | null {
  const value = parseJson(utf8(body));
  return isObject(value) ? value : null;
}

/** The value of a path of keys; undefined where the path leaves the objects. */
export function dig(value: unknown, ...keys: readonly string[]): unknown {
  let here = value;
  for (const key of keys) here = isObject(here) && Object.hasOwn(here, key) ? here[key] : undefined;
  return here;
}

export function asString(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function strings(value: unknown): readonly string[] {
  return asList(value).filter((item) => typeof item === 'string');
}

export const byteLength = (text: string): number => Buffer.byteLength(text, 'utf8');

/** Unicode code points. */
export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** The content type without parameters, lower case; "" when the header is missing. */
export function mediaType(headers: IncomingHttpHeaders): string {
  return (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

/** The value of one field of a multipart body; null when the body cannot be read or has no such text field. */
export async function multipartField(
  headers: IncomingHttpHeaders,
  body: Uint8Array<ArrayBuffer>,
  field: string,
): Promise<string | null> {
  try {
    const form = await new Response(body, {
      headers: { 'content-type': headers['content-type'] ?? '' },
    }).formData();
    return asString(form.get(field));
  } catch {
    return null;
  }
}
