import { type AcceptCommand, StoreError } from '../store.ts';
import type { WriteCommandName, WriteCommands } from './commands.ts';
import type { Reply } from './group-commit.ts';
import { listOfRequest, type RequestList, withTurns } from './value-lists.ts';

/** So many commands are handed to a thread that has nothing to do without waiting for the end of the turn. */
const FLUSH_AT = 32;
/** Accepts that wait for the disk at most; past that a caller is told to come back. */
const MAX_WAITING = 20_000;
/**
 * Text that waits for the disk at most, in UTF-16 units. It stands in memory several times: as a body, as a string, on its
 * way to the thread, in SQLite's page cache.
 */
const MAX_WAITING_TEXT = 16 * 1024 * 1024;

/** Commands on their way to the thread that writes, which answers them in their order. */
export interface WriteQueue {
  /** An `accept` is refused as `overloaded` while too much waits; what its message then needs is not. */
  ask<Name extends WriteCommandName>(
    name: Name,
    ...argument: Parameters<WriteCommands[Name]>
  ): Promise<ReturnType<WriteCommands[Name]>>;
  /** Hands over what is still here. */
  flush(): void;
  /** Answers the oldest commands. */
  settle(replies: readonly Reply[]): void;
  /** Nobody answers any more. */
  rejectAll(error: StoreError): void;
}

interface Waiting {
  readonly name: WriteCommandName;
  readonly textLength: number;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** @param handOver takes a batch to the thread. */
export function createWriteQueue(handOver: (batch: readonly RequestList[]) => void): WriteQueue {
  const waiting: Waiting[] = [];
  let waitingText = 0;
  let outbox: RequestList[] = [];

  function flush(): void {
    if (outbox.length === 0) return;
    const batch = outbox;
    outbox = [];
    handOver(batch);
  }

  return {
    ask<Name extends WriteCommandName>(name: Name, ...[argument]: Parameters<WriteCommands[Name]>) {
      const isAccept = name === 'accept';
      const textLength = isAccept ? (argument as AcceptCommand).message.text.length : 0;
      if (isAccept && (waiting.length >= MAX_WAITING || waitingText + textLength > MAX_WAITING_TEXT))
        return Promise.reject(new StoreError('overloaded', 'too many messages wait for the disk'));
      return new Promise<ReturnType<WriteCommands[Name]>>((resolve, reject) => {
        waiting.push({ name, textLength, resolve: resolve as (value: unknown) => void, reject });
        waitingText += textLength;
        // One message between the threads for all commands of this turn of the event loop, or of a part of a long one:
        // then the thread has something to do meanwhile.
        if (outbox.length === 0) setImmediate(flush);
        outbox.push(listOfRequest({ name, argument }));
        if (outbox.length >= FLUSH_AT && waiting.length === outbox.length) flush();
      });
    },
    flush,
    settle(replies) {
      const settled = waiting.splice(0, replies.length);
      for (const [index, { name, textLength, resolve, reject }] of settled.entries()) {
        waitingText -= textLength;
        const reply = replies[index];
        if (reply?.ok) resolve(withTurns(name, reply.value));
        else reject(errorOf(reply));
      }
    },
    rejectAll(error) {
      waitingText = 0;
      for (const { reject } of waiting.splice(0)) reject(error);
    },
  };
}

/** What went wrong with a command: a `StoreError`, or a bug. */
export function errorOf(reply: Reply | undefined): Error {
  if (reply === undefined || reply.ok) return new Error('the writing thread sent no reply');
  return reply.kind === null ? new Error(reply.message) : new StoreError(reply.kind, reply.message);
}
