import type { DatabaseSync } from 'node:sqlite';
import type { StoreErrorKind } from '../store.ts';
import type { WriteCommandName, WriteCommands } from './commands.ts';
import type { DeliveryCounts } from './delivery-counts.ts';
import { type StorageFault, storageFaultOf } from './storage-fault.ts';

export interface Request {
  readonly name: WriteCommandName;
  readonly argument: unknown;
}

export type Reply =
  | { readonly ok: true; readonly value: unknown }
  /** `kind` null: a bug; it is thrown again where the command was called. */
  | { readonly ok: false; readonly kind: StoreErrorKind | null; readonly message: string };

/**
 * Runs all the commands that wait in one transaction with one fsync, then answers them all.
 *
 * Measured on 2 cores with 64 connections: 3,100 accepts/s with a transaction each, 24,000-29,000 so.
 *
 * @param assertFilesExist called after each commit; throws StoreFilesGoneError.
 */
export function createGroupCommit(
  db: DatabaseSync,
  commands: WriteCommands,
  counts: Pick<DeliveryCounts, 'write' | 'discard'>,
  assertFilesExist: () => void,
): (requests: readonly Request[]) => Reply[] {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const rollback = db.prepare('ROLLBACK');

  /** A commit whose fate is unknown. Only a new process may go on from there: this one writes no more. */
  let lastFault: StorageFault | null = null;

  function runTogether(requests: readonly Request[]): Reply[] {
    if (lastFault !== null) return refuse(requests, lastFault);
    let committing = false;
    try {
      begin.run();
      const replies = runEach(requests);
      counts.write();
      committing = true;
      commit.run();
      assertFilesExist();
      return replies;
    } catch (error) {
      if (db.isTransaction) rollback.run();
      counts.discard();
      const fault = storageFaultOf(error, committing);
      if (fault?.kind === 'unknown_commit') lastFault = fault;
      if (fault !== null) return refuse(requests, fault);
      // A bug in one command must not fail its neighbours: each goes again on its own.
      if (requests.length > 1) return requests.flatMap((request) => runTogether([request]));
      return [
        {
          ok: false,
          kind: null,
          message: error instanceof Error ? (error.stack ?? error.message) : String(error),
        },
      ];
    }
  }

  /** The same value is the same reply: between threads it is copied once. */
  function runEach(requests: readonly Request[]): Reply[] {
    const replies = new Map<unknown, Reply>();
    return requests.map(({ name, argument }) => {
      const command = commands[name] as (argument: unknown) => unknown;
      const value = command(argument);
      const reply = replies.get(value) ?? { ok: true, value };
      replies.set(value, reply);
      return reply;
    });
  }

  return runTogether;
}

function refuse(requests: readonly Request[], { kind, message }: StorageFault): Reply[] {
  return requests.map(() => ({ ok: false, kind, message }));
}
