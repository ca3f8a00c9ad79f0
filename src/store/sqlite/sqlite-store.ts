import { Worker } from 'node:worker_threads';
import { type Store, StoreError } from '../store.ts';
import type { WriteCommandName, WriteCommands } from './commands.ts';
import type { Reply } from './group-commit.ts';
import { createIndexing } from './indexing.ts';
import type { FromWriter, ReaderOptions, ToWriter, WhyUnusable, WorkerOptions } from './messages.ts';
import { createReading } from './reading.ts';
import { realStorePath } from './real-path.ts';
import { listOfRequest, type RequestList, withTurns } from './value-lists.ts';
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

/** So many commands are handed to a thread that has nothing to do without waiting for the end of the turn. */
const FLUSH_AT = 32;
/** Accepts that wait for the disk at most; past that a caller is told to come back. */
const MAX_WAITING = 20_000;
/**
 * Text that waits for the disk at most, in UTF-16 units. It stands in memory several times: as a body, as a string, on its
 * way to the thread, in SQLite's page cache.
 */
const MAX_WAITING_TEXT = 16 * 1024 * 1024;
/** With more commands in a second than this, what reads the push log steps back. */
const BUSY_COMMANDS = 1_000;
/** How often a store that has failed is tried again. */
const PROBE_INTERVAL_MS = 1_000;

interface Waiting {
  readonly name: WriteCommandName;
  readonly textLength: number;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

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

  const waiting: Waiting[] = [];
  let waitingText = 0;
  const writeRate = createWriteRate(() => performance.now());
  let outbox: RequestList[] = [];
  let state: 'open' | 'closing' | 'dead' = 'open';
  let writable = true;
  let probe: NodeJS.Timeout | undefined;

  function write<Name extends WriteCommandName>(
    name: Name,
    argument: Parameters<WriteCommands[Name]>[0],
    textLength = 0,
  ): Promise<ReturnType<WriteCommands[Name]>> {
    if (state !== 'open') return Promise.reject(new StoreError('closed', 'the store is closed'));
    return new Promise((resolve, reject) => {
      waiting.push({ name, textLength, resolve: resolve as (value: unknown) => void, reject });
      waitingText += textLength;
      // One message between the threads for all commands of this turn of the event loop, or of a part of a long one:
      // then the thread has something to do meanwhile.
      if (outbox.length === 0) setImmediate(flush);
      outbox.push(listOfRequest({ name, argument }));
      if (outbox.length >= FLUSH_AT && waiting.length === outbox.length) flush();
    });
  }

  function flush(): void {
    if (outbox.length === 0) return;
    const batch: ToWriter = { kind: 'batch', requests: outbox };
    outbox = [];
    writer.postMessage(batch);
  }

  function settle(replies: readonly Reply[]): void {
    const settled = waiting.splice(0, replies.length);
    for (const [index, { name, textLength, resolve, reject }] of settled.entries()) {
      waitingText -= textLength;
      const reply = replies[index];
      if (reply?.ok) resolve(withTurns(name, reply.value));
      else reject(toError(reply));
    }
    noteHealth(replies);
    writeRate.note(replies.length);
    indexing.noteChanges(replies.length);
  }

  /** After a bug in one of them, commands run each on its own: so a fault of the disk may be in any reply. */
  function noteHealth(replies: readonly Reply[]): void {
    const faults = replies
      .filter(({ ok }) => !ok)
      .map(toError)
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
      write('probe', undefined as never).catch(() => undefined);
    }, PROBE_INTERVAL_MS);
  }

  function die(error: StoreError): void {
    if (state === 'dead') return;
    const wasOpen = state === 'open';
    state = 'dead';
    writable = false;
    clearTimeout(probe);
    for (const { reject } of waiting.splice(0)) reject(error);
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
    flush();
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
    accept(command) {
      const { length } = command.message.text;
      if (waiting.length >= MAX_WAITING || waitingText + length > MAX_WAITING_TEXT) {
        return Promise.reject(new StoreError('overloaded', 'too many messages wait for the disk'));
      }
      return write('accept', command, length);
    },
    takeTurns: (command) => write('takeTurns', command),
    recordAttempt: (command) => write('recordAttempt', command),
    resend: (command) => write('resend', command),
    listInterrupted: () => write('listInterrupted', undefined as never),
    listHeldEndpoints: () => write('listHeldEndpoints', undefined as never),
    listWaitingChannels: () => write('listWaitingChannels', undefined as never),
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

function toError(reply: Reply | undefined): Error {
  if (reply === undefined || reply.ok) return new Error('the writing thread sent no reply');
  return reply.kind === null ? new Error(reply.message) : new StoreError(reply.kind, reply.message);
}
