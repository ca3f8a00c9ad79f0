import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSearchForReading, readProgress } from '../../src/store/sqlite/search/search-file.ts';

const LOOK_EVERY_MS = 500;
/** The index follows in steps; the last few messages are scanned. */
const NEAR = 64;

/** Waits until the running service has indexed the store. @returns how long it took, ms. */
export async function waitForIndex(path: string): Promise<number> {
  const startedMs = performance.now();
  const store = new DatabaseSync(path, { readOnly: true });
  const { last } = store.prepare('SELECT max(seq) AS last FROM message').get() as { last: number };
  store.close();
  while (indexedTo(path) <= last - NEAR) await sleep(LOOK_EVERY_MS);
  return performance.now() - startedMs;
}

function indexedTo(path: string): number {
  let search: DatabaseSync | undefined;
  try {
    search = openSearchForReading(path);
    return readProgress(search).messageSeq;
  } catch {
    return 0;
  } finally {
    search?.close();
  }
}
