import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What is in a folder's files, by name. Left out is what says nothing about a message: the lock, and the shared memory,
 * which SQLite makes anew.
 */
export function fingerprints(folder: string): ReadonlyMap<string, string> {
  const names = orElse([], () => readdirSync(folder));
  return new Map(
    names
      .filter((name) => !name.endsWith('.lock') && !name.endsWith('-shm'))
      .map((name) => [name, fingerprint(join(folder, name))]),
  );
}

/** Where modes or a loop of links forbid a look at it, there is nothing to compare. */
function fingerprint(path: string): string {
  return orElse('', () => {
    const content = statSync(path).isFile() ? readFileSync(path) : '';
    return createHash('sha256').update(content).digest('hex');
  });
}

function orElse<T>(fallback: T, read: () => T): T {
  try {
    return read();
  } catch {
    return fallback;
  }
}
