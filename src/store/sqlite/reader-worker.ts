import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../core/message-of.ts';
import type { LogPage, LogQuery } from '../store.ts';
import type { FromReader, ReaderOptions, ReadRequest, ReadResult } from './messages.ts';
import { openForReading } from './open-database.ts';
import { createReadQueries } from './read-queries.ts';
import { isDamage, openSearchForReading } from './search/search-file.ts';
import { createSearchIndex, type SearchIndex } from './search/search-index.ts';

/** The thread that answers the push log's questions: a search over millions of rows never delays a delivery. */

/** For one page. Whoever wants more asks on: up to 64 questions wait for this thread. */
const MAX_WALK_MS = 300;

const port = parentPort;
if (port === null) throw new Error('this module runs in a worker thread');

const { path, clockAheadMs } = workerData as ReaderOptions;
const db = openForReading(path);
const queries = createReadQueries(db, clockAheadMs, {
  maxMs: MAX_WALK_MS,
  nowMs: () => performance.now(),
});
let index: SearchIndex | null = null;
let indexDamaged = false;

port.on('message', (request: ReadRequest | 'close') => {
  if (request === 'close') {
    closeIndex();
    db.close();
    port.close();
    return;
  }
  port.postMessage(answer(request));
});

function answer(request: ReadRequest): FromReader {
  const startedMs = performance.now();
  const tookMs = () => performance.now() - startedMs;
  try {
    indexDamaged = false;
    return { ok: true, value: run(request), indexDamaged, tookMs: tookMs() };
  } catch (error) {
    return { ok: false, message: messageOf(error), tookMs: tookMs() };
  }
}

function run({ name, argument }: ReadRequest): ReadResult {
  switch (name) {
    case 'listMessages':
      return listMessages(argument);
    case 'getMessage':
      return queries.getMessage(argument);
    case 'countOpen':
      return queries.countOpen();
    case 'listOldestOpen':
      return queries.listOldestOpen();
    case 'listDeliveries':
      return queries.listDeliveries(argument);
    case 'countDeliveries':
      return queries.countDeliveries(argument);
    case 'openIndex':
      closeIndex();
      index = createSearchIndex(openSearchForReading(path));
      return;
    case 'closeIndex':
      return closeIndex();
    default:
      return name satisfies never;
  }
}

function listMessages(query: LogQuery): LogPage {
  try {
    return queries.listMessages(query, index);
  } catch (error) {
    if (index === null || !isDamage(error)) throw error;
    closeIndex();
    indexDamaged = true;
    return queries.listMessages(query, null);
  }
}

function closeIndex(): void {
  index?.close();
  index = null;
}
