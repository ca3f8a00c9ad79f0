import type { IncomingMessage, ServerResponse } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type Lang, texts } from '../texts/texts.ts';
import { errorJson, JSON_TYPE } from './answer.ts';
import { type ApiError, invalidArgument } from './api-error.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

const openRequest = Symbol('the latest request of a connection');

/** How long a caller gets to read the last answer while what it still sends is dropped. */
const LINGER_MS = 1_000;

interface OpenRequest {
  readonly raw: IncomingMessage;
  readonly response: ServerResponse;
}

type TrackedSocket = Socket & { [openRequest]?: OpenRequest };

/** Remembers a connection's latest request, for `answerClientError`. */
export function trackRequest(raw: IncomingMessage, response: ServerResponse): void {
  (raw.socket as TrackedSocket)[openRequest] = { raw, response };
}

/** Answers what never became a request, or stopped in the middle of one: broken HTTP, too large headers, too slow. */
export function answerClientError(
  error: NodeJS.ErrnoException,
  socket: Socket,
  newId: () => string,
  lang: Lang,
): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const open = (socket as TrackedSocket)[openRequest];
  if (open !== undefined && !open.response.writableFinished) {
    if (open.response.headersSent) {
      // It has its answer and we only dropped the rest of its body.
      socket.destroy();
      return;
    }
    if (open.raw.complete) {
      // The fault is in what follows a good request: that one's answer must go first and stay its own.
      if (open.response.hasHeader('connection')) return;
      open.response.once('close', () => socket.destroy()).setHeader('connection', 'close');
      return;
    }
  }
  const current = open !== undefined && !open.raw.complete ? open.raw : null;
  socket.end(lastAnswer(refusalFor(error.code), newId(), current, lang));
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

function refusalFor(code: string | undefined): ApiError {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return invalidArgument((t) => t.requestTimeout, { status: 408 });
  if (code === 'HPE_HEADER_OVERFLOW') return invalidArgument((t) => t.headersTooLarge, { status: 431 });
  return invalidArgument((t) => t.badHttp);
}

/** A whole HTTP answer as text, for a connection that has no response object. */
export function lastAnswer(error: ApiError, id: string, raw: IncomingMessage | null, lang: Lang): string {
  const json =
    raw === null
      ? JSON.stringify({ code: error.code, msg: error.pickText(texts[lang].api), id })
      : errorJson(raw, id, error, lang);
  const headers = {
    ...SECURITY_HEADERS,
    ...error.headers,
    'cache-control': 'no-store',
    'content-type': JSON_TYPE,
    'content-length': String(Buffer.byteLength(json)),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}\r\n${lines.join('\r\n')}\r\n\r\n${json}`;
}
