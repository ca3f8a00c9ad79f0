import type { Clock } from '../core/clock.ts';

/** What ends the sleep of a lane, besides `wake` and the time: a new delivery, or that what it has may go. */
type WaitsFor = 'work' | 'room';

/** Lets a lane sleep until it is woken or its time has come. A wake-up while it is busy is not lost. */
export interface Waker {
  wake(): void;
  /** Wakes it if it waits for this. */
  wakeFor(what: WaitsFor): void;
  /** @param waitMs null: until woken. */
  sleep(waitMs: number | null, waitsFor: WaitsFor): Promise<void>;
}

export function createWaker(clock: Clock): Waker {
  let woken = false;
  const come = { work: false, room: false };
  let sleeping: { readonly waitsFor: WaitsFor; readonly interrupt: () => void } | null = null;

  return {
    wake() {
      woken = true;
      sleeping?.interrupt();
    },
    wakeFor(what) {
      come[what] = true;
      if (sleeping?.waitsFor === what) sleeping.interrupt();
    },
    async sleep(waitMs, waitsFor) {
      if (!woken && !come[waitsFor]) {
        await new Promise<void>((resolve) => {
          const cancel = waitMs === null ? null : clock.after(waitMs, resolve);
          const interrupt = () => {
            cancel?.();
            resolve();
          };
          sleeping = { waitsFor, interrupt };
        });
        sleeping = null;
      }
      woken = false;
      come.work = false;
      come.room = false;
    },
  };
}
