import { chmodSync, closeSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makeDurableFolder } from './durable-folder.ts';
import { SQLITE, sqliteErrorOf } from './sqlite-error.ts';

/** Another process serves this file. */
export class StoreInUseError extends Error {
  constructor(options?: ErrorOptions) {
    super('the store is in use by another process', options);
    this.name = 'StoreInUseError';
  }
}

export function isBusy(error: unknown): boolean {
  return sqliteErrorOf(error)?.primaryCode === SQLITE.busy;
}

/**
 * Lets one process have a store file: two would send everything twice.
 *
 * The lock is SQLite's own, on a small file beside the store. It works alike on every system, and the kernel frees it
 * when the process ends in whatever way.
 *
 * @param path see `realStorePath`.
 * @returns gives the lock back.
 * @throws StoreInUseError
 */
export function lockStoreFile(path: string): () => void {
  makeDurableFolder(dirname(path));
  const lockPath = `${path}.lock`;
  closeSync(openSync(lockPath, 'a', 0o600));
  chmodSync(lockPath, 0o600);
  const db = new DatabaseSync(lockPath, { timeout: 0 });
  try {
    db.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (!(error instanceof Error)) throw error;
    if (isBusy(error)) throw new StoreInUseError({ cause: error });
    // It is this file and not the store that is at fault.
    throw new Error(`${lockPath}: ${error.message}`, { cause: error });
  }
  return () => db.close();
}
