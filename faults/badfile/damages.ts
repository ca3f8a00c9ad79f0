import {
  chmodSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { mountSmallDisk } from '../support/small-disk.ts';

/** Of what was accepted before. `checkpointed`: the damage itself took what only the log of writes had. */
export type Kept = 'all' | 'checkpointed' | 'nothing';

/** What a start must make of it. */
export type Wanted =
  /** `later`: it finds out with the store already open, so that files may have changed; no message may be missing. */
  | { readonly kind: 'refuses'; readonly says: RegExp; readonly later: boolean }
  | { readonly kind: 'serves'; readonly keeps: Kept }
  /** It refuses in these words, or serves as far as it can, with no 200 for what is not kept. */
  | { readonly kind: 'honest'; readonly says: RegExp };

/** Something that was done to the files of a store whose service was killed. */
export interface Damage {
  readonly name: string;
  readonly wanted: Wanted;
  /** `file modes`: it counts only for a process that obeys them. */
  readonly needs?: 'file modes' | 'small disk';
  /** @returns gives back what would outlive the folder. */
  spoil(store: string): () => void;
}

const serves = (keeps: Kept = 'all'): Wanted => ({ kind: 'serves', keeps });
const refuses = (says: RegExp): Wanted => ({ kind: 'refuses', says, later: false });
const refusesLater = (says: RegExp): Wanted => ({ kind: 'refuses', says, later: true });
const honest = (says: RegExp): Wanted => ({ kind: 'honest', says });

const FORBIDDEN = /没有权限读写存储文件/;
const DAMAGED = /存储文件已损坏|database disk image is malformed/;
const ORPHANED_LOG = /-wal 文件里还有数据/;
const NOT_FILE = /存储路径上的不是普通文件/;
const NO_SPACE = /磁盘已满|database or disk is full/;

export const DAMAGES: readonly Damage[] = [
  damage('nothing at all', serves(), () => undefined),

  damage(
    'the folder is read-only',
    refusesLater(/进行中标记文件/),
    (store) => chmodSync(dirname(store), 0o500),
    'file modes',
  ),
  damage(
    'a folder that cannot be made',
    refuses(FORBIDDEN),
    (store) => {
      rmSync(dirname(store), { recursive: true });
      chmodSync(dirname(dirname(store)), 0o500);
    },
    'file modes',
  ),
  damage('the store is read-only', refuses(FORBIDDEN), (store) => chmodSync(store, 0o400), 'file modes'),
  damage('the store cannot be read', refuses(FORBIDDEN), (store) => chmodSync(store, 0o000), 'file modes'),
  damage('the index cannot be read', serves(), (store) => chmodSync(`${store}.search`, 0o000), 'file modes'),
  damage(
    'the marks cannot be read',
    serves(),
    (store) => chmodSync(`${store}.inflight`, 0o000),
    'file modes',
  ),

  damage('another process holds the lock', refuses(/正被另一个 PostPoint 进程使用/), (store) => {
    const db = new DatabaseSync(`${store}.lock`);
    db.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return () => db.close();
  }),
  damage('the lock is garbage', refuses(/postpoint\.db\.lock: file is not a database/), (store) =>
    garbage(`${store}.lock`),
  ),
  damage('the lock is a folder', refuses(/EISDIR.*postpoint\.db\.lock/), (store) => {
    rmSync(`${store}.lock`);
    mkdirSync(`${store}.lock`);
  }),

  damage('the store is a folder', refuses(NOT_FILE), (store) => {
    removeStore(store);
    mkdirSync(store);
  }),
  damage('the store is a symbolic link', serves(), (store) => {
    for (const suffix of ['', '-wal', '-shm'])
      renameSync(`${store}${suffix}`, join(dirname(store), `real.db${suffix}`));
    symlinkSync('real.db', store);
  }),
  damage('the store is a symbolic link to nothing', serves('nothing'), (store) => {
    removeStore(store);
    symlinkSync('real.db', store);
  }),
  damage('the store is a symbolic link to itself', refuses(/存储文件无法使用.*ELOOP/), (store) => {
    removeStore(store);
    symlinkSync('postpoint.db', store);
  }),
  damage("another program's database", refuses(/其他程序的数据库/), (store) => {
    removeStore(store);
    const db = new DatabaseSync(store);
    db.exec('CREATE TABLE guest (name TEXT); INSERT INTO guest VALUES (1)');
    db.close();
  }),
  damage('a text file', refuses(DAMAGED), (store) => {
    removeStore(store);
    writeFileSync(store, 'no database at all\n'.repeat(500));
  }),
  damage('an empty file', serves('nothing'), (store) => {
    removeStore(store);
    writeFileSync(store, '');
  }),
  damage('an empty file beside a log of writes', refuses(ORPHANED_LOG), (store) => truncateSync(store, 0)),
  damage('no file beside a log of writes', refuses(ORPHANED_LOG), (store) => rmSync(store)),
  damage('the head of the store is garbage, and the log of writes has another', serves(), (store) =>
    overwrite(store, 0, 100),
  ),
  damage('the head of the store is garbage', refuses(DAMAGED), (store) => {
    withoutLog(store);
    overwrite(store, 0, 100);
  }),
  damage('half of a store without a log is gone', refuses(DAMAGED), (store) => {
    withoutLog(store);
    truncateSync(store, statSync(store).size / 2);
  }),
  damage('half of the store is gone', honest(DAMAGED), (store) =>
    truncateSync(store, statSync(store).size / 2),
  ),
  damage('pages in the middle are garbage', honest(DAMAGED), (store) => {
    const pages = Math.floor(statSync(store).size / 4_096);
    for (let page = 4; page < pages; page += 3) overwrite(store, page * 4_096, 512);
  }),

  damage('the log of writes is cut off in the middle of a page', serves('checkpointed'), (store) =>
    truncateSync(`${store}-wal`, statSync(`${store}-wal`).size / 2 + 100),
  ),
  damage('the log of writes is garbage', serves('checkpointed'), (store) => garbage(`${store}-wal`)),
  damage('the log of writes is empty', serves('checkpointed'), (store) => truncateSync(`${store}-wal`, 0)),
  damage('the log of writes is a folder', refuses(/存储文件无法使用.*unable to open/), (store) => {
    rmSync(`${store}-wal`);
    mkdirSync(`${store}-wal`);
  }),
  damage('the shared memory is garbage', serves(), (store) => garbage(`${store}-shm`)),

  damage('the marks are garbage', serves(), (store) => garbage(`${store}.inflight`)),
  damage('the marks are cut off in their head', serves(), (store) => truncateSync(`${store}.inflight`, 30)),
  damage('the marks are cut off after their head', serves(), (store) =>
    truncateSync(`${store}.inflight`, 4_096),
  ),
  damage('the marks are cut off in a slot', serves(), (store) =>
    truncateSync(`${store}.inflight`, 4_096 + 2 * 8_192 + 10),
  ),
  damage('the marks are a folder', refusesLater(/进行中标记文件.*EISDIR/), (store) => {
    rmSync(`${store}.inflight`);
    mkdirSync(`${store}.inflight`);
  }),

  damage('the index is garbage', serves(), (store) => garbage(`${store}.search`)),
  damage('the index is cut off', serves(), (store) => truncateSync(`${store}.search`, 5_000)),
  damage('pages of the index are garbage', serves(), (store) => {
    for (let at = 4_096; at < statSync(`${store}.search`).size; at += 8_192)
      overwrite(`${store}.search`, at, 512);
  }),
  damage('the index is a folder', serves(), (store) => {
    removeIndex(store);
    mkdirSync(`${store}.search`);
  }),
  damage("the index is another store's", serves(), (store) => {
    const db = new DatabaseSync(`${store}.search`);
    db.exec("UPDATE progress SET message_seq = 5, message_id = 'another'");
    db.close();
  }),

  damage('the disk is full', honest(NO_SPACE), (store) => onSmallDisk(store, true), 'small disk'),
  damage(
    'the disk is full and has no store yet',
    refuses(NO_SPACE),
    (store) => onSmallDisk(store, false),
    'small disk',
  ),
];

function damage(
  name: string,
  wanted: Wanted,
  spoil: (store: string) => unknown,
  needs?: Damage['needs'],
): Damage {
  return {
    name,
    wanted,
    ...(needs === undefined ? {} : { needs }),
    spoil(store) {
      const undo = spoil(store);
      return typeof undo === 'function' ? (undo as () => void) : () => undefined;
    },
  };
}

/** All that the log of writes has is in the store then. */
function withoutLog(store: string): void {
  const db = new DatabaseSync(store);
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  db.close();
}

function removeStore(store: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${store}${suffix}`, { force: true });
  removeIndex(store);
}

function removeIndex(store: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${store}.search${suffix}`, { force: true });
}

function garbage(path: string): void {
  overwrite(path, 0, readFileSync(path).length || 10_000);
}

/** Bytes that look random and are always the same. */
function overwrite(path: string, at: number, length: number): void {
  const bytes = Buffer.from(Array.from({ length }, (_, index) => (index * 167 + 13) % 251));
  const file = openSync(path, 'r+');
  writeSync(file, bytes, 0, length, at);
  closeSync(file);
}

function onSmallDisk(store: string, withStore: boolean): () => void {
  const folder = dirname(store);
  const aside = `${folder}-aside`;
  renameSync(folder, aside);
  const disk = mountSmallDisk(folder, 8);
  if (withStore)
    for (const suffix of ['', '-wal', '-shm', '.inflight'])
      copyFileSync(`${join(aside, 'postpoint.db')}${suffix}`, `${store}${suffix}`);
  disk.fill();
  return () => disk.unmount();
}
