/** Why a request is given up. */
export type EndReason = 'deadline' | 'closed';

/** Whether one request may go on. */
export interface Ending {
  /** null: it may. */
  reason(): EndReason | null;
  /**
   * Calls `listener` when the request is given up. One listener at a time.
   *
   * @returns takes the listener away.
   */
  onEnd(listener: () => void): () => void;
}

/** What an `AbortController` does, for one request and with far fewer objects. */
export function createEnding(): Ending & { end(reason: EndReason): void } {
  let given: EndReason | null = null;
  let notify: (() => void) | null = null;
  const takeAway = () => {
    notify = null;
  };
  return {
    reason: () => given,
    onEnd(listener) {
      notify = listener;
      return takeAway;
    },
    end(reason) {
      if (given !== null) return;
      given = reason;
      notify?.();
    },
  };
}
