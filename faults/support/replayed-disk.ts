import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { SeededRandom } from './random.ts';
import type { TraceEvent } from './read-trace.ts';

/** What a power cut leaves of the writes that were not synced. */
export const LEFTOVERS = ['none', 'all', 'prefix', 'subset', 'torn', 'garbage'] as const;
export type Leftover = (typeof LEFTOVERS)[number];

const SECTOR_BYTES = 512;

interface Write {
  readonly order: number;
  readonly bytes: Buffer;
  readonly offset: number;
}

type Change = Write | { readonly order: number; readonly size: number };

/** A file's content, whatever its names are. */
interface File {
  synced: Buffer;
  pending: Change[];
}

/** A change of a folder: a name comes, or goes (null). */
interface NameChange {
  readonly order: number;
  readonly path: string;
  readonly file: File | 'folder' | null;
}

/** A sync that runs: what had been written when it began. */
interface Sync {
  readonly changes: readonly Change[];
  readonly names: readonly NameChange[];
}

/**
 * A disk in a pessimistic reading of POSIX: what was not synced may be there or not, in any combination, and a file that
 * was synced is lost all the same as long as its folder was not.
 */
export interface ReplayedDisk {
  apply(event: TraceEvent): void;
  /** Writes a disk into `folder` as the power cut leaves it. Shared memory (`-shm`) is gone. */
  cutPower(folder: string, leftover: Leftover, random: SeededRandom): void;
}

/** @param root everything outside of it is left out; it exists and stays. */
export function createReplayedDisk(root: string): ReplayedDisk {
  const present = new Map<string, File | 'folder'>();
  const synced = new Map<string, File | 'folder'>();
  let pendingNames: NameChange[] = [];
  const syncs = new Map<string, Sync>();
  let order = 0;

  function rename(path: string, file: File | 'folder' | null): void {
    if (file === null) present.delete(path);
    else present.set(path, file);
    pendingNames.push({ order: ++order, path, file });
  }

  function fileAt(path: string): File | undefined {
    const found = present.get(path);
    return found === 'folder' ? undefined : found;
  }

  function endSync({ changes, names }: Sync, path: string): void {
    for (const { path: name, file } of names) {
      if (file === null) synced.delete(name);
      else synced.set(name, file);
    }
    pendingNames = pendingNames.filter((change) => !names.includes(change));
    const file = fileAt(path);
    if (file === undefined) return;
    file.synced = applyAll(file.synced, changes);
    const done = new Set(changes);
    file.pending = file.pending.filter((change) => !done.has(change));
  }

  return {
    apply(event) {
      if (event.kind === 'sent' || (event.path !== root && !event.path.startsWith(`${root}/`))) return;
      const { path } = event;
      switch (event.kind) {
        case 'create':
          if (!present.has(path)) rename(path, { synced: Buffer.alloc(0), pending: [] });
          return;
        case 'make_folder':
          rename(path, 'folder');
          return;
        case 'unlink':
          rename(path, null);
          return;
        case 'write':
          fileAt(path)?.pending.push({ order: ++order, bytes: event.bytes, offset: event.offset });
          return;
        case 'truncate':
          fileAt(path)?.pending.push({ order: ++order, size: event.size });
          return;
        case 'sync_begin':
          syncs.set(event.thread, {
            changes: [...(fileAt(path)?.pending ?? [])],
            names: pendingNames.filter((change) => dirname(change.path) === path),
          });
          return;
        case 'sync_end':
          endSync(syncs.get(event.thread) ?? { changes: [], names: [] }, path);
          return;
        default:
          event satisfies never;
      }
    },

    cutPower(folder, leftover, random) {
      const keeps = createChoice(leftover, order, random);
      const names = new Map(synced);
      for (const { path, file, order: at } of pendingNames) {
        if (!keeps(at)) continue;
        if (file === null) names.delete(path);
        else names.set(path, file);
      }
      // A folder whose own name is lost takes everything in it along. Folders come before what they hold.
      const reachable = new Set([root]);
      for (const [path, file] of [...names].sort(([a], [b]) => a.length - b.length)) {
        if (!reachable.has(dirname(path)) || path.endsWith('-shm')) continue;
        const target = join(folder, relative(root, path));
        if (file === 'folder') {
          reachable.add(path);
          mkdirSync(target, { recursive: true });
        } else writeFileSync(target, contentOf(file, keeps, leftover, random));
      }
    },
  };
}

/** Whether a change that was not synced is on the disk. */
function createChoice(leftover: Leftover, newest: number, random: SeededRandom): (order: number) => boolean {
  if (leftover === 'none') return () => false;
  if (leftover === 'all') return () => true;
  if (leftover === 'prefix') {
    // Most changes that wait are recent ones; a uniform choice over all of history would nearly always mean "all".
    const last = newest - Math.floor(random.between(0, 1) ** 3 * 200);
    return (order) => order <= last;
  }
  const share = random.next();
  return () => random.chance(share);
}

function contentOf(
  { synced, pending }: File,
  keeps: (order: number) => boolean,
  leftover: Leftover,
  random: SeededRandom,
): Buffer {
  const kept = pending.filter(({ order }) => keeps(order));
  if (leftover !== 'torn' && leftover !== 'garbage') return applyAll(synced, kept);
  return applyAll(
    synced,
    kept.flatMap((change) =>
      'size' in change || random.chance(0.5) ? [change] : spoil(change, leftover, random),
    ),
  );
}

/** Some of the sectors that a write touches do not get their bytes, or get others. Bytes beside it are never harmed. */
function spoil({ order, bytes, offset }: Write, leftover: 'torn' | 'garbage', random: SeededRandom): Write[] {
  const pieces: Write[] = [];
  for (let from = 0; from < bytes.length; ) {
    const to = Math.min(bytes.length, from + SECTOR_BYTES - ((offset + from) % SECTOR_BYTES));
    const piece = { order, bytes: bytes.subarray(from, to), offset: offset + from };
    from = to;
    if (random.chance(0.5)) pieces.push(piece);
    else if (leftover === 'garbage')
      pieces.push({ ...piece, bytes: randomBytes(piece.bytes.length, random) });
  }
  return pieces;
}

function randomBytes(length: number, random: SeededRandom): Buffer {
  return Buffer.from(Array.from({ length }, () => Math.floor(random.between(0, 256))));
}

/** @returns a copy with the changes made in their order. */
function applyAll(content: Buffer, changes: readonly Change[]): Buffer {
  const ends = changes.map((change) =>
    'size' in change ? change.size : change.offset + change.bytes.length,
  );
  const result = Buffer.alloc(Math.max(content.length, ...ends));
  content.copy(result);
  let length = content.length;
  for (const change of changes) {
    if ('size' in change) {
      result.fill(0, Math.min(length, change.size));
      length = change.size;
    } else {
      change.bytes.copy(result, change.offset);
      length = Math.max(length, change.offset + change.bytes.length);
    }
  }
  return result.subarray(0, length);
}
