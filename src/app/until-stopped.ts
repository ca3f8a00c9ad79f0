const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const;

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
  let asked = false;
  const onSignal = () => {
    // Everything accepted is on disk; what is in flight will be settled at the next start. `process.exit` would wait for
    // a terminal that takes no more output.
    if (asked) process.kill(process.pid, 'SIGKILL');
    asked = true;
    resolve(0);
  };
  for (const signal of STOP_SIGNALS) process.on(signal, onSignal);
  return {
    ended,
    fail: () => resolve(1),
    release() {
      for (const signal of STOP_SIGNALS) process.off(signal, onSignal);
    },
  };
}
