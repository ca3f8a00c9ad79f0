import { parentPort, workerData } from 'node:worker_threads';
import type { FromReader, ReaderOptions, ReadRequest, ReadResult } from './messages.ts';
import { openForReading } from './open-database.ts';
import { createReadQueries } from './read-queries.ts';

/** The thread that answers the push log's questions: a search over millions of rows never delays a delivery. */

const port = parentPort;
if (port === null) throw new Error('this module runs in a worker thread');

const { path, clockAheadMs } = workerData as ReaderOptions;
const db = openForReading(path);
const queries = createReadQueries(db, clockAheadMs);

port.on('message', (request: ReadRequest | 'close') => {
  if (request === 'close') {
    db.close();
    port.close();
    return;
  }
  port.postMessage(answer(request));
});

function answer(request: ReadRequest): FromReader {
  try {
    return { ok: true, value: run(request) };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

function run({ name, argument }: ReadRequest): ReadResult {
  switch (name) {
    case 'listMessages':
      return queries.listMessages(argument);
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
    default:
      return name satisfies never;
  }
}
