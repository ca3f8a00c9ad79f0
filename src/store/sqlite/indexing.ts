import { Worker } from 'node:worker_threads';
import type { FromIndexer, ToIndexer, WorkerOptions } from './messages.ts';

/** The indexing thread, as the front of the store sees it. */
export interface Indexing {
  /** Something was written. */
  noteChange(): void;
  /** The reader has found the index damaged and let go of it. */
  remake(): void;
  close(): Promise<void>;
}

export interface IndexReader {
  openIndex(): Promise<unknown>;
  closeIndex(): Promise<unknown>;
}

/** How often the thread is woken at most. */
const WAKE_INTERVAL_MS = 1_000;

/** The search index is a convenience: whatever happens to this thread, the push log is read without it. */
export function startIndexing(path: string, reader: IndexReader): Indexing {
  const workerData: WorkerOptions = { path };
  const worker = new Worker(new URL('./indexer-worker.ts', import.meta.url), { workerData });
  const tell = (message: ToIndexer) => worker.postMessage(message);
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  let wake: NodeJS.Timeout | undefined;

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

  return {
    noteChange() {
      wake ??= setTimeout(() => {
        wake = undefined;
        tell('changed');
      }, WAKE_INTERVAL_MS);
    },
    remake: () => tell('remake'),
    async close() {
      clearTimeout(wake);
      tell('close');
      await ended;
    },
  };
}
