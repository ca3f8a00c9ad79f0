import type { LogEntry, LogEntryWithAttempts, LogQuery, Store } from '../store/store.ts';
import { getMessage } from './get-message.ts';
import { listMessages, type MessagePage } from './list-messages.ts';
import { type LogFilters, walkMessages } from './walk-messages.ts';

/** The reads behind the log page. */
export interface PushLog {
  listMessages(query: LogQuery): Promise<MessagePage>;
  getMessage(id: string): Promise<LogEntryWithAttempts | null>;
  /** See `walkMessages`. */
  walkMessages(filters: LogFilters): AsyncGenerator<readonly LogEntry[], void>;
}

export function createPushLog(store: Pick<Store, 'listMessages' | 'getMessage'>): PushLog {
  return {
    listMessages: (query) => listMessages(store, query),
    getMessage: (id) => getMessage(store, id),
    walkMessages: (filters) => walkMessages(store, filters),
  };
}
