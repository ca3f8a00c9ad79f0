/** The machine's run since it was last started: it outlives the process, and time in it only moves forward. */
export interface Boot {
  /** Another for each boot: a whole number of 48 bits, not 0; null where the system names none. */
  readonly id: number | null;
  /** Ms since the machine started, whatever its clock was set to meanwhile. */
  sinceStartMs(): number;
}

/** A moment of a boot, as it is stored and compared by a later process. */
export interface BootMoment {
  readonly bootId: number | null;
  readonly sinceStartMs: number;
  readonly wallMs: number;
}

/** Without ids: two boots whose starts lie this close together by the wall clock are taken for one. */
const SAME_START_MS = 2_000;

export function momentOf(boot: Boot, wallMs: number): BootMoment {
  return { bootId: boot.id, sinceStartMs: boot.sinceStartMs(), wallMs };
}

/** Whether the machine has surely not been restarted between the two. */
export function isSameBoot(earlier: BootMoment, now: BootMoment): boolean {
  if (now.sinceStartMs < earlier.sinceStartMs) return false;
  if (earlier.bootId !== null && now.bootId !== null) return earlier.bootId === now.bootId;
  const startOf = ({ wallMs, sinceStartMs }: BootMoment) => wallMs - sinceStartMs;
  return Math.abs(startOf(earlier) - startOf(now)) < SAME_START_MS;
}

/**
 * How much time has surely passed, ms, at least 0: never more than really has as long as the machine was not restarted,
 * whatever the wall clock was set to.
 */
export function elapsedMs(earlier: BootMoment, now: BootMoment): number {
  const byWallMs = Math.max(0, now.wallMs - earlier.wallMs);
  const byBootMs = now.sinceStartMs - earlier.sinceStartMs;
  if (isSameBoot(earlier, now)) return byBootMs;
  const surelyRestarted = byBootMs < 0 || (earlier.bootId !== null && now.bootId !== null);
  return surelyRestarted ? byWallMs : Math.min(byWallMs, byBootMs);
}
