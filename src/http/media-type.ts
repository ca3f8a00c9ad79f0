import type { IncomingHttpHeaders } from 'node:http';
import { invalidArgument } from './api-error.ts';

export type BodyKind = 'json' | 'form';

function kindOf(type: string): BodyKind | null {
  if (type === 'application/json') return 'json';
  return type === 'application/x-www-form-urlencoded' ? 'form' : null;
}

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
  const exact = kindOf(contentType);
  if (exact !== null) return exact;

  const [type = '', ...parameters] = contentType.split(';', 10);
  const kind = kindOf(type.trim().toLowerCase());
  if (kind === null) throw invalidArgument((t) => t.contentType);
  for (const parameter of parameters) {
    const charset = /^\s*charset\s*=\s*"?([^"]*?)"?\s*$/i.exec(parameter)?.[1];
    if (charset !== undefined && !/^utf-?8$/i.test(charset)) throw invalidArgument((t) => t.charset);
  }
  return kind;
}
