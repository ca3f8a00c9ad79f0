import type { LogEntry, LogQuery, Store } from '../store/store.ts';
import { encodeCursor } from './cursor.ts';

export interface MessagePage {
  readonly entries: readonly LogEntry[];
  /** null when nothing older matches. */
  readonly nextCursor: string | null;
}

/** A page of the push log, newest first, with the key of the page after it. */
export async function listMessages(
  store: Pick<Store, 'listMessages'>,
  query: LogQuery,
): Promise<MessagePage> {
  const { entries, more } = await store.listMessages(query);
  const last = entries.at(-1);
  return { entries, nextCursor: more && last !== undefined ? encodeCursor(last.id) : null };
}
