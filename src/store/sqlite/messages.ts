import type { LogQuery } from '../store.ts';
import type { Reply, Request } from './group-commit.ts';
import type { ReadQueries } from './read-queries.ts';

/** What the threads of the SQLite store say to each other. Replies come in the order of their requests. */

export interface WorkerOptions {
  readonly path: string;
}

export type ToWriter =
  | { readonly kind: 'batch'; readonly requests: readonly Request[] }
  | { readonly kind: 'close' };

export type WhyUnusable = 'in_use' | 'foreign' | 'schema_too_new' | 'failed';

export type FromWriter =
  | { readonly kind: 'ready'; readonly clockAheadMs: number }
  | {
      readonly kind: 'unusable';
      readonly why: WhyUnusable;
      readonly message: string;
    }
  | { readonly kind: 'replies'; readonly replies: readonly Reply[] };

export interface ReaderOptions extends WorkerOptions {
  readonly clockAheadMs: number;
}

export type ReadRequest =
  | { readonly name: 'listMessages'; readonly argument: LogQuery }
  | { readonly name: 'getMessage'; readonly argument: string }
  | { readonly name: 'countOpen'; readonly argument: null };

export type ReadResult = ReturnType<ReadQueries[keyof ReadQueries]>;

export type FromReader =
  | { readonly ok: true; readonly value: ReadResult }
  | { readonly ok: false; readonly message: string };
