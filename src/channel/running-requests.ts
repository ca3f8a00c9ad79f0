import { createBag } from '../core/bag.ts';
import type { Clock } from '../core/clock.ts';
import { createEnding, type Ending, type EndReason } from './ending.ts';

/** The requests that run now, each with its deadline. */
export interface RunningRequests {
  /** @param timeoutMs its `ending` is over with `deadline` then; after `finish` nobody may ask it any more. */
  begin(timeoutMs: number): RunningRequest;
  endAll(reason: EndReason): void;
}

export interface RunningRequest {
  readonly ending: Ending;
  finish(): void;
}

interface Entry {
  readonly ending: ReturnType<typeof createEnding>;
  readonly deadlineMs: number;
}

/**
 * One timer for all deadlines, set to the earliest of those that it has seen: a timer for each request would be made and
 * taken back for nearly every one, which costs more than 1 µs.
 */
export function createRunningRequests(clock: Pick<Clock, 'monotonicMs' | 'after'>): RunningRequests {
  const entries = createBag<Entry>();
  let timer: { readonly dueMs: number; readonly cancel: () => void } | null = null;

  function fireAt(dueMs: number, nowMs: number): void {
    if (timer !== null && timer.dueMs <= dueMs) return;
    timer?.cancel();
    timer = { dueMs, cancel: clock.after(Math.ceil(dueMs - nowMs), endOverdue) };
  }

  /** The next deadline first: whoever ends may finish others, and the last one takes the timer away. */
  function endOverdue(): void {
    timer = null;
    const nowMs = clock.monotonicMs();
    const all = entries.items();
    for (const { deadlineMs } of all) if (deadlineMs > nowMs) fireAt(deadlineMs, nowMs);
    for (const { ending, deadlineMs } of all) if (deadlineMs <= nowMs) ending.end('deadline');
  }

  /** A timer that nothing needs would keep the process from ending. */
  function rest(): void {
    timer?.cancel();
    timer = null;
  }

  return {
    begin(timeoutMs) {
      const nowMs = clock.monotonicMs();
      const ending = createEnding();
      const remove = entries.add({ ending, deadlineMs: nowMs + timeoutMs });
      fireAt(nowMs + timeoutMs, nowMs);
      return {
        ending,
        finish() {
          remove();
          if (entries.size === 0) rest();
        },
      };
    },
    endAll(reason) {
      for (const { ending } of entries.items()) ending.end(reason);
    },
  };
}
