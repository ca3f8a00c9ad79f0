import type { LogEntry, LogQuery, Store } from '../store/store.ts';
import { encodeCursor } from './cursor.ts';

export interface MessagePage {
  readonly entries: readonly LogEntry[];
  /** null when nothing older matches. */
  readonly nextCursor: string | null;
  /** How far back a search looked that had to stop early; null when it looked at all it was asked for. Wall-clock ms. */
  readonly searchedUntilMs: number | null;
}

/** A page of the push log, newest first, with the key of the page after it. */
export async function listMessages(
  store: Pick<Store, 'listMessages'>,
  query: LogQuery,
): Promise<MessagePage> {
  const { entries, more, searchedTo } = await store.listMessages(query);
  const lastId = searchedTo?.id ?? entries.at(-1)?.id;
  return {
    entries,
    nextCursor: more && lastId !== undefined ? encodeCursor(lastId) : null,
    searchedUntilMs: searchedTo?.createdAtMs ?? null,
  };
}
