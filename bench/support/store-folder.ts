import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { queueDeliveries } from '../../faults/support/queue-deliveries.ts';
import { openForWriting } from '../../src/store/sqlite/open-database.ts';
import type { BenchContext } from '../program.ts';

/** A folder for a service to start in, with its store in `data/`. Made once, copied for each measurement. */
export interface StoreFolder {
  readonly path: string;
  copy(): StoreFolder;
  remove(): void;
}

export function createStoreFolder(): StoreFolder {
  const path = mkdtempSync(join(tmpdir(), 'postpoint-bench-'));
  mkdirSync(join(path, 'data'), { mode: 0o700 });
  return {
    path,
    copy() {
      const copied = createStoreFolder();
      cpSync(path, copied.path, { recursive: true });
      return copied;
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

export function storeFile({ path }: StoreFolder): string {
  return join(path, 'data/postpoint.db');
}

/** Uses a copy of the store, which is gone afterwards. */
export async function onCopy<T>(store: StoreFolder, use: (copy: StoreFolder) => Promise<T>): Promise<T> {
  const copy = store.copy();
  try {
    return await use(copy);
  } finally {
    copy.remove();
  }
}

/** How many deliveries make a backlog. */
export function backlogSize({ quick }: Pick<BenchContext, 'quick'>): number {
  return quick ? 100_000 : 1_000_000;
}

/** A store with deliveries that wait for one webhook channel. */
export function createBacklog(channel: string, count: number): StoreFolder {
  const folder = createStoreFolder();
  const db = openForWriting(storeFile(folder));
  db.exec('BEGIN');
  const { lastInsertRowid } = db
    .prepare("INSERT INTO channel (name, provider) VALUES (?, 'webhook')")
    .run(channel);
  queueDeliveries(db, Number(lastInsertRowid), count);
  db.exec('COMMIT');
  db.close();
  return folder;
}
