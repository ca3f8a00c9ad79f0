import type { Clock } from '../../core/clock.ts';

/**
 * The time axis on which the store keeps due times, slots, pauses and idempotency keys.
 *
 * It looks like wall-clock time, but it starts no earlier than the last time that the store has seen and then follows
 * the monotonic clock. So when the machine's clock jumps back, no channel freezes and no window opens early, and while
 * the process runs no jump matters at all.
 */
export interface StoreClock {
  /** Rounded down to whole ms. */
  nowMs(): number;
  /** The time of an end that just happened, rounded up: a stored end is never earlier than the real one. */
  endMs(): number;
  wallMs(): number;
  /** How far this axis is ahead of the wall clock; 0 unless the clock has been set back. */
  readonly aheadMs: number;
}

export function createStoreClock(clock: Clock, lastSeenMs: number): StoreClock {
  const startedMonotonicMs = clock.monotonicMs();
  const startedWallMs = clock.wallMs();
  const startMs = Math.max(startedWallMs, lastSeenMs);
  const exactMs = () => startMs + clock.monotonicMs() - startedMonotonicMs;
  return {
    nowMs: () => Math.floor(exactMs()),
    endMs: () => Math.ceil(exactMs()),
    wallMs: () => Math.floor(clock.wallMs()),
    aheadMs: startMs - startedWallMs,
  };
}
