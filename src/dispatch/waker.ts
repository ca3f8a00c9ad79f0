import type { Clock } from '../core/clock.ts';

/** Lets a lane sleep until it is woken or its time has come. A wake-up while it is busy is not lost. */
export interface Waker {
  wake(): void;
  /** Wakes it because there is a new delivery, which is nothing to one that is held up. */
  wakeForWork(): void;
  /**
   * @param waitMs null: until woken.
   * @param heldUp more work would not let it go on: only `wake` and the time end its sleep.
   */
  sleep(waitMs: number | null, heldUp: boolean): Promise<void>;
}

export function createWaker(clock: Clock): Waker {
  let woken = false;
  let hasWork = false;
  let isDeaf = false;
  let interrupt: (() => void) | null = null;

  return {
    wake() {
      woken = true;
      interrupt?.();
    },
    wakeForWork() {
      hasWork = true;
      if (!isDeaf) interrupt?.();
    },
    async sleep(waitMs, heldUp) {
      if (!woken && (heldUp || !hasWork)) {
        isDeaf = heldUp;
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
      hasWork = false;
    },
  };
}
