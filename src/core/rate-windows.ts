/** At most `maxSends` requests in any `windowMs`, as the platform sees it. */
export interface RateLimitWindow {
  readonly maxSends: number;
  readonly windowMs: number;
}

/** What the windows allow now. */
export interface WindowRoom {
  /** Requests that may start now; Infinity without windows. */
  readonly free: number;
  /**
   * When `free` is 0: ms until a slot comes free, or null if that depends on the end of a request in flight.
   */
  readonly waitMs: number | null;
}

/**
 * How much room the sliding windows leave.
 *
 * A slot is held while its request is in flight and for one window after its end. The platform sees a request
 * at some moment between its start and its end, so this bound holds at the platform whatever the latency; slots
 * stamped at the start let 30 requests into a window of 20 when the latency varies between 0 and 3 s.
 *
 * @param endedMs end times of past requests, in any order; null for one still in flight.
 * @param nowMs the same time axis as `endedMs`.
 */
export function roomInWindows(
  windows: readonly RateLimitWindow[],
  endedMs: readonly (number | null)[],
  nowMs: number,
): WindowRoom {
  let free = Number.POSITIVE_INFINITY;
  let waitMs: number | null = 0;
  for (const { maxSends, windowMs } of windows) {
    const inFlight = endedMs.filter((ended) => ended === null).length;
    const held = endedMs.filter((ended) => ended !== null && ended + windowMs > nowMs) as number[];
    const room = maxSends - inFlight - held.length;
    free = Math.min(free, Math.max(0, room));
    if (room > 0) continue;
    // The window opens when enough of the ended requests have left it.
    held.sort((a, b) => a - b);
    const last = held[-room];
    const opensInMs: number | null = last === undefined ? null : last + windowMs - nowMs;
    waitMs = waitMs === null || opensInMs === null ? null : Math.max(waitMs, opensInMs);
  }
  return { free, waitMs: free > 0 ? 0 : waitMs };
}

/** The longest window; past requests older than that no longer matter. 0 without windows. */
export function longestWindowMs(windows: readonly RateLimitWindow[]): number {
  return windows.reduce((longest, { windowMs }) => Math.max(longest, windowMs), 0);
}
