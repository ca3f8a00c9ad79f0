import { accessSync } from 'node:fs';

/** What is written now goes into files that have no name any more: the next start would not find it. */
export class StoreFilesGoneError extends Error {
  constructor() {
    super('the store was deleted or moved while it was in use');
    this.name = 'StoreFilesGoneError';
  }
}

/** What the system says of a name that is not there, or not any more. */
const GONE: ReadonlySet<unknown> = new Set(['ENOENT', 'ENOTDIR']);

/**
 * SQLite goes on writing into a file that has been deleted. Two looks after each commit, 2 µs each, keep a message from
 * being acknowledged that only lives until the process ends.
 *
 * Not `stat`: since Linux 6.13 a file whose times have been asked for gets an exact time with its next write, which has to
 * go into the file system's journal with each fsync. That made an fsync a fifth slower.
 */
export function createFilesExistCheck(path: string): () => void {
  const files = [path, `${path}-wal`];
  return () => {
    if (!files.every(exists)) throw new StoreFilesGoneError();
  };
}

function exists(path: string): boolean {
  try {
    accessSync(path);
    return true;
  } catch (error) {
    // Anything else says nothing about whether it is there.
    return !(error instanceof Error && 'code' in error && GONE.has(error.code));
  }
}
