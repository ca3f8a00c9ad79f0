import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Another process serves this file. */
export class StoreInUseError extends Error {
  constructor(options?: ErrorOptions) {
    super('the store is in use by another process', options);
    this.name = 'StoreInUseError';
  }
}

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
  const lockPath = `${path}.lock`;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(lockPath, 'a', 0o600));
  chmodSync(lockPath, 0o600);
  const db = new DatabaseSync(lockPath, { timeout: 0 });
  try {
    db.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    throw new StoreInUseError({ cause: error });
  }
  return () => db.close();
}
