import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeDurableFolder } from './durable-folder.ts';

// That it survives a power cut is shown by `npm run faults -- powercut`; here is what can be seen without one.

test('a folder is made with those above it, for its owner only, and made again without harm', (t) => {
  const root = mkdtempSync(join(tmpdir(), 'postpoint-folder-'));
  t.after(() => rmSync(root, { recursive: true }));
  const folder = join(root, 'a/b');
  makeDurableFolder(folder);
  makeDurableFolder(folder);
  assert.ok(statSync(folder).isDirectory());
  if (process.platform !== 'win32') assert.equal(statSync(join(root, 'a')).mode & 0o777, 0o700);
});

test('a file in its place is an error', (t) => {
  const root = mkdtempSync(join(tmpdir(), 'postpoint-folder-'));
  t.after(() => rmSync(root, { recursive: true }));
  writeFileSync(join(root, 'file'), '');
  assert.throws(() => makeDurableFolder(join(root, 'file')), { code: 'EEXIST' });
});
