import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder, and those above it, for their owner only. `mkdir` of Node with `recursive` never returns where the system
 * answers ENOENT although the folder above exists, as in /proc (seen with Node 26.10, 2026-11-28).
 *
 * @returns the topmost folder that was made, or null.
 * @throws the system's error; a file in its place is `EEXIST`.
 */
export function makeFolder(folder: string): string | null {
  const missing = missingFolders(folder);
  if (missing.length === 0 && !isFolder(folder)) mkdirSync(folder);
  for (const each of missing) makeOne(each);
  return missing[0] ?? null;
}

/** Topmost first. */
function missingFolders(folder: string): string[] {
  if (statSync(folder, { throwIfNoEntry: false }) !== undefined) return [];
  const above = dirname(folder);
  return above === folder ? [folder] : [...missingFolders(above), folder];
}

/** Another process may make it at the same time. */
function makeOne(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (!isFolder(folder)) throw error;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
