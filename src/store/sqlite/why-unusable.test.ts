import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SchemaTooNewError } from '../migrate.ts';
import { StoreInUseError } from './file-lock.ts';
import { NotFileError, OrphanedLogError } from './open-database.ts';
import { ForeignFileError } from './schema.ts';
import { whyUnusable } from './why-unusable.ts';

const withCode = (fields: object) => Object.assign(new Error('it failed'), fields);

for (const { name, error, why } of [
  { name: 'another process', error: new StoreInUseError(), why: 'in_use' },
  { name: "another program's database", error: new ForeignFileError(), why: 'foreign' },
  { name: 'a newer schema', error: new SchemaTooNewError(9, 3), why: 'schema_too_new' },
  { name: 'a log without its store', error: new OrphanedLogError(), why: 'orphaned_log' },
  { name: 'a pipe', error: new NotFileError(), why: 'not_file' },
  { name: 'a malformed page', error: withCode({ errcode: 11 }), why: 'damaged' },
  { name: 'another format', error: withCode({ errcode: 26 }), why: 'damaged' },
  { name: 'a full disk, by SQLite', error: withCode({ errcode: 13 }), why: 'no_space' },
  { name: 'a full disk, by the system', error: withCode({ code: 'ENOSPC' }), why: 'no_space' },
  {
    name: 'a read-only database, with its details',
    error: withCode({ errcode: 8 | (4 << 8) }),
    why: 'forbidden',
  },
  { name: 'a forbidden file', error: withCode({ code: 'EACCES' }), why: 'forbidden' },
  { name: 'a read-only file system', error: withCode({ code: 'EROFS' }), why: 'forbidden' },
  { name: 'an I/O error', error: withCode({ errcode: 10 }), why: 'failed' },
  { name: 'a folder in its place', error: withCode({ code: 'EISDIR' }), why: 'failed' },
  { name: 'a bug', error: new TypeError('x is not a function'), why: 'failed' },
]) {
  test(`the store cannot be used: ${name}`, () => assert.equal(whyUnusable(error), why));
}
