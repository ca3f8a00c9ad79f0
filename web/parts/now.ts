import { useSyncExternalStore } from 'react';

/** One clock for everything on the page that shows ages and countdowns; it stands still while nobody looks at it. */
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const each of listeners) each();
  }, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** A text made of the time: the component is drawn again only when the text changes. */
export function useTimedText(write: (nowMs: number) => string): string {
  return useSyncExternalStore(subscribe, () => write(Date.now()));
}
