import { decodeTime, encodeTime, monotonicFactory } from 'ulidx';

/**
 * Makes ULIDs that grow strictly, also within one millisecond and while the clock is set back a little, so that ids sort by
 * acceptance.
 */
export type NewId = (timeMs: number) => string;

/** A clock that is set back further was wrong before: from then on ids have the right time, as they would after a restart. */
const MAX_STEP_BACK_MS = 60_000;
/** There are no ids before 1970, and the library has none for 0 either: it would count on from an id that it never made. */
const EARLIEST_MS = 1;

export function createIds(random: () => number = Math.random): NewId {
  let next = monotonicFactory(random);
  let latestMs = 0;
  return (timeMs) => {
    if (timeMs < latestMs - MAX_STEP_BACK_MS) {
      next = monotonicFactory(random);
      latestMs = timeMs;
    }
    latestMs = Math.max(latestMs, timeMs);
    return next(Math.max(EARLIEST_MS, timeMs));
  };
}

const TIME_CHARACTERS = 10;
/** Ids of the same millisecond begin alike. */
let lastDecoded = { start: '', timeMs: 0 };

/** The time inside a ULID, ms since the Unix epoch: of two messages the later accepted never shows an earlier time. */
export function timeOfId(id: string): number {
  const start = id.slice(0, TIME_CHARACTERS);
  if (start !== lastDecoded.start) lastDecoded = { start, timeMs: decodeTime(id) };
  return lastDecoded.timeMs;
}

/** The smallest ULID of that millisecond. */
export function firstIdAt(timeMs: number): string {
  return `${encodeTime(Math.max(0, timeMs), 10)}${'0'.repeat(16)}`;
}
