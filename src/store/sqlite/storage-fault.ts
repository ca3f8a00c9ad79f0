import type { StoreErrorKind } from '../store.ts';
import { StoreFilesGoneError } from './files-exist.ts';

/** Primary result codes of SQLite that mean trouble outside our program. Source: https://www.sqlite.org/rescode.html (read 2026-09). */
const BUSY = 5;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;
const STORAGE_CODES: readonly number[] = [BUSY, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, NOTADB];

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
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null;
  const code = error.errcode & 0xff;
  if (!STORAGE_CODES.includes(code)) return null;
  const kind = duringCommit && code === IOERR ? 'unknown_commit' : 'unavailable';
  return { kind, message: `SQLite ${error.errcode}: ${error.message}` };
}
