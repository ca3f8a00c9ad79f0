import type { LogEntry, LogQuery, Store } from '../store/store.ts';
import { decodeCursor } from './cursor.ts';
import { listMessages } from './list-messages.ts';

/** Messages in one read: the reading thread serves others between two of them. */
const PAGE_SIZE = 200;

/** Every message that matches, newest first, page by page; a page is read when it is asked for. */
export async function* walkMessages(
  store: Pick<Store, 'listMessages'>,
  filters: Omit<LogQuery, 'limit' | 'beforeId'>,
): AsyncGenerator<readonly LogEntry[], void> {
  let beforeId: string | null | undefined;
  do {
    const query = { ...filters, limit: PAGE_SIZE, ...(beforeId && { beforeId }) };
    const { entries, nextCursor } = await listMessages(store, query);
    yield entries;
    beforeId = nextCursor === null ? null : decodeCursor(nextCursor);
  } while (beforeId !== null);
}
