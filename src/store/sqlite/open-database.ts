import { chmodSync, closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pendingMigrations, readMigrations } from '../migrate.ts';

/**
 * SQLite before this version can corrupt a WAL when two connections write and checkpoint at once.
 * Source: https://www.sqlite.org/releaselog/3_51_3.html (read 2026-09).
 */
const OLDEST_SQLITE = [3, 51, 3] as const;

/** How long to wait for a lock that another program holds on the file, a backup tool for example. */
const BUSY_TIMEOUT_MS = 5_000;

export const IN_MEMORY = ':memory:';

/** Opens the file for the one connection that writes, creates it if it is absent, and brings its schema up to date. */
export function openForWriting(path: string): DatabaseSync {
  assertSqliteVersion();
  if (path !== IN_MEMORY) createPrivateFile(path);
  const db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  // FULL: a commit returns only after its fsync. NORMAL loses acknowledged messages on a power cut.
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864');
  // macOS only: its fsync leaves data in the drive's cache. Elsewhere these change nothing.
  db.exec('PRAGMA fullfsync = 1; PRAGMA checkpoint_fullfsync = 1');
  db.exec('PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32768');
  migrate(db);
  return db;
}

/** Opens the file for the push log's queries: they never wait for a writer and never make one wait. */
export function openForReading(path: string): DatabaseSync {
  return new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
}

function assertSqliteVersion(): void {
  const found = (process.versions.sqlite ?? '0').split('.').map(Number);
  const difference =
    OLDEST_SQLITE.map((part, index) => (found[index] ?? 0) - part).find((part) => part !== 0) ?? 0;
  if (difference < 0)
    throw new Error(`SQLite ${process.versions.sqlite} is too old; needed: ${OLDEST_SQLITE.join('.')}`);
}

/** SQLite gives the -wal and -shm files the mode of the database file, so this one call covers all three. */
export function createPrivateFile(path: string): void {
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
}

function migrate(db: DatabaseSync): void {
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  const all = readMigrations(new URL('./migrations/', import.meta.url));
  for (const { version: next, sql } of pendingMigrations(all, version)) {
    db.exec(`BEGIN IMMEDIATE; ${sql}; PRAGMA user_version = ${next}; COMMIT`);
  }
}
