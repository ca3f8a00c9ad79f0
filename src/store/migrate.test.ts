import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pendingMigrations, readMigrations, SchemaTooNewError } from './migrate.ts';

const all = [1, 2, 3].map((version) => ({ version, sql: `-- ${version}` }));

const cases = [
  { name: 'a new store needs all', version: 0, want: [1, 2, 3] },
  { name: 'an older store needs the rest', version: 2, want: [3] },
  { name: 'a present store needs none', version: 3, want: [] },
];
for (const { name, version, want } of cases) {
  test(name, () => {
    assert.deepEqual(
      pendingMigrations(all, version).map((migration) => migration.version),
      want,
    );
  });
}

test('a newer schema is refused', () => {
  assert.throws(() => pendingMigrations(all, 4), SchemaTooNewError);
});

test('the files of the SQLite store are numbered without gaps', () => {
  assert.ok(readMigrations(new URL('./sqlite/migrations/', import.meta.url)).length > 0);
});
