import { SchemaTooNewError } from '../migrate.ts';
import { StoreInUseError } from './file-lock.ts';
import type { WhyUnusable } from './messages.ts';
import { ForeignFileError, NotFileError, OrphanedLogError } from './open-database.ts';

/** Primary result codes of SQLite. Source: https://www.sqlite.org/rescode.html (read 2026-09). */
const WHY_OF_SQLITE: Readonly<Record<number, WhyUnusable>> = {
  8: 'forbidden', // READONLY
  11: 'damaged', // CORRUPT
  13: 'no_space', // FULL
  26: 'damaged', // NOTADB
};

const WHY_OF_SYSTEM: Readonly<Record<string, WhyUnusable>> = {
  EACCES: 'forbidden',
  EPERM: 'forbidden',
  EROFS: 'forbidden',
  ENOSPC: 'no_space',
  EDQUOT: 'no_space',
};

/** What a person must do something about, read from what opening the store has thrown. */
export function whyUnusable(error: unknown): WhyUnusable {
  if (error instanceof StoreInUseError) return 'in_use';
  if (error instanceof ForeignFileError) return 'foreign';
  if (error instanceof SchemaTooNewError) return 'schema_too_new';
  if (error instanceof OrphanedLogError) return 'orphaned_log';
  if (error instanceof NotFileError) return 'not_file';
  if (!(error instanceof Error)) return 'failed';
  if ('errcode' in error) return WHY_OF_SQLITE[Number(error.errcode) & 0xff] ?? 'failed';
  return WHY_OF_SYSTEM['code' in error ? String(error.code) : ''] ?? 'failed';
}
