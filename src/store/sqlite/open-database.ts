import { chmodSync, closeSync, openSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { isBusy, StoreInUseError } from './file-lock.ts';
import { findMissingMigrations, migrate } from './schema.ts';

/**
 * SQLite before this version can corrupt a WAL when two connections write and checkpoint at once.
 * Source: https://www.sqlite.org/releaselog/3_51_3.html (read 2026-09).
 */
const OLDEST_SQLITE = [3, 51, 3] as const;

/** How long to wait for a lock that another program holds on the file, a backup tool for example. */
const BUSY_TIMEOUT_MS = 5_000;

export const IN_MEMORY = ':memory:';

/** The store file is gone or empty, and its log of writes is still there. */
export class OrphanedLogError extends Error {
  constructor() {
    super('the log of writes has data, and the file that it belongs to is absent or empty');
    this.name = 'OrphanedLogError';
  }
}

/** Something that is no regular file stands where the store should be. */
export class NotFileError extends Error {
  constructor() {
    super('what stands at the path of the store is no regular file');
    this.name = 'NotFileError';
  }
}

/**
 * To be asked before anything is made or changed: as root we could take a device from all its users by our mode for it,
 * and who opens a pipe waits for ever.
 *
 * @throws NotFileError
 */
export function assertFileOrNothing(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === false) throw new NotFileError();
}

/**
 * Opens the file for the one connection that writes, creates it if it is absent, and brings its schema up to date.
 *
 * @param onMigrating called before what an older program has left is rewritten: of millions of rows that takes minutes.
 * @throws ForeignFileError, SchemaTooNewError, OrphanedLogError, StoreInUseError; then the files are as they were.
 */
export function openForWriting(path: string, onMigrating: () => void = () => undefined): DatabaseSync {
  assertSqliteVersion();
  if (path !== IN_MEMORY) {
    assertLogHasStore(path);
    assertNotOpenByOtherName(path);
    closeSync(openSync(path, 'a', 0o600));
  }
  const db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  try {
    const { missing, isNew } = findMissingMigrations(db);
    if (path !== IN_MEMORY) chmodSync(path, 0o600);
    configure(db);
    if (missing.length > 0 && !isNew) onMigrating();
    migrate(db, missing);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * Opens a store beside the one connection that writes it, for a word in between.
 *
 * @throws when it is no store of this version, or must not be written by this user; then the files are as they were.
 */
export function openBesideWriter(path: string): DatabaseSync {
  assertSqliteVersion();
  assertFileOrNothing(path);
  assertLogHasStore(path);
  const db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  try {
    const { missing } = findMissingMigrations(db);
    if (missing.length > 0) throw new Error('the store has the schema of an older program');
    db.exec('BEGIN IMMEDIATE; ROLLBACK');
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** SQLite would take an empty file for a new database and remove the log: with it what was acknowledged last. */
function assertLogHasStore(path: string): void {
  const sizeOf = (file: string) => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (sizeOf(path) === 0 && sizeOf(`${path}-wal`) > 0) throw new OrphanedLogError();
}

/**
 * A hard link is a second name of the file, with a lock and a log of writes of its own: two services would send everything
 * twice and write over each other. SQLite's lock on the file itself is one for all its names, and everybody who has a store
 * open holds a share of it. It is asked for only where there is a second name: backups may be made of hard links, and with
 * one name the lock beside the store does as well and minds nobody who only reads.
 */
function assertNotOpenByOtherName(path: string): void {
  if ((statSync(path, { throwIfNoEntry: false })?.nlink ?? 1) < 2) return;
  const db = new DatabaseSync(path, { timeout: 0 });
  try {
    db.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; ROLLBACK');
  } catch (error) {
    if (isBusy(error)) throw new StoreInUseError({ cause: error });
    // Whatever else is wrong with the file, who opens it next is told.
  } finally {
    db.close();
  }
}

function configure(db: DatabaseSync): void {
  // FULL: a commit returns only after its fsync. NORMAL loses acknowledged messages on a power cut.
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864');
  // macOS only: its fsync leaves data in the drive's cache. Elsewhere these change nothing.
  db.exec('PRAGMA fullfsync = 1; PRAGMA checkpoint_fullfsync = 1');
  db.exec('PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8192');
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
