import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import type { LogEntryWithAttempts, Store } from '../../src/store/store.ts';

/** The whole push log, newest first, with every attempt. */
export async function readWholeLog(
  store: Pick<Store, 'listMessages' | 'getMessage'>,
): Promise<LogEntryWithAttempts[]> {
  const log: LogEntryWithAttempts[] = [];
  let beforeId: string | undefined;
  for (;;) {
    const page = await store.listMessages({ limit: 200, ...(beforeId === undefined ? {} : { beforeId }) });
    for (const { id } of page.entries) {
      const entry = await store.getMessage(id);
      if (entry !== null) log.push(entry);
    }
    beforeId = page.searchedTo?.id ?? page.entries.at(-1)?.id;
    if (!page.more || beforeId === undefined) return log;
  }
}

/** Reads the log of a service that has ended. */
export async function readLogOfFile(path: string): Promise<LogEntryWithAttempts[]> {
  const store = await openSqliteStore({
    path,
    onFatal(error) {
      throw error;
    },
  });
  try {
    return await readWholeLog(store);
  } finally {
    await store.close();
  }
}
