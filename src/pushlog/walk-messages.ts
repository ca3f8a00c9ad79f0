import type { LogEntry, LogQuery, Store } from '../store/store.ts';
import { decodeCursor } from './cursor.ts';
import { listMessages } from './list-messages.ts';

/** Messages in one read: the reading thread serves others between two of them. */
const PAGE_SIZE = 200;
/** What one walk holds at a time, as JSON: many may be held up by clients that do not read. */
const PAGE_BYTES = 256 * 1024;

export type LogFilters = Omit<LogQuery, 'limit' | 'maxBytes' | 'beforeId'>;

/** Every message that matches, newest first, page by page; a page is read when it is asked for. */
export async function* walkMessages(
  store: Pick<Store, 'listMessages'>,
  filters: LogFilters,
): AsyncGenerator<readonly LogEntry[], void> {
  let beforeId: string | null | undefined;
  do {
    const query = { ...filters, limit: PAGE_SIZE, maxBytes: PAGE_BYTES, ...(beforeId && { beforeId }) };
    const { entries, nextCursor } = await listMessages(store, query);
    yield entries;
    beforeId = nextCursor === null ? null : decodeCursor(nextCursor);
  } while (beforeId !== null);
}
