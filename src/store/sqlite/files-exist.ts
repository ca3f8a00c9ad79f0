import { statSync } from 'node:fs';

/** What is written now goes into files that have no name any more: the next start would not find it. */
export class StoreFilesGoneError extends Error {
  constructor() {
    super('the store was deleted or moved while it was in use');
    this.name = 'StoreFilesGoneError';
  }
}

/**
 * SQLite goes on writing into a file that has been deleted. Two looks after each commit, 2 µs each, keep a message from
 * being acknowledged that only lives until the process ends.
 */
export function createFilesExistCheck(path: string): () => void {
  const files = [path, `${path}-wal`];
  return () => {
    if (!files.every(exists)) throw new StoreFilesGoneError();
  };
}

function exists(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    // It cannot be looked at now; that says nothing about whether it is there.
    return true;
  }
}
