import type { Boot } from '../../src/core/boot.ts';
import type { Clock } from '../../src/core/clock.ts';

/** A clock whose time passes only when told to. */
export interface SimulatedClock extends Clock {
  /** Lets `ms` pass, and everything that falls due in it happen in order. */
  advance(ms: number): Promise<void>;
  /** Sets the wall clock off by `ms` without any time passing. */
  stepWall(ms: number): void;
  /** The machine whose clock this is. */
  readonly boot: Boot;
  /** The machine starts anew. */
  restart(): void;
}

interface Timer {
  readonly atMs: number;
  readonly order: number;
  fire(): void;
}

export function createSimulatedClock(startWallMs = Date.UTC(2026, 0, 1)): SimulatedClock {
  let nowMs = 0;
  let wallOffsetMs = startWallMs;
  let order = 0;
  let boots = 1;
  let bootedAtMs = 0;
  const timers: Timer[] = [];

  /** Keeps the earliest timer first; a simulation has few at a time. */
  function insert(timer: Timer): void {
    let index = timers.length;
    while (index > 0 && isLater(timers[index - 1], timer)) index--;
    timers.splice(index, 0, timer);
  }

  return {
    wallMs: () => Math.floor(wallOffsetMs + nowMs),
    monotonicMs: () => nowMs,
    wait(ms, signal) {
      if (signal?.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const timer: Timer = { atMs: nowMs + Math.max(0, ms), order: order++, fire: resolve };
        insert(timer);
        signal?.addEventListener(
          'abort',
          () => {
            const index = timers.indexOf(timer);
            if (index >= 0) timers.splice(index, 1);
            resolve();
          },
          { once: true },
        );
      });
    },
    after(ms, action) {
      const timer: Timer = { atMs: nowMs + Math.max(0, ms), order: order++, fire: action };
      insert(timer);
      return () => {
        const index = timers.indexOf(timer);
        if (index >= 0) timers.splice(index, 1);
      };
    },
    async advance(ms) {
      const untilMs = nowMs + ms;
      for (;;) {
        await settleMicrotasks();
        const next = timers[0];
        if (next === undefined || next.atMs > untilMs) break;
        timers.shift();
        nowMs = Math.max(nowMs, next.atMs);
        next.fire();
      }
      nowMs = untilMs;
    },
    stepWall(ms) {
      wallOffsetMs += ms;
    },
    boot: {
      get id() {
        return startWallMs * 100 + boots;
      },
      sinceStartMs: () => nowMs - bootedAtMs,
    },
    restart() {
      boots++;
      bootedAtMs = nowMs;
    },
  };
}

function isLater(a: Timer | undefined, b: Timer): boolean {
  return a !== undefined && (a.atMs > b.atMs || (a.atMs === b.atMs && a.order > b.order));
}

/** Lets every promise that can go on do so. */
function settleMicrotasks(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
