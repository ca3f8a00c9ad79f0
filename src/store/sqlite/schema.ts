import type { DatabaseSync } from 'node:sqlite';
import { type Migration, pendingMigrations, readMigrations } from '../migrate.ts';

/** Stands in the header of every store file (`PPt1`), so that another program's database is never taken for ours. */
const APPLICATION_ID = 0x50507431;

/** The file is an SQLite database, but not a store. */
export class ForeignFileError extends Error {
  constructor() {
    super('the file is a database of another program');
    this.name = 'ForeignFileError';
  }
}

/** Reads only: what is no store, or a newer one, must stay untouched. */
export function findMissingMigrations(db: DatabaseSync): { missing: readonly Migration[]; isNew: boolean } {
  const { application_id: application } = db.prepare('PRAGMA application_id').get() as {
    application_id: number;
  };
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  const isEmpty = db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
  if (application !== APPLICATION_ID && !isEmpty && !isUnmarkedStore(db, application))
    throw new ForeignFileError();
  const all = readMigrations(new URL('./migrations/', import.meta.url));
  return { missing: pendingMigrations(all, version), isNew: version === 0 };
}

/** The first stores carried no mark. */
function isUnmarkedStore(db: DatabaseSync, application: number): boolean {
  const { ours } = db
    .prepare(
      "SELECT count(*) AS ours FROM sqlite_schema WHERE name IN ('delivery_queued', 'slot_of_endpoint')",
    )
    .get() as { ours: number };
  return application === 0 && ours === 2;
}

export function migrate(db: DatabaseSync, missing: readonly Migration[]): void {
  for (const { version, sql } of missing) {
    const mark = `PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${version}`;
    db.exec(`BEGIN IMMEDIATE; ${sql}; ${mark}; COMMIT`);
  }
}
