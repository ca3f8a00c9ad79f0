import type { DatabaseSync } from 'node:sqlite';
import type { Boot } from '../../core/boot.ts';
import type { Clock } from '../../core/clock.ts';
import { createDeliveryCounts } from './delivery-counts.ts';
import { createGroupCommit, type Reply, type Request } from './group-commit.ts';
import { openForWriting } from './open-database.ts';
import { readSeenTime } from './seen-time.ts';
import { prepareStatements } from './statements.ts';
import { createStoreClock } from './store-clock.ts';
import { bookUnbookedSends } from './unbooked-sends.ts';
import { createWriteCommands, endAbandonedSlots } from './write-commands.ts';

/** The writing half of the store on one thread: the worker hosts it, and a simulation calls it directly. */
export interface Engine {
  readonly db: DatabaseSync;
  /** How far the store's time axis is ahead of the wall clock. */
  readonly clockAheadMs: number;
  run(requests: readonly Request[]): Reply[];
}

export interface EngineHooks {
  /** See `createGroupCommit`. */
  readonly assertFilesExist?: () => void;
  /** See `openForWriting`. */
  readonly onMigrating?: () => void;
}

export function openEngine(
  path: string,
  clock: Clock,
  boot: Boot,
  { assertFilesExist = () => undefined, onMigrating }: EngineHooks = {},
): Engine {
  const db = openForWriting(path, onMigrating);
  const seen = readSeenTime(db);
  const storeClock = createStoreClock(clock, boot, seen);
  endAbandonedSlots(db, storeClock);
  bookUnbookedSends(db, storeClock, seen);
  const sql = prepareStatements(db);
  const counts = createDeliveryCounts(sql);
  const commands = createWriteCommands(sql, storeClock, counts);
  return {
    db,
    clockAheadMs: storeClock.aheadMs,
    run: createGroupCommit(db, commands, counts, assertFilesExist),
  };
}
