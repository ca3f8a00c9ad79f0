import type { StoreErrorKind } from '../store.ts';
import { StoreFilesGoneError } from './files-exist.ts';
import { SQLITE, sqliteErrorOf } from './sqlite-error.ts';

/** Trouble outside our program. */
const STORAGE_CODES: readonly number[] = [
  SQLITE.busy,
  SQLITE.readOnly,
  SQLITE.ioError,
  SQLITE.corrupt,
  SQLITE.full,
  SQLITE.cannotOpen,
  SQLITE.notADatabase,
];

/** A fault of the disk or of the file, told apart from a bug of ours. */
export interface StorageFault {
  readonly kind: StoreErrorKind;
  /** SQLite's own words: no path and no value in them. */
  readonly message: string;
}

/**
 * Reads what SQLite threw.
 *
 * @param duringCommit an I/O error in a COMMIT leaves it unknown whether the transaction is on disk: it was seen to be
 *   there after a crash although the commit had failed.
 * @returns null when it is no storage fault, but a bug.
 */
export function storageFaultOf(error: unknown, duringCommit: boolean): StorageFault | null {
  if (error instanceof StoreFilesGoneError) return { kind: 'unknown_commit', message: error.message };
  const thrown = sqliteErrorOf(error);
  if (thrown === null || !STORAGE_CODES.includes(thrown.primaryCode)) return null;
  const kind = duringCommit && thrown.primaryCode === SQLITE.ioError ? 'unknown_commit' : 'unavailable';
  return { kind, message: `SQLite ${thrown.code}: ${thrown.message}` };
}
