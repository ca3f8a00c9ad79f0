const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const;

/** A terminal signals the whole process group and npm passes the same signal on: within this time that is one signal. */
const SAME_SIGNAL_MS = 150;

/** How often to look whether npm is still there. */
const PARENT_CHECK_MS = 500;

export interface StopRequest {
  /** Resolves with the exit code once the service shall end. */
  readonly ended: Promise<number>;
  /** Ends it because it cannot go on. */
  fail(): void;
  /** Signals have their default effect again. */
  release(): void;
}

/** Waits for a signal to stop. The first one asks for a clean end, a second one ends the process at once. */
export function untilStopped(): StopRequest {
  const { promise: ended, resolve } = Promise.withResolvers<number>();
  let askedAtMs: number | null = null;
  const onSignal = () => {
    const nowMs = performance.now();
    if (askedAtMs === null) {
      askedAtMs = nowMs;
      resolve(0);
    } else if (nowMs - askedAtMs > SAME_SIGNAL_MS) {
      // Everything accepted is on disk; what is in flight will be settled at the next start. `process.exit` would wait
      // for a terminal that takes no more output.
      process.kill(process.pid, 'SIGKILL');
    }
  };
  for (const signal of STOP_SIGNALS) process.on(signal, onSignal);
  const stopWatching = watchParent(() => resolve(0));
  return {
    ended,
    fail: () => resolve(1),
    release() {
      stopWatching();
      for (const signal of STOP_SIGNALS) process.off(signal, onSignal);
    },
  };
}

/**
 * Under `npm start` and `npx` a shell stands between npm and this process: a SIGTERM for npm ends both of them, but never
 * gets here. So the service ends when they are gone, instead of living on with nobody to stop it.
 */
function watchParent(onGone: () => void): () => void {
  if (process.env.npm_command === undefined) return () => undefined;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid !== parent) onGone();
  }, PARENT_CHECK_MS);
  timer.unref();
  return () => clearInterval(timer);
}
