/** Primary result codes of SQLite. Source: https://www.sqlite.org/rescode.html (read 2026-09). */
export const SQLITE = {
  busy: 5,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
} as const;

interface SqliteError {
  /** The kind of the fault. */
  readonly primaryCode: number;
  /** Says more about it in its upper bits. */
  readonly code: number;
  /** SQLite's own words: no path and no value in them. */
  readonly message: string;
}

/** @returns null: it was not SQLite that threw this. */
export function sqliteErrorOf(error: unknown): SqliteError | null {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null;
  const { errcode, message } = error;
  return { primaryCode: errcode & 0xff, code: errcode, message };
}
