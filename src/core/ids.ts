import { monotonicFactory } from 'ulidx';

/** Makes ULIDs that grow strictly, also within one millisecond, so that ids sort by acceptance. */
export type NewId = (timeMs: number) => string;

export function createIds(random: () => number = Math.random): NewId {
  const next = monotonicFactory(random);
  return (timeMs) => next(timeMs);
}
