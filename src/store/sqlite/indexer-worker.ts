import { setPriority } from 'node:os';
import type { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { FromIndexer, ToIndexer, WorkerOptions } from './messages.ts';
import { openForReading } from './open-database.ts';
import { createFillIndex } from './search/fill-index.ts';
import { isDamage, openSearchForFilling, removeSearchFile } from './search/search-file.ts';

/** The thread that fills the search index from what the store has on disk. Nobody waits for it. */

/** After each step it rests for this many times what the step took: accepts and deliveries go first. */
const REST_FACTOR = 1;
const REST_FACTOR_WHEN_BUSY = 19;
/** A full disk, for example: what is not indexed is read from the store meanwhile. */
const RETRY_MS = 10_000;
/** The lowest priority. */
const NICE = 19;

const port = parentPort;
if (port === null) throw new Error('this module runs in a worker thread');
const tell = (message: FromIndexer) => port.postMessage(message);
// Linux alone has priorities of threads; elsewhere the call would slow down the whole process.
if (process.platform === 'linux') setPriority(NICE);

const { path } = workerData as WorkerOptions;
const store = openForReading(path);
let filling: { search: DatabaseSync; step: () => boolean } | null = null;
/** The file is damaged: 1. everybody else lets go of it, 2. it is removed. */
let isDamaged = false;
let restFactor = REST_FACTOR;
let timer: NodeJS.Timeout | undefined = setTimeout(work, 0);

port.on('message', (message: ToIndexer) => {
  switch (message) {
    case 'changed':
    case 'busy':
      restFactor = message === 'busy' ? REST_FACTOR_WHEN_BUSY : REST_FACTOR;
      if (!isDamaged) timer ??= setTimeout(work, 0);
      return;
    case 'wait':
      // A file that is damaged is removed all the same.
      if (isDamaged) return;
      clearTimeout(timer);
      timer = undefined;
      return;
    case 'remake':
      isDamaged = true;
      stop();
      timer = setTimeout(work, 0);
      return;
    case 'close':
      stop();
      store.close();
      port.close();
      return;
    default:
      message satisfies never;
  }
});

/** One step, and the next one after a rest. */
function work(): void {
  timer = undefined;
  const startedMs = performance.now();
  try {
    filling ??= begin();
    if (filling.step()) timer = setTimeout(work, (performance.now() - startedMs) * restFactor);
  } catch (error) {
    if (isDamage(error)) {
      isDamaged = true;
      tell('damaged');
    } else timer = setTimeout(work, RETRY_MS);
  }
}

function begin() {
  if (isDamaged) removeSearchFile(path);
  isDamaged = false;
  const search = openSearchForFilling(path, store);
  try {
    const step = createFillIndex(store, search);
    tell('usable');
    return { search, step };
  } catch (error) {
    search.close();
    throw error;
  }
}

function stop(): void {
  clearTimeout(timer);
  timer = undefined;
  filling?.search.close();
  filling = null;
}
