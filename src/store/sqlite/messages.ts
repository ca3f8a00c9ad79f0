import type { CountQuery, DeliverySelection, LogPage, LogQuery } from '../store.ts';
import type { Reply } from './group-commit.ts';
import type { ReadQueries } from './read-queries.ts';
import type { RequestList } from './value-lists.ts';

/** What the threads of the SQLite store say to each other. Replies come in the order of their requests. */

export interface WorkerOptions {
  readonly path: string;
}

export type ToWriter =
  | { readonly kind: 'batch'; readonly requests: readonly RequestList[] }
  | { readonly kind: 'close' };

/**
 * - `orphaned_log`: the log of writes (`-wal`) has something, and the file that it belongs to is absent or empty.
 * - `not_file`: a folder, a pipe, a device, a socket.
 * - `failed`: whatever the system says.
 */
export type WhyUnusable =
  | 'in_use'
  | 'foreign'
  | 'schema_too_new'
  | 'damaged'
  | 'orphaned_log'
  | 'not_file'
  | 'forbidden'
  | 'no_space'
  | 'failed';

export type FromWriter =
  /** Before `ready`, when an older store is brought up to date. */
  | { readonly kind: 'migrating' }
  | { readonly kind: 'ready'; readonly clockAheadMs: number }
  | {
      readonly kind: 'unusable';
      readonly why: WhyUnusable;
      readonly message: string;
    }
  /** With the turns as lists. */
  | { readonly kind: 'replies'; readonly replies: readonly Reply[] };

export interface ReaderOptions extends WorkerOptions {
  readonly clockAheadMs: number;
}

export type ReadRequest =
  | { readonly name: 'listMessages'; readonly argument: LogQuery }
  | { readonly name: 'getMessage'; readonly argument: string }
  | { readonly name: 'countOpen'; readonly argument: null }
  | { readonly name: 'listOldestOpen'; readonly argument: null }
  | { readonly name: 'listDeliveries'; readonly argument: DeliverySelection }
  | { readonly name: 'countDeliveries'; readonly argument: CountQuery }
  /** The index can be used from now on, or must be let go of. */
  | { readonly name: 'openIndex'; readonly argument: null }
  | { readonly name: 'closeIndex'; readonly argument: null };

export interface ReadResults extends Omit<ReadQueries, 'listMessages'> {
  listMessages(query: LogQuery): LogPage;
  openIndex(): void;
  closeIndex(): void;
}

export type ReadResult = ReturnType<ReadResults[keyof ReadResults]>;

/** `tookMs`: how long the thread worked on it. */
export type FromReader =
  /** `indexDamaged`: the answer is right, but the index was found damaged and let go of. */
  | { readonly ok: true; readonly value: ReadResult; readonly indexDamaged: boolean; readonly tookMs: number }
  | { readonly ok: false; readonly message: string; readonly tookMs: number };

/**
 * `changed`: there may be something to index. `busy`: the same, but the store has much else to do now. `wait`: not now.
 * `remake`: nobody reads the index any more; begin it anew.
 */
export type ToIndexer = 'changed' | 'busy' | 'wait' | 'remake' | 'close';

/** `usable`: the index can be read. `damaged`: nobody may read it any more; answered by `remake`. */
export type FromIndexer = 'usable' | 'damaged';
