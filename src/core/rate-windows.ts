/** At most `maxSends` requests in any `windowMs`, as the platform sees it. */
export interface RateLimitWindow {
  readonly maxSends: number;
  readonly windowMs: number;
}

/** Past ends older than this no longer matter: no window is longer. */
export const LONGEST_WINDOW_MS = 60_000;

/** The booked slots of one endpoint: one for each request that is in flight or ended not long ago. */
export interface SlotLedger {
  readonly inFlight: number;
  /** How many requests ended after `ms`. */
  countEndedAfter(ms: number): number;
  /**
   * The end time of the n-th request (from 0) that ended after `ms`, oldest first. One that lies ahead is a deadline: the
   * request still runs and may end before it.
   */
  nthEndedAfter(ms: number, n: number): number | undefined;
}

/** What the windows allow now. */
export interface WindowRoom {
  /** Requests that may start now; Infinity without windows. */
  readonly free: number;
  /** When `free` is 0: ms until a slot comes free, or null if that depends on the end of a request in flight. */
  readonly waitMs: number | null;
}

/**
 * How much room the sliding windows leave.
 *
 * A slot is held while its request is in flight and for one window after its end. The platform sees a request
 * at some moment between its start and its end, so this bound holds at the platform whatever the latency; slots
 * stamped at the start let 30 requests into a window of 20 when the latency varies between 0 and 3 s.
 *
 * @param nowMs on the same time axis as the ledger.
 */
export function roomInWindows(
  windows: readonly RateLimitWindow[],
  slots: SlotLedger,
  nowMs: number,
): WindowRoom {
  let free = Number.POSITIVE_INFINITY;
  let waitMs: number | null = 0;
  for (const { maxSends, windowMs } of windows) {
    const windowStartMs = nowMs - windowMs;
    const room = maxSends - slots.inFlight - slots.countEndedAfter(windowStartMs);
    free = Math.min(free, Math.max(0, room));
    if (room > 0) continue;
    // A slot comes free when all but `maxSends - 1` requests have left the window.
    const lastToLeaveMs = slots.nthEndedAfter(windowStartMs, -room);
    if (lastToLeaveMs === undefined) waitMs = null;
    // Of a request that still runs nobody may tell the end, so it is looked at again when it could leave at the earliest.
    else if (waitMs !== null) waitMs = Math.max(waitMs, Math.min(lastToLeaveMs, nowMs) + windowMs - nowMs);
  }
  return { free, waitMs: free > 0 ? 0 : waitMs };
}

/** Channels of one endpoint share its windows: where they are configured differently, the tighter figure holds for all. */
export function strictestWindows(
  windowsOfChannels: readonly (readonly RateLimitWindow[])[],
): RateLimitWindow[] {
  const strictest = new Map<number, RateLimitWindow>();
  for (const window of windowsOfChannels.flat()) {
    const present = strictest.get(window.windowMs);
    if (present === undefined || window.maxSends < present.maxSends) strictest.set(window.windowMs, window);
  }
  return [...strictest.values()];
}
