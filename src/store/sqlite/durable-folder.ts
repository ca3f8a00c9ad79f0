import { closeSync, fsyncSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '../../core/make-folder.ts';

/**
 * Makes a folder, for its owner only, that a power cut cannot take away again with all that is in it.
 *
 * SQLite syncs the folder of its files, but the name of that folder stands in the one above, and that is nobody's but
 * ours. An existing folder is synced too: the process that made it may have died in between.
 */
export function makeDurableFolder(folder: string): void {
  const topmost = makeFolder(folder) ?? folder;
  for (let made = folder; ; made = dirname(made)) {
    syncFolder(dirname(made));
    if (made === topmost) return;
  }
}

/** Where a folder cannot be opened or synced: Windows, a file system without it, or one that is not ours to read. */
const CANNOT_SYNC: ReadonlySet<unknown> = new Set(['EACCES', 'EPERM', 'EISDIR', 'EINVAL', 'ENOTSUP']);

function syncFolder(folder: string): void {
  let descriptor: number | null = null;
  try {
    descriptor = openSync(folder, 'r');
    fsyncSync(descriptor);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && CANNOT_SYNC.has(error.code))) throw error;
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}
