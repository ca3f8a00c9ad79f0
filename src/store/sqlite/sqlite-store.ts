import { Worker } from 'node:worker_threads';
import { type Store, StoreError } from '../store.ts';
import type { Reply } from './group-commit.ts';
import { createIndexing } from './indexing.ts';
import type { FromWriter, ReaderOptions, ToWriter, WhyUnusable, WorkerOptions } from './messages.ts';
import { createReading } from './reading.ts';
import { realStorePath } from './real-path.ts';
import { createWriteQueue, errorOf, type WriteQueue } from './write-queue.ts';
import { createWriteRate } from './write-rate.ts';

export interface SqliteStoreOptions {
  /** Absolute path of the database file; its folder is made if it is absent. */
  readonly path: string;
  /** Called when the store can only be recovered by a restart; from then on it takes nothing. */
  readonly onFatal: (error: StoreError) => void;
  /** Called before an older store is brought up to date, which may take minutes. */
  readonly onMigrating?: () => void;
}

/** The store file cannot be used at all. */
export class StoreUnusableError extends Error {
  readonly why: WhyUnusable;

  constructor(why: WhyUnusable, message: string) {
    super(message);
    this.name = 'StoreUnusableError';
    this.why = why;
  }
}

/** With more commands in a second than this, what reads the push log steps back. */
const BUSY_COMMANDS = 1_000;
/** How often a store that has failed is tried again. */
const PROBE_INTERVAL_MS = 1_000;

/**
 * The store on one SQLite file: a thread that writes, one that reads, one that indexes, and this front that hands them
 * commands. The last two start when there is something for them to do: each takes 10 MiB and a tenth of a second.
 *
 * @throws StoreUnusableError when another process has the file, it is no store or a newer one, or it cannot be opened.
 */
export async function openSqliteStore({
  path: named,
  onFatal,
  onMigrating = () => undefined,
}: SqliteStoreOptions): Promise<Store> {
  const path = realStorePath(named);
  const workerOptions: WorkerOptions = { path };
  const writer = new Worker(new URL('./writer-worker.ts', import.meta.url), { workerData: workerOptions });
  const { clockAheadMs } = await whenReady(writer, onMigrating);
  const readerOptions: ReaderOptions = { path, clockAheadMs };

  const writeRate = createWriteRate(() => performance.now());
  const queue = createWriteQueue((requests) => {
    writer.postMessage({ kind: 'batch', requests } satisfies ToWriter);
  });
  let state: 'open' | 'closing' | 'dead' = 'open';
  let writable = true;
  let probe: NodeJS.Timeout | undefined;

  const write: WriteQueue['ask'] = (...command) =>
    state === 'open'
      ? queue.ask(...command)
      : Promise.reject(new StoreError('closed', 'the store is closed'));

  function settle(replies: readonly Reply[]): void {
    queue.settle(replies);
    noteHealth(replies);
    writeRate.note(replies.length);
    indexing.noteChanges(replies.length);
  }

  /** After a bug in one of them, commands run each on its own: so a fault of the disk may be in any reply. */
  function noteHealth(replies: readonly Reply[]): void {
    const faults = replies
      .filter(({ ok }) => !ok)
      .map(errorOf)
      .filter((error) => error instanceof StoreError);
    writable = faults.length === 0;
    if (writable) return;
    const unknown = faults.find(({ kind }) => kind === 'unknown_commit');
    if (unknown !== undefined) {
      die(unknown);
      return;
    }
    probe ??= setTimeout(() => {
      probe = undefined;
      write('probe').catch(() => undefined);
    }, PROBE_INTERVAL_MS);
  }

  function die(error: StoreError): void {
    if (state === 'dead') return;
    const wasOpen = state === 'open';
    state = 'dead';
    writable = false;
    clearTimeout(probe);
    queue.rejectAll(error);
    if (wasOpen) onFatal(error);
  }

  writer.on('message', (message: FromWriter) => {
    if (message.kind === 'replies') settle(message.replies);
  });
  writer.on('error', (error: Error) =>
    die(new StoreError('unavailable', `the writing thread failed: ${error.message}`)),
  );
  const writerEnded = new Promise<void>((resolve) => writer.once('exit', () => resolve()));
  const read = createReading({
    startReader: () =>
      new Worker(new URL('./reader-worker.ts', import.meta.url), { workerData: readerOptions }),
    onIndexDamaged: () => indexing.remake(),
    isBusy: () => writeRate.perSecond() > BUSY_COMMANDS,
    nowMs: () => performance.now(),
  });
  const indexing = createIndexing(
    () => new Worker(new URL('./indexer-worker.ts', import.meta.url), { workerData: workerOptions }),
    read,
  );

  async function close(): Promise<void> {
    clearTimeout(probe);
    queue.flush();
    const isFirst = state === 'open';
    if (isFirst) state = 'closing';
    // The last connection to close moves the log into the database file, and only a writer can: of the index too.
    await read.close();
    await indexing.close();
    if (isFirst) writer.postMessage({ kind: 'close' } satisfies ToWriter);
    else if (state === 'dead') await writer.terminate();
    await writerEnded;
  }

  return {
    registerChannels: (channels) => write('registerChannels', channels),
    accept: (command) => write('accept', command),
    takeTurns: (command) => write('takeTurns', command),
    recordAttempt: (command) => write('recordAttempt', command),
    resend: (command) => write('resend', command),
    listInterrupted: () => write('listInterrupted'),
    listHeldEndpoints: () => write('listHeldEndpoints'),
    listWaitingChannels: () => write('listWaitingChannels'),
    resumeEndpoint: (endpointId) => write('resumeEndpoint', endpointId),
    listWindowRoom: (endpoints) => write('listWindowRoom', endpoints),
    listMessages(query) {
      // A thread that starts during a stop would be nobody's to end.
      if (query.text !== undefined && state === 'open') indexing.start();
      return read.ask({ name: 'listMessages', argument: query });
    },
    getMessage: (id) => read.ask({ name: 'getMessage', argument: id }),
    countOpen: () => read.ask({ name: 'countOpen', argument: null }),
    listOldestOpen: () => read.ask({ name: 'listOldestOpen', argument: null }),
    listDeliveries: (selection) => read.ask({ name: 'listDeliveries', argument: selection }),
    countDeliveries: (query) => read.ask({ name: 'countDeliveries', argument: query }),
    isWritable: () => writable && state === 'open',
    close,
  };
}

function whenReady(writer: Worker, onMigrating: () => void): Promise<{ clockAheadMs: number }> {
  return new Promise((resolve, reject) => {
    writer.once('error', reject);
    writer.on('message', function first(message: FromWriter) {
      if (message.kind === 'migrating') {
        onMigrating();
        return;
      }
      writer.off('message', first).off('error', reject);
      if (message.kind === 'ready') resolve(message);
      else if (message.kind === 'unusable') {
        void writer.terminate();
        reject(new StoreUnusableError(message.why, message.message));
      }
    });
  });
}
