import type { Worker } from 'node:worker_threads';
import type { FromIndexer, ToIndexer } from './messages.ts';
import { BLOCK } from './search/search-file.ts';

/** The indexing thread, as the front of the store sees it. */
export interface Indexing {
  /** Something was written, by so many commands. */
  noteChanges(commands: number): void;
  /** Somebody searches. */
  start(): void;
  /** The reader has found the index damaged and let go of it. */
  remake(): void;
  close(): Promise<void>;
}

export interface IndexReader {
  openIndex(): Promise<void>;
  closeIndex(): Promise<void>;
}

/** How often is looked whether there is something to index. */
const LOOK_INTERVAL_MS = 1_000;
/** With more commands than this in that time the store is busy: indexing takes little, and where there is no thread yet … */
const BUSY_COMMANDS = 500;
/** … it waits for so many. What is not indexed is read, a million short texts in about a second. */
const MAX_COMMANDS_BEHIND = 400_000;
/**
 * With more commands than this it waits for quieter times altogether: about 1,700 messages, twice what can be indexed beside
 * a busy store, so that the index stays behind anyway. It cost each message 2 µs.
 */
const FLOOD_COMMANDS = 5_000;
/** What an earlier process left unindexed is done after this time, or with the first search. */
const LEFTOVERS_AFTER_MS = 60_000;
/** A thread that has failed is started again after this time. */
const RESTART_AFTER_MS = 60_000;

/** The search index is a convenience: whatever happens to this thread, the push log is read without it. */
export function createIndexing(startIndexer: () => Worker, reader: IndexReader): Indexing {
  let open = true;
  let indexer: Worker | null = null;
  /** When the last thread is gone, also one that has failed. */
  let ended: Promise<void> = Promise.resolve();
  let commands = 0;
  let behind = 0;
  let look: NodeJS.Timeout | undefined;
  /** After a failure; while it waits nothing else starts a thread. */
  let restart: NodeJS.Timeout | undefined;
  const leftovers = setTimeout(start, LEFTOVERS_AFTER_MS).unref();

  function start(): void {
    if (indexer !== null || restart !== undefined || !open) return;
    try {
      indexer = startIndexer();
    } catch {
      // No room for a thread: nobody who writes or searches is to notice.
      fail();
      return;
    }
    follow(indexer);
  }

  function follow(started: Worker): void {
    started.on('message', (message: FromIndexer) => {
      if (indexer === started) hear(message);
    });
    started.on('error', () => {
      if (indexer === started) fail();
    });
    ended = new Promise((resolve) => started.once('exit', () => resolve()));
    started.once('exit', () => {
      if (indexer === started) fail();
    });
  }

  function hear(message: FromIndexer): void {
    if (message === 'usable') reader.openIndex().catch(() => undefined);
    // The file can only be removed once nobody has it open.
    else
      reader.closeIndex().then(
        () => tell('remake'),
        () => undefined,
      );
  }

  function fail(): void {
    indexer = null;
    if (!open) return;
    reader.closeIndex().catch(() => undefined);
    restart = setTimeout(() => {
      restart = undefined;
      start();
    }, RESTART_AFTER_MS).unref();
  }

  function tell(message: ToIndexer): void {
    indexer?.postMessage(message);
  }

  function lookForWork(): void {
    const isBusy = commands > BUSY_COMMANDS;
    const isFlooded = commands > FLOOD_COMMANDS;
    commands = 0;
    look = isBusy ? setTimeout(lookForWork, LOOK_INTERVAL_MS) : undefined;
    if (isFlooded) {
      tell('wait');
      return;
    }
    // A block is the least that is indexed.
    if (behind >= (isBusy ? MAX_COMMANDS_BEHIND : BLOCK)) {
      behind = 0;
      start();
    }
    tell(isBusy ? 'busy' : 'changed');
  }

  return {
    noteChanges(count) {
      commands += count;
      behind += count;
      look ??= setTimeout(lookForWork, LOOK_INTERVAL_MS);
    },
    start,
    remake: () => tell('remake'),
    async close() {
      open = false;
      for (const timer of [look, leftovers, restart]) clearTimeout(timer);
      tell('close');
      await ended;
    },
  };
}
