import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { createPrivateFile } from '../open-database.ts';
import { SQLITE, sqliteErrorOf } from '../sqlite-error.ts';

/**
 * The search index: a file of its own beside the store, made from it and thrown away when in doubt. So indexing never
 * takes the writer's lock and never adds a byte to what an accept waits for.
 */

/** Raised with every change of the schema or of the tokens: an older index is made anew. */
const VERSION = 2;

/** Messages that are indexed together too: for searches of one character, and to leave blocks out for longer ones. */
export const BLOCK = 64;
/** Messages that one row of `zone` stands for. */
export const ZONE = 4_096;
/**
 * Messages whose pairs are in one full-text table. FTS5 checks the end of a range only where it finds something, so
 * in one table of 5 million messages each look for pairs that are frequent but hardly ever meet walked all their lists
 * (50 ms for three characters, 220 ms for an IP address); in a volume a tenth of that.
 */
export const VOLUME = 524_288;

const SCHEMA = `
  -- How far the index goes, and the id of the last message in it: proof that it belongs to this store.
  CREATE TABLE progress (
    one         INTEGER PRIMARY KEY CHECK (one = 1),
    message_seq INTEGER NOT NULL,
    message_id  TEXT,
    delivery_id INTEGER NOT NULL
  ) STRICT;
  INSERT INTO progress VALUES (1, 0, NULL, 0);

  -- The texts themselves are in gram_0, gram_1, and so on: see volumeSchema.
  -- Messages whose text has too many pairs to be there
  CREATE TABLE unindexed (message_seq INTEGER PRIMARY KEY) STRICT;
  CREATE TABLE channel_message (
    channel_id  INTEGER NOT NULL,
    message_seq INTEGER NOT NULL,
    PRIMARY KEY (channel_id, message_seq)
  ) STRICT, WITHOUT ROWID;
  -- zone: message.seq / ${ZONE}; the smallest and the largest id in it, so that a range of time leaves zones out
  CREATE TABLE zone (
    zone     INTEGER PRIMARY KEY,
    first_id TEXT NOT NULL,
    last_id  TEXT NOT NULL
  ) STRICT;
  PRAGMA user_version = ${VERSION};
`;

export function volumeOf(seq: number): number {
  return Math.floor(seq / VOLUME);
}

/*
 * Rowids in a volume: first the messages, then the blocks. They fall as `seq` grows, since FTS5 walks up faster than down
 * (0.08 ms against 0.26 ms for a few thousand messages in the middle of a volume).
 */
export function rowidOfMessage(seq: number): number {
  return (volumeOf(seq) + 1) * VOLUME - seq;
}

export function rowidOfBlock(block: number): number {
  return VOLUME + (volumeOf(block * BLOCK) + 1) * (VOLUME / BLOCK) - block;
}

/** Segments of one size that become one: fewer make searches faster and indexing slower. */
const MERGED_AT_ONCE = 8;

/**
 * A volume's full-text table: of a message the pairs of its characters, of a block the characters and triples of all its
 * messages (see grams.ts). Merged by hand in small pieces (see fill-index.ts): left alone, one commit in a thousand took seconds.
 */
export function volumeSchema(volume: number): string {
  const name = `gram_${volume}`;
  return `CREATE VIRTUAL TABLE IF NOT EXISTS ${name}
      USING fts5(tokens, content = '', detail = none, columnsize = 0, tokenize = 'ascii');
    INSERT INTO ${name} (${name}, rank) VALUES ('automerge', 0), ('crisismerge', 100), ('usermerge', ${MERGED_AT_ONCE})`;
}

export interface Progress {
  readonly messageSeq: number;
  readonly messageId: string | null;
  readonly deliveryId: number;
}

export function searchPathOf(storePath: string): string {
  return `${storePath}.search`;
}

/** Opens the index for the one connection that fills it; one that is damaged, of another version or of another store is made anew. */
export function openSearchForFilling(storePath: string, store: DatabaseSync): DatabaseSync {
  const path = searchPathOf(storePath);
  const found = tryOpen(path);
  if (found !== null) {
    if (belongsTo(store, found)) return found;
    found.close();
  }
  removeSearchFile(storePath);
  const made = open(path);
  made.exec(`BEGIN; ${SCHEMA}; COMMIT`);
  return made;
}

export function openSearchForReading(storePath: string): DatabaseSync {
  return new DatabaseSync(searchPathOf(storePath), { readOnly: true, timeout: 5_000 });
}

export function removeSearchFile(storePath: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) {
    rmSync(searchPathOf(storePath) + suffix, { force: true });
  }
}

/** Whether the file itself is at fault, so that only making it anew helps. */
export function isDamage(error: unknown): boolean {
  const kind = sqliteErrorOf(error)?.primaryCode;
  return kind === SQLITE.corrupt || kind === SQLITE.notADatabase;
}

function tryOpen(path: string): DatabaseSync | null {
  let db: DatabaseSync | null = null;
  try {
    db = open(path);
    const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
    if (version === VERSION) return db;
  } catch (error) {
    if (!isDamage(error)) throw error;
  }
  db?.close();
  return null;
}

function open(path: string): DatabaseSync {
  createPrivateFile(path);
  const db = new DatabaseSync(path, { timeout: 5_000 });
  // NORMAL: a power cut may take the newest rows, which are then indexed again, and never damages the file.
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4000');
  db.exec('PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -4096; PRAGMA temp_store = MEMORY');
  return db;
}

/** The same ids at the end of what is indexed: not another store's file, and the store is not an older copy of itself. */
function belongsTo(store: DatabaseSync, search: DatabaseSync): boolean {
  const { messageSeq, messageId, deliveryId } = readProgress(search);
  const newest = store
    .prepare(
      `SELECT (SELECT coalesce(max(seq), 0) FROM message) AS message_seq,
         (SELECT coalesce(max(id), 0) FROM delivery) AS delivery_id,
         (SELECT id FROM message WHERE seq <= ? ORDER BY seq DESC LIMIT 1) AS indexed_id`,
    )
    .get(messageSeq) as { message_seq: number; delivery_id: number; indexed_id: string | null };
  return (
    newest.message_seq >= messageSeq && newest.delivery_id >= deliveryId && newest.indexed_id === messageId
  );
}

export function readProgress(search: DatabaseSync): Progress {
  const row = search.prepare('SELECT message_seq, message_id, delivery_id FROM progress').get() as
    | { message_seq: number; message_id: string | null; delivery_id: number }
    | undefined;
  if (row === undefined) throw new Error('the search index has no progress');
  return { messageSeq: row.message_seq, messageId: row.message_id, deliveryId: row.delivery_id };
}
