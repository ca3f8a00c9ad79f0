import { lstatSync, readlinkSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Linux follows as many in one path, then gives up. Source: path_resolution(7) (read 2026-11). */
const MAX_LINKS = 40;

/**
 * The file that a path means, also where it does not exist yet. SQLite puts its files beside it and not beside a symbolic
 * link, and so must we: the lock, the marks and the index belong to the store, whatever name it was opened by.
 */
export function realStorePath(path: string): string {
  try {
    let real = path;
    for (let links = 0; links < MAX_LINKS; links++) {
      if (lstatSync(real, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return real;
      real = resolve(dirname(real), readlinkSync(real));
    }
  } catch {
    // A folder that may not be looked into.
  }
  // Whoever opens this path is told by the system what is wrong with it.
  return path;
}
