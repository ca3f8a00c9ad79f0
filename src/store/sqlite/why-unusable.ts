import { SchemaTooNewError } from '../migrate.ts';
import { StoreInUseError } from './file-lock.ts';
import type { WhyUnusable } from './messages.ts';
import { NotFileError, OrphanedLogError } from './open-database.ts';
import { ForeignFileError } from './schema.ts';
import { SQLITE, sqliteErrorOf } from './sqlite-error.ts';

const WHY_OF_SQLITE: Readonly<Record<number, WhyUnusable>> = {
  [SQLITE.readOnly]: 'forbidden',
  [SQLITE.corrupt]: 'damaged',
  [SQLITE.full]: 'no_space',
  [SQLITE.notADatabase]: 'damaged',
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
  const thrown = sqliteErrorOf(error);
  if (thrown !== null) return WHY_OF_SQLITE[thrown.primaryCode] ?? 'failed';
  if (!(error instanceof Error)) return 'failed';
  return WHY_OF_SYSTEM['code' in error ? String(error.code) : ''] ?? 'failed';
}
