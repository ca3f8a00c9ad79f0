import { Worker } from 'node:worker_threads';
import type { FromIndexer, ToIndexer, WorkerOptions } from './messages.ts';
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
/** With more commands than this in that time the store is busy: indexing waits … */
const BUSY_COMMANDS = 500;
/** … until so many have come meanwhile. What is not indexed is read, a million short texts in about a second. */
const MAX_COMMANDS_BEHIND = 400_000;
/** What an earlier process left unindexed is done after this time, or with the first search. */
const LEFTOVERS_AFTER_MS = 60_000;

/** The search index is a convenience: whatever happens to this thread, the push log is read without it. */
export function createIndexing(path: string, reader: IndexReader): Indexing {
  let started: { worker: Worker; ended: Promise<void> } | null = null;
  let commands = 0;
  let behind = 0;
  let look: NodeJS.Timeout | undefined;
  const leftovers = setTimeout(start, LEFTOVERS_AFTER_MS).unref();

  function start(): void {
    if (started !== null) return;
    const workerData: WorkerOptions = { path };
    const worker = new Worker(new URL('./indexer-worker.ts', import.meta.url), { workerData });
    worker.on('message', (message: FromIndexer) => {
      if (message === 'usable') reader.openIndex().catch(() => undefined);
      // The file can only be removed once nobody has it open.
      else
        reader.closeIndex().then(
          () => tell('remake'),
          () => undefined,
        );
    });
    worker.on('error', () => reader.closeIndex().catch(() => undefined));
    started = { worker, ended: new Promise((resolve) => worker.once('exit', () => resolve())) };
  }

  function tell(message: ToIndexer): void {
    started?.worker.postMessage(message);
  }

  function lookForWork(): void {
    const isBusy = commands > BUSY_COMMANDS;
    commands = 0;
    look = isBusy ? setTimeout(lookForWork, LOOK_INTERVAL_MS) : undefined;
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
      clearTimeout(look);
      clearTimeout(leftovers);
      tell('close');
      await started?.ended;
    },
  };
}
