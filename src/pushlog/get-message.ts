import type { LogEntryWithAttempts, Store } from '../store/store.ts';

const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/** One message with every attempt, or null. What is no ULID is never looked up. */
export function getMessage(
  store: Pick<Store, 'getMessage'>,
  id: string,
): Promise<LogEntryWithAttempts | null> {
  return ULID.test(id) ? store.getMessage(id) : Promise.resolve(null);
}
