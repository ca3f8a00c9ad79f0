import { chmodSync, closeSync, existsSync, openSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makeDurableFolder } from './durable-folder.ts';

/** Another process serves this file. */
export class StoreInUseError extends Error {
  constructor(options?: ErrorOptions) {
    super('the store is in use by another process', options);
    this.name = 'StoreInUseError';
  }
}

const SQLITE_BUSY = 5;

/**
 * Lets one process have a store file: two would send everything twice.
 *
 * The lock is SQLite's own, on a small file beside the store. It works alike on every system, and the kernel frees it
 * when the process ends in whatever way.
 *
 * @returns gives the lock back.
 * @throws StoreInUseError
 */
export function lockStoreFile(path: string): () => void {
  makeDurableFolder(dirname(path));
  // Through a symbolic link it is the same store.
  const lockPath = `${existsSync(path) ? realpathSync(path) : path}.lock`;
  closeSync(openSync(lockPath, 'a', 0o600));
  chmodSync(lockPath, 0o600);
  const db = new DatabaseSync(lockPath, { timeout: 0 });
  try {
    db.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    const isBusy = error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
    throw isBusy ? new StoreInUseError({ cause: error }) : error;
  }
  return () => db.close();
}
