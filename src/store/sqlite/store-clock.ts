import { type Boot, type BootMoment, elapsedMs, momentOf } from '../../core/boot.ts';
import type { Clock } from '../../core/clock.ts';

/**
 * The time axis on which the store keeps due times, slots, pauses and idempotency keys.
 *
 * It looks like wall-clock time, but it goes on from the last time that the store has seen by as much as has surely
 * passed since, and then follows the monotonic clock. So whatever the machine's clock is set to, no channel freezes and
 * no window opens early: while the process runs, and between two processes too as long as the machine was not restarted.
 */
export interface StoreClock {
  /** Rounded down to whole ms. */
  nowMs(): number;
  /** The time of an end that just happened, rounded up: a stored end is never earlier than the real one. */
  endMs(): number;
  wallMs(): number;
  /** How far this axis is ahead of the wall clock; negative when it is behind. */
  readonly aheadMs: number;
  /** What the next process needs to go on from here. */
  seen(): SeenTime;
}

/** A time on the axis, and the moment at which the store saw it. */
export interface SeenTime {
  readonly axisMs: number;
  readonly moment: BootMoment;
}

/** @param seen the last time that the store has noted; null for a new store. */
export function createStoreClock(clock: Clock, boot: Boot, seen: SeenTime | null): StoreClock {
  const startedMonotonicMs = clock.monotonicMs();
  const started = momentOf(boot, Math.floor(clock.wallMs()));
  const startMs = seen === null ? started.wallMs : seen.axisMs + elapsedMs(seen.moment, started);
  const exactMs = () => startMs + clock.monotonicMs() - startedMonotonicMs;
  return {
    nowMs: () => Math.floor(exactMs()),
    endMs: () => Math.ceil(exactMs()),
    wallMs: () => Math.floor(clock.wallMs()),
    aheadMs: startMs - started.wallMs,
    seen: () => ({ axisMs: Math.floor(exactMs()), moment: momentOf(boot, Math.floor(clock.wallMs())) }),
  };
}
