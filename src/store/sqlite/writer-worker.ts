import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { systemClock } from '../../core/clock.ts';
import { messageOf } from '../../core/message-of.ts';
import { systemBoot } from '../system-boot.ts';
import { lockStoreFile } from './file-lock.ts';
import { createFilesExistCheck } from './files-exist.ts';
import type { Reply, Request } from './group-commit.ts';
import type { FromWriter, ToWriter, WorkerOptions } from './messages.ts';
import { assertFileOrNothing } from './open-database.ts';
import { openEngine } from './open-engine.ts';
import { requestOfList, withTurnLists } from './value-lists.ts';
import { whyUnusable } from './why-unusable.ts';

/**
 * The thread that writes. It has SQLite to itself, so that a slow disk or a checkpoint never stops the event loop of
 * the service.
 */

/** Commands in one transaction at most: bounds how long the first of them waits for its answer. */
const MAX_BATCH = 4_096;

const port = parentPort;
if (port === null) throw new Error('this module runs in a worker thread');
const tell = (message: FromWriter) => port.postMessage(message);
const tellReplies = (requests: readonly Request[], replies: readonly Reply[]) =>
  tell({
    kind: 'replies',
    replies: replies.map((reply, index) => withTurnLists(requests[index]?.name, reply)),
  });

try {
  serve(workerData as WorkerOptions);
} catch (error) {
  tell({
    kind: 'unusable',
    why: whyUnusable(error),
    message: messageOf(error),
  });
}

function serve({ path }: WorkerOptions): void {
  assertFileOrNothing(path);
  const unlock = lockStoreFile(path);
  const engine = openEngine(path, systemClock, systemBoot(), {
    assertFilesExist: createFilesExistCheck(path),
    onMigrating: () => tell({ kind: 'migrating' }),
  });

  port?.on('message', (first: ToWriter) => {
    let closing = first.kind === 'close';
    const requests: Request[] = first.kind === 'batch' ? first.requests.map(requestOfList) : [];
    // All that has arrived meanwhile shares this transaction and its fsync.
    while (!closing && requests.length < MAX_BATCH) {
      const next = receiveMessageOnPort(port) as { message: ToWriter } | undefined;
      if (next === undefined) break;
      if (next.message.kind === 'close') closing = true;
      else requests.push(...next.message.requests.map(requestOfList));
    }
    if (requests.length > 0) tellReplies(requests, engine.run(requests));
    if (!closing) return;
    engine.db.close();
    unlock();
    port.close();
  });
  tell({ kind: 'ready', clockAheadMs: engine.clockAheadMs });
}
