/** A receiver's count of what it took in the last `windowMs`. Exact: one stamp per request, at its own clock. */
export interface SlidingWindow {
  /** Requests that may still come now. */
  room(nowMs: number): number;
  /** ms until there is room for one; 0 when there is now. */
  waitMs(nowMs: number): number;
  add(nowMs: number): void;
}

/** A stamp leaves the window when it is `windowMs` old, to the millisecond. */
export function slidingWindow(maxRequests: number, windowMs: number): SlidingWindow {
  const stamps: number[] = [];
  const forget = (nowMs: number) => {
    let old = 0;
    while (old < stamps.length && nowMs - (stamps[old] ?? 0) >= windowMs) old++;
    if (old > 0) stamps.splice(0, old);
  };
  return {
    room(nowMs) {
      forget(nowMs);
      return maxRequests - stamps.length;
    },
    waitMs(nowMs) {
      forget(nowMs);
      const first = stamps[stamps.length - maxRequests];
      return first === undefined ? 0 : first + windowMs - nowMs;
    },
    add(nowMs) {
      stamps.push(nowMs);
    },
  };
}

/** Makes a value per key at its first use. */
export function perKey<Value>(make: () => Value): (key: string) => Value {
  const values = new Map<string, Value>();
  return (key) => {
    const known = values.get(key);
    if (known !== undefined) return known;
    const made = make();
    values.set(key, made);
    return made;
  };
}
