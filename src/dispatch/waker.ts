import type { Clock } from '../core/clock.ts';

/** Lets a lane sleep until it is woken or its time has come. A wake-up while it is busy is not lost. */
export interface Waker {
  wake(): void;
  /** @param waitMs null: until woken. */
  sleep(waitMs: number | null): Promise<void>;
}

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
        await new Promise<void>((resolve) => {
          const cancel = waitMs === null ? null : clock.after(waitMs, resolve);
          interrupt = () => {
            cancel?.();
            resolve();
          };
        });
        interrupt = null;
      }
      woken = false;
    },
  };
}
