import type { OnLeaving } from '../core/on-leaving.ts';
import type { Answer } from '../providers/provider.ts';
import { createAnswerReader } from './answer-reader.ts';
import type { Connection } from './connection.ts';
import type { Ending } from './ending.ts';

export type ExchangeResult =
  /** `keepMs`: how long the connection may wait for another request; 0: it is closed. */
  | { readonly kind: 'answer'; readonly answer: Answer; readonly keepMs: number }
  /** `started`: the request had begun to leave, so nobody knows whether it arrived. */
  | { readonly kind: 'failed'; readonly started: boolean; readonly error: unknown };

/**
 * Writes one request on an open connection and reads the answer.
 *
 * Once a head has come, what follows cannot make the attempt fail: a body that breaks off, runs over or outlasts the
 * deadline gives an answer that is not `complete`, and the provider judges it.
 *
 * @param ending ends it at once, wherever it is; the connection is closed.
 */
export function exchange(
  connection: Connection,
  request: string | Buffer,
  { ending, onLeaving }: { readonly ending: Ending; readonly onLeaving: OnLeaving },
): Promise<ExchangeResult> {
  return new Promise((resolve) => {
    const reader = createAnswerReader();
    let started = false;
    let settled = false;

    const settle = (result: ExchangeResult) => {
      if (settled) return;
      settled = true;
      stopListening();
      connection.listen(null);
      const reusable = result.kind === 'answer' && result.keepMs > 0;
      if (!reusable) connection.destroy();
      resolve(result);
    };
    /** @param complete the whole answer is here. */
    const settleWith = (complete: boolean, keepMs: number, error: unknown) => {
      const head = reader.head();
      if (head === null) {
        settle({ kind: 'failed', started, error });
        return;
      }
      const { status, headers } = head;
      const body = decodeBody(reader.body(), complete);
      settle({ kind: 'answer', answer: { httpStatus: status, headers, body, complete }, keepMs });
    };
    const fail = (error: unknown) => settleWith(false, 0, error);
    const giveUp = () => fail(ending.reason());
    const stopListening = ending.onEnd(giveUp);

    const start = () => {
      // The deadline may have struck, or the connection may have gone, in the meantime: then nothing must be written.
      if (settled) return;
      if (!connection.isOpen()) return fail(endedError());
      onLeaving('now');
      started = true;
      connection.write(request);
    };

    if (ending.reason() !== null) return giveUp();
    connection.listen({
      onBytes(bytes) {
        if (!started) return fail(new Error('bytes before the request'));
        try {
          const state = reader.read(bytes);
          if (state === 'more') return;
          // Who answers before it has read the whole request may never read the rest.
          const isKept = state === 'whole' && connection.isFlushed();
          settleWith(state !== 'broken', isKept ? (reader.head()?.keepMs ?? 0) : 0, null);
        } catch (error) {
          fail(error);
        }
      },
      onEnd: () => (reader.endsHere() ? settleWith(true, 0, null) : fail(endedError())),
      onBroken: fail,
    });
    onLeaving('soon');
    // That the server has closed it, or speaks without being asked, may stand in what nobody has read yet: one turn of the event
    // loop reads it, and this one has done its reading.
    if (connection.wasReadThisTurn()) setImmediate(() => setImmediate(start));
    else setImmediate(start);
  });
}

/** One for all whole answers: it holds nothing between two of them. */
const decoder = new TextDecoder();

/** Invalid bytes become U+FFFD; a code point that the end of what we read cuts in two is left out. */
function decodeBody(bytes: Buffer, complete: boolean): string {
  return complete ? decoder.decode(bytes) : new TextDecoder().decode(bytes, { stream: true });
}

function endedError(): Error {
  return Object.assign(new Error('ended'), { code: 'FIN' });
}
