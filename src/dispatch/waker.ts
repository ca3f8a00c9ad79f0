import type { Clock } from '../core/clock.ts';

/** Lets a lane sleep until it is woken or its time has come. A wake-up while it is busy is not lost. */
export interface Waker {
  wake(): void;
  /** @param waitMs null: until woken. */
  sleep(waitMs: number | null): Promise<void>;
}

/** A reason of our own: without one, each abort would build an exception with a stack. */
const AWAKE = 'awake';

export function createWaker(clock: Clock): Waker {
  let woken = false;
  let interrupt: (() => void) | null = null;

  return {
    wake() {
      woken = true;
      interrupt?.();
    },
    async sleep(waitMs) {
      if (!woken) {
        const sleeping = new AbortController();
        const untilWoken = new Promise<void>((resolve) => {
          interrupt = resolve;
        });
        await (waitMs === null
          ? untilWoken
          : Promise.race([untilWoken, clock.wait(waitMs, sleeping.signal)]));
        sleeping.abort(AWAKE);
        interrupt = null;
      }
      woken = false;
    },
  };
}
