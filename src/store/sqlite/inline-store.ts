import type { Boot } from '../../core/boot.ts';
import type { Clock } from '../../core/clock.ts';
import { type Store, StoreError } from '../store.ts';
import type { WriteCommandName, WriteCommands } from './commands.ts';
import { openEngine } from './open-engine.ts';
import { createReadQueries } from './read-queries.ts';

export interface InlineStoreOptions {
  readonly path: string;
  readonly clock: Clock;
  /** The machine of that clock; by default one that was started with it and has no name. */
  readonly boot?: Boot;
  /** Called before each command; what it throws is what the command fails with. For planned faults. */
  readonly beforeCommand?: (name: WriteCommandName) => void;
  /** false: no fsync, for data that need not outlive the machine. */
  readonly durable?: boolean;
}

/** A simulation has no time of its own that a search could use up. */
const UNHURRIED = { maxMs: Number.POSITIVE_INFINITY, nowMs: () => 0 };

/**
 * The SQLite store without its threads: each command runs at once, in a transaction of its own, on the caller's clock.
 * For simulations, where a day must pass in a second and always in the same way.
 */
export function openInlineStore(options: InlineStoreOptions): Store {
  const { path, clock, beforeCommand, durable = true } = options;
  const boot = options.boot ?? { id: null, sinceStartMs: () => clock.monotonicMs() };
  const engine = openEngine(path, clock, boot);
  if (!durable) {
    engine.db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF');
  }
  const queries = createReadQueries(engine.db, engine.clockAheadMs, UNHURRIED);
  let open = true;

  async function write<Name extends WriteCommandName>(
    name: Name,
    ...[argument]: Parameters<WriteCommands[Name]>
  ): Promise<ReturnType<WriteCommands[Name]>> {
    if (!open) throw new StoreError('closed', 'the store is closed');
    beforeCommand?.(name);
    const [reply] = engine.run([{ name, argument }]);
    if (reply?.ok) return reply.value as ReturnType<WriteCommands[Name]>;
    throw reply?.kind ? new StoreError(reply.kind, reply.message) : new Error(reply?.message);
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
    listMessages: async (query) => queries.listMessages(query, null),
    getMessage: async (id) => queries.getMessage(id),
    countOpen: async () => queries.countOpen(),
    listOldestOpen: async () => queries.listOldestOpen(),
    listDeliveries: async (selection) => queries.listDeliveries(selection),
    countDeliveries: async (query) => queries.countDeliveries(query),
    isWritable: () => open,
    async close() {
      open = false;
      engine.db.close();
    },
  };
}
