import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { FastifyReply } from 'fastify';
import { type Lang, langOfHeader, texts } from '../texts/texts.ts';
import type { ApiError } from './api-error.ts';
import { waitsForContinue } from './read-body.ts';
import { echoedRequestId } from './request-id.ts';

export const JSON_TYPE = 'application/json; charset=utf-8';

/** For a caller that announced a body with `Expect` and may send it although it was not asked to. */
const UNASKED_BODY_WAIT_MS = 1_000;

/** Hand-written for the hot path: a ULID needs no escaping, a request id does. */
export function okJson(id: string, requestId: string | null): string {
  return requestId === null
    ? `{"code":"ok","msg":"success","id":"${id}"}`
    : `{"code":"ok","msg":"success","id":"${id}","request_id":${JSON.stringify(requestId)}}`;
}

/** The four fields of every JSON answer, and what else it carries. */
export function envelope(
  raw: IncomingMessage,
  id: string,
  code: string,
  msg: string,
  rest: object = {},
): string {
  const requestId = echoedRequestId(raw);
  return JSON.stringify({ code, msg, id, ...(requestId === null ? {} : { request_id: requestId }), ...rest });
}

export function sendJson(reply: FastifyReply, json: string): void {
  reply.header('content-type', JSON_TYPE).send(json);
}

/** The body of a refusal, in the caller's language. @param lang for a caller that asks for none. */
export function errorJson(raw: IncomingMessage, id: string, error: ApiError, lang: Lang): string {
  const { api } = texts[langOfHeader(raw.headers['accept-language'], lang)];
  return envelope(raw, id, error.code, error.pickText(api));
}

/**
 * Refuses a request. When its body has not been read, the answer leaves at once but the connection stays until the
 * body has been received and dropped (the server's request timeout bounds that): closing it earlier would reset
 * it, and a reset makes many clients lose the answer.
 */
export function sendError(reply: FastifyReply, id: string, error: ApiError, lang: Lang): void {
  const raw = reply.request.raw;
  // Nobody is there to read it, or the connection already got its last answer.
  if (reply.raw.destroyed || raw.socket.destroyed || raw.socket.writableEnded) {
    reply.hijack();
    return;
  }
  const json = errorJson(raw, id, error, lang);
  reply.code(error.status).headers(error.headers).header('content-type', JSON_TYPE);
  if (hasUnreadBody(raw)) answerBeforeBody(reply, json);
  else reply.send(json);
}

function hasUnreadBody(raw: IncomingMessage): boolean {
  return !raw.complete && hasBody(raw);
}

/** Whether the request announces a body. */
export function hasBody(raw: IncomingMessage): boolean {
  const { 'content-length': length, 'transfer-encoding': encoding } = raw.headers;
  return encoding !== undefined || (length !== undefined && length !== '0');
}

function answerBeforeBody(reply: FastifyReply, json: string): void {
  const raw = reply.request.raw;
  const response = reply.raw;
  const unasked = waitsForContinue(raw);
  // A body that nobody asked for may never come, so what follows on this connection would be ambiguous.
  if (unasked) reply.header('connection', 'close');
  reply.header('content-length', Buffer.byteLength(json));
  const headers = reply.getHeaders() as OutgoingHttpHeaders;
  reply.hijack();
  response.writeHead(reply.statusCode, headers);
  if (raw.method !== 'HEAD') response.write(json);

  const end = () => {
    clearTimeout(timer);
    response.end();
  };
  const timer = unasked ? setTimeout(end, UNASKED_BODY_WAIT_MS) : undefined;
  raw.once('end', end).once('close', end).on('error', end).resume();
}
