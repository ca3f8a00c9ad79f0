import type { PreparedRequest } from './route.ts';

/** What decides where a request ends, or wants something of the connection: ours to say. */
const OURS: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const METHOD = /^[A-Z]+$/;
const TARGET = /^[\x21-\x7e]+$/;
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const ASCII = /^[\0-\x7f]*$/;

export type RequestBytes =
  | { readonly kind: 'ready'; readonly bytes: string | Buffer }
  /** It cannot be written as HTTP; `code` says what of it. */
  | { readonly kind: 'refused'; readonly code: string };

/** A request as it goes over a connection: RFC 9112, sections 3, 5 and 6. Text is UTF-8. */
export function requestBytes({ method, path, headers, body }: PreparedRequest): RequestBytes {
  if (!METHOD.test(method)) return refused('METHOD');
  if (!TARGET.test(path)) return refused('URL');
  let head = `${method} ${path} HTTP/1.1\r\n`;
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at] ?? '';
    const value = headers[at + 1] ?? '';
    if (OURS.has(name) || !NAME.test(name)) return refused('HEADER_NAME');
    if (!VALUE.test(value)) return refused('HEADER_VALUE');
    head += `${name}: ${value}\r\n`;
  }
  head += 'connection: keep-alive\r\n';
  if (body !== null) head += `content-length: ${Buffer.byteLength(body)}\r\n`;
  else if (method !== 'GET') head += 'content-length: 0\r\n';
  head += '\r\n';
  const text = body ?? '';
  // Header values may have Latin-1 in them.
  if (ASCII.test(head)) return { kind: 'ready', bytes: head + text };
  return { kind: 'ready', bytes: Buffer.concat([Buffer.from(head, 'latin1'), Buffer.from(text)]) };
}

function refused(code: string): RequestBytes {
  return { kind: 'refused', code };
}
