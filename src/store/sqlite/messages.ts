import type { CountQuery, DeliverySelection, LogQuery } from '../store.ts';
import type { Reply, Request } from './group-commit.ts';
import type { ReadQueries } from './read-queries.ts';

/** What the threads of the SQLite store say to each other. Replies come in the order of their requests. */

export interface WorkerOptions {
  readonly path: string;
}

export type ToWriter =
  | { readonly kind: 'batch'; readonly requests: readonly Request[] }
  | { readonly kind: 'close' };

export type FromWriter =
  | { readonly kind: 'ready'; readonly clockAheadMs: number }
  | {
      readonly kind: 'unusable';
      readonly why: 'in_use' | 'schema_too_new' | 'failed';
      readonly message: string;
    }
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
  | { readonly name: 'countDeliveries'; readonly argument: CountQuery };

export type ReadResult = ReturnType<ReadQueries[keyof ReadQueries]>;

export type FromReader =
  | { readonly ok: true; readonly value: ReadResult }
  | { readonly ok: false; readonly message: string };
