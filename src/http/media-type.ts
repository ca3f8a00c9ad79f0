import type { IncomingHttpHeaders } from 'node:http';
import { invalidArgument } from './api-error.ts';

export type BodyKind = 'json' | 'form';

const KINDS: ReadonlyMap<string, BodyKind> = new Map([
  ['application/json', 'json'],
  ['application/x-www-form-urlencoded', 'form'],
]);

/** For a route that takes nothing but JSON. @throws ApiError for any other body. */
export function requireJson(headers: IncomingHttpHeaders): void {
  if (bodyKindOf(headers) !== 'json') throw invalidArgument((t) => t.contentTypeJson);
}

/**
 * How the body is to be read, by its headers alone.
 *
 * @throws ApiError for another content type or charset, and for a compressed body: nothing is ever inflated.
 */
export function bodyKindOf(headers: IncomingHttpHeaders): BodyKind {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.trim() !== '' && encoding.trim().toLowerCase() !== 'identity')
    throw invalidArgument((t) => t.contentEncoding);

  const contentType = headers['content-type'] ?? '';
  const exact = KINDS.get(contentType);
  if (exact !== undefined) return exact;

  const [type = '', ...parameters] = contentType.split(';', 10);
  const kind = KINDS.get(type.trim().toLowerCase());
  if (kind === undefined) throw invalidArgument((t) => t.contentType);
  for (const parameter of parameters) {
    const charset = /^\s*charset\s*=\s*"?([^"]*?)"?\s*$/i.exec(parameter)?.[1];
    if (charset !== undefined && !/^utf-?8$/i.test(charset)) throw invalidArgument((t) => t.charset);
  }
  return kind;
}
