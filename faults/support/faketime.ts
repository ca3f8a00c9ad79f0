import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** libfaketime lets the wall clock of a process be set while it runs: https://github.com/wolfcw/libfaketime (Debian: faketime). */
const LIBRARIES = ['x86_64-linux-gnu', 'aarch64-linux-gnu'].map(
  (machine) => `/usr/lib/${machine}/faketime/libfaketime.so.1`,
);

export interface FakeTime {
  /** For the process whose clock is to be set. */
  readonly env: Readonly<Record<string, string>>;
  /** Ahead of the true time; negative: behind. */
  setOffset(seconds: number): void;
}

/** @returns null where libfaketime is not installed. */
export function createFakeTime(folder: string): FakeTime | null {
  const library = LIBRARIES.find((path) => existsSync(path));
  if (library === undefined) return null;
  const file = join(folder, 'faketime');
  const setOffset = (seconds: number) =>
    writeFileSync(file, `${seconds < 0 ? '-' : '+'}${Math.abs(seconds)}\n`);
  setOffset(0);
  return {
    env: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      // Waits and durations go by the monotonic clock, which no setting of the wall clock moves.
      DONT_FAKE_MONOTONIC: '1',
    },
    setOffset,
  };
}
