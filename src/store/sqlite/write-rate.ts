/** How much the store has to write, as its front sees it. */
export interface WriteRate {
  /** So many commands are done. */
  note(commands: number): void;
  /** Commands per second, lately. */
  perSecond(): number;
}

/** Long enough for a few commits of a slow disk, short enough that a burst is noticed while it lasts. */
const SPAN_MS = 250;

/** @param nowMs of a clock that never goes back. */
export function createWriteRate(nowMs: () => number): WriteRate {
  let spanStartedMs = nowMs();
  let commands = 0;
  let before = 0;

  function endSpan(): void {
    const lastedMs = nowMs() - spanStartedMs;
    if (lastedMs < SPAN_MS) return;
    before = (commands * 1_000) / lastedMs;
    commands = 0;
    spanStartedMs += lastedMs;
  }

  return {
    note(count) {
      commands += count;
      endSpan();
    },
    perSecond() {
      endSpan();
      return before;
    },
  };
}
