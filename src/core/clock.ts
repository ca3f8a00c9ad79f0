/** Time as a dependency: a test or a simulation passes its own. */
export interface Clock {
  /** Wall-clock time, ms since the Unix epoch. For what people and platforms read; it may jump. */
  wallMs(): number;
  /** Time that only moves forward, ms from an arbitrary start. For waits, windows and durations. */
  monotonicMs(): number;
  /** Resolves after `ms`, or at once when `signal` aborts. Never rejects. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `action` after `ms`, unless the returned function is called before. Far cheaper than a `wait` that is aborted. */
  after(ms: number, action: () => void): () => void;
}

/** The longest delay that a Node.js timer takes; a longer one would fire at once. */
const MAX_TIMER_MS = 2_147_483_647;

export const systemClock: Clock = {
  // A machine without a battery may wake up before 1970, where no id and no time of ours can be: it is 1970 then.
  wallMs: () => Math.max(0, Date.now()),
  monotonicMs: () => performance.now(),
  wait(ms, signal) {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, timerMs(ms));
      signal?.addEventListener('abort', end, { once: true });
    });
  },
  after(ms, action) {
    const timer = setTimeout(action, timerMs(ms));
    return () => clearTimeout(timer);
  },
};

function timerMs(ms: number): number {
  return Math.min(Math.max(0, ms), MAX_TIMER_MS);
}
