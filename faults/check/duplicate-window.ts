/** One request as a receiver saw it, with the moment in which its answer had left; all times on one clock. */
interface AnsweredArrival {
  readonly channel: string;
  readonly token: string;
  readonly part: number;
  readonly atMs: number;
  readonly answeredAtMs: number | null;
}

/** From the moment in which a service was known to run to the one in which it was killed, on the clock of the arrivals. */
export interface Life {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * How long an answer had been out at most when a kill still made a copy of its message: the window in which the service
 * forgets what the receiver has said.
 *
 * A request that was read between two lives says nothing about it: a busy receiver may have read it long after its
 * sender had died.
 *
 * @returns 0 when no copy has an earlier request that was answered before the kill.
 */
export function duplicateWindowMs(arrivals: readonly AnsweredArrival[], lives: readonly Life[]): number {
  const copies = Map.groupBy(arrivals, ({ channel, token, part }) => `${channel} ${token} ${part}`);
  const windows = [...copies.values()].flatMap((seen) =>
    seen.slice(0, -1).map(({ atMs, answeredAtMs }) => {
      const life = lives.find(({ fromMs, toMs }) => fromMs <= atMs && atMs <= toMs);
      return life === undefined || answeredAtMs === null ? 0 : life.toMs - answeredAtMs;
    }),
  );
  return Math.max(0, ...windows);
}
