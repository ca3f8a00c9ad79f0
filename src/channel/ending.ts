/** Why a request is given up. */
export type EndReason = 'deadline' | 'closed';

/** Whether one request may go on. */
export interface Ending {
  /** null: it may. */
  readonly reason: EndReason | null;
  /**
   * Calls `listener` when the request is given up. One listener at a time.
   *
   * @returns takes the listener away.
   */
  onEnd(listener: () => void): () => void;
}

/**
 * What an `AbortController` does, for one request. Of the real ones, made by the thousand, the garbage collector keeps
 * most alive until a full collection, with all that their listeners hold: scavenges then take three times as long.
 */
export function createEnding(): Ending & { end(reason: EndReason): void } {
  let given: EndReason | null = null;
  let notify: (() => void) | null = null;
  const takeAway = () => {
    notify = null;
  };
  return {
    get reason() {
      return given;
    },
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
