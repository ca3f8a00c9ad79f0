import assert from 'node:assert/strict';
import { test } from 'node:test';
import { storageFaultOf } from './storage-fault.ts';

const sqliteError = (errcode: number) =>
  Object.assign(new Error('from SQLite'), { code: 'ERR_SQLITE_ERROR', errcode });

const cases = [
  { name: 'disk full', errcode: 13, duringCommit: false, want: 'unavailable' },
  { name: 'disk full in COMMIT', errcode: 13, duringCommit: true, want: 'unavailable' },
  { name: 'failed write', errcode: 778, duringCommit: false, want: 'unavailable' },
  { name: 'failed fsync in COMMIT', errcode: 1034, duringCommit: true, want: 'unknown_commit' },
  { name: 'locked', errcode: 5, duringCommit: false, want: 'unavailable' },
  { name: 'corrupt', errcode: 11, duringCommit: false, want: 'unavailable' },
  { name: 'constraint: a bug', errcode: 19, duringCommit: false, want: null },
];
for (const { name, errcode, duringCommit, want } of cases) {
  test(name, () => assert.equal(storageFaultOf(sqliteError(errcode), duringCommit)?.kind ?? null, want));
}

test('an error that is not from SQLite is a bug', () => {
  assert.equal(storageFaultOf(new TypeError('x'), true), null);
  assert.equal(storageFaultOf('x', true), null);
});
