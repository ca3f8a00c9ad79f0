import type { Dispatcher } from 'undici';
import type { OnLeaving } from '../core/on-leaving.ts';
import type { Answer } from '../providers/provider.ts';
import type { Connection } from './connection.ts';
import type { Ending } from './ending.ts';
import { codeOfError } from './network-fault.ts';
import type { PreparedRequest } from './route.ts';

/** How much of an answer's body is read; what is longer is cut off together with its socket. */
const MAX_BODY_BYTES = 65_536;

/** An answer of fewer bytes than its pieces has room for comes in a few pieces; one in thousands means no good. */
const MAX_BODY_PIECES = 1_024;

/** A server may announce progress before its answer; one that sends more than this means no good. */
const MAX_INTERIM_ANSWERS = 20;

export type ExchangeResult =
  | { readonly kind: 'answer'; readonly answer: Answer; readonly reusable: boolean }
  /** `started`: the request had begun to leave, so nobody knows whether it arrived. */
  | { readonly kind: 'failed'; readonly started: boolean; readonly error: unknown }
  | { readonly kind: 'invalid'; readonly code: string };

/** What undici calls a request that it refuses to write. */
const REFUSALS = new Set([
  'UND_ERR_INVALID_ARG',
  'UND_ERR_NOT_SUPPORTED',
  'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
]);

/**
 * Writes one request on an open connection and reads the answer.
 *
 * Once a status line has come, what follows cannot make the attempt fail: a body that breaks off, runs over or
 * outlasts the deadline gives an answer that is not `complete`, and the provider judges it.
 *
 * @param ending ends it at once, wherever it is; the socket is destroyed.
 */
export function exchange(
  connection: Connection,
  request: PreparedRequest,
  { ending, onLeaving }: { readonly ending: Ending; readonly onLeaving: OnLeaving },
): Promise<ExchangeResult> {
  return new Promise((resolve) => {
    let started = false;
    let interimAnswers = 0;
    let head: { status: number; headers: Record<string, string> } | null = null;
    const body: Buffer[] = [];
    let bodyBytes = 0;
    let settled = false;

    const settle = (result: ExchangeResult) => {
      if (settled) return;
      settled = true;
      stopListening();
      const reusable = result.kind === 'answer' && result.reusable;
      if (!reusable) void connection.client.destroy();
      resolve(result);
    };
    const answer = (complete: boolean): ExchangeResult | null =>
      head && {
        kind: 'answer',
        answer: {
          httpStatus: head.status,
          headers: head.headers,
          body: decodeBody(body, complete),
          complete,
        },
        reusable: complete,
      };
    const fail = (error: unknown) => {
      const code = codeOfError(error);
      if (!started && REFUSALS.has(code)) settle({ kind: 'invalid', code });
      else settle(answer(false) ?? { kind: 'failed', started, error });
    };
    const giveUp = () => fail(ending.reason());
    const stopListening = ending.onEnd(giveUp);

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(controller) {
        // The deadline may have struck since the request was queued: then it must never be written.
        if (settled) {
          controller.abort(new Error('settled'));
          return;
        }
        onLeaving('now');
        started = true;
      },
      onResponseStart(controller, status, headers) {
        if (status >= 200) head = { status, headers: plainHeaders(headers) };
        else if (++interimAnswers > MAX_INTERIM_ANSWERS) controller.abort(interimFlood());
      },
      onResponseData(_controller, chunk) {
        if (settled) return;
        const room = MAX_BODY_BYTES - bodyBytes;
        // undici hands out a view of memory that it uses again.
        body.push(Buffer.from(chunk.subarray(0, room)));
        bodyBytes += Math.min(room, chunk.length);
        if (chunk.length > room || body.length >= MAX_BODY_PIECES) fail(null);
      },
      onResponseEnd() {
        const whole = answer(true);
        if (whole) settle(whole);
      },
      onResponseError: (_controller, error) => fail(error),
      // Never asked for, so nothing may follow on the socket.
      onRequestUpgrade: (_controller, _status, _headers, socket) => {
        socket.destroy();
        fail(interimFlood());
      },
    };

    if (ending.reason() !== null) return giveUp();
    onLeaving('soon');
    connection.client.dispatch(
      {
        method: request.method as Dispatcher.HttpMethod,
        path: request.path,
        headers: request.headers,
        body: request.body,
      },
      handler,
    );
  });
}

/** Invalid bytes become U+FFFD; a code point that the end of what we read cuts in two is left out. */
function decodeBody(chunks: readonly Buffer[], complete: boolean): string {
  if (chunks.length === 0) return '';
  return new TextDecoder().decode(Buffer.concat(chunks), { stream: !complete });
}

function plainHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  const plain: Record<string, string> = Object.create(null);
  for (const name in headers) {
    const value = headers[name];
    const first = Array.isArray(value) ? value[0] : value;
    if (first !== undefined) plain[name.toLowerCase()] = first;
  }
  return plain;
}

function interimFlood(): Error {
  return Object.assign(new Error('too many interim answers'), { code: 'HPE_INTERIM_ANSWERS' });
}
