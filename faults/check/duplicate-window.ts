/** One request as a receiver saw it, with the moment in which its answer had left; all times on one clock. */
interface AnsweredArrival {
  readonly channel: string;
  readonly token: string;
  readonly part: number;
  readonly atMs: number;
  readonly answeredAtMs: number | null;
}

/**
 * How long an answer had been out at most when a kill still made a copy of its message: the window in which the service
 * forgets what the receiver has said.
 *
 * @param killsMs when the kills were, on the clock of the arrivals.
 * @returns 0 when every copy belongs to a request without an answer.
 */
export function duplicateWindowMs(arrivals: readonly AnsweredArrival[], killsMs: readonly number[]): number {
  const copies = Map.groupBy(arrivals, ({ channel, token, part }) => `${channel} ${token} ${part}`);
  const windows = [...copies.values()].flatMap((seen) =>
    seen.slice(0, -1).map(({ atMs, answeredAtMs }) => {
      const killMs = killsMs.find((ms) => ms > atMs);
      return killMs === undefined || answeredAtMs === null ? 0 : killMs - answeredAtMs;
    }),
  );
  return Math.max(0, ...windows);
}
