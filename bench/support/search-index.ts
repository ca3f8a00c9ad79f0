import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSearchForReading, readProgress } from '../../src/store/sqlite/search/search-file.ts';
import { askLog } from './log-client.ts';

const LOOK_EVERY_MS = 500;
/** The index follows in steps; the last few messages are scanned. */
const NEAR = 64;

/** A search, because a service leaves what it found unindexed for a minute if nobody searches. */
export async function startIndexing(textUrl: string): Promise<void> {
  await askLog(textUrl, { q: '告警', limit: '1' });
}

/**
 * Waits until the running service has indexed its store.
 *
 * @param path the file of the store.
 * @returns how long it took, ms.
 */
export async function waitForIndex(textUrl: string, path: string): Promise<number> {
  const startedMs = performance.now();
  await startIndexing(textUrl);
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
