import { readdirSync, readFileSync } from 'node:fs';

export interface Migration {
  /** From 1, without gaps. */
  readonly version: number;
  readonly sql: string;
}

/** Reads `NNNN-title.sql` files; their numbers are the schema's versions. */
export function readMigrations(folder: URL): readonly Migration[] {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  return files.map((name, index) => {
    const version = Number.parseInt(name, 10);
    if (version !== index + 1) throw new Error(`migration ${name} is out of sequence`);
    return { version, sql: readFileSync(new URL(name, folder), 'utf8') };
  });
}

/**
 * Which migrations a schema still needs.
 *
 * @throws when the schema is newer than this program: an older program must not write to it.
 */
export function pendingMigrations(all: readonly Migration[], version: number): readonly Migration[] {
  const newest = all.at(-1)?.version ?? 0;
  if (version > newest) throw new SchemaTooNewError(version, newest);
  return all.filter((migration) => migration.version > version);
}

export class SchemaTooNewError extends Error {
  constructor(found: number, newest: number) {
    super(`the store has schema version ${found}, this program knows up to ${newest}`);
    this.name = 'SchemaTooNewError';
  }
}
