import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeFolder } from './make-folder.ts';

const root = mkdtempSync(join(tmpdir(), 'postpoint-make-folder-'));
test.after(() => rmSync(root, { recursive: true }));

test('with those above it, for its owner only, and the topmost one is told', () => {
  assert.equal(makeFolder(join(root, 'a/b/c')), join(root, 'a'));
  assert.equal(makeFolder(join(root, 'a/b/d')), join(root, 'a/b/d'));
  assert.equal(makeFolder(join(root, 'a/b')), null);
  assert.ok(statSync(join(root, 'a/b/c')).isDirectory());
  if (process.platform !== 'win32') assert.equal(statSync(join(root, 'a')).mode & 0o777, 0o700);
});

test('through a link to a folder', {
  skip: process.platform === 'win32' && 'links need a right there',
}, () => {
  symlinkSync(root, join(root, 'link'));
  assert.equal(makeFolder(join(root, 'link/e')), join(root, 'link/e'));
  symlinkSync(join(root, 'nowhere'), join(root, 'dangling'));
  assert.throws(() => makeFolder(join(root, 'dangling')), { code: 'EEXIST' });
});

test('a file in its place, or in the place of one above it', () => {
  writeFileSync(join(root, 'file'), '');
  assert.throws(() => makeFolder(join(root, 'file')), { code: 'EEXIST' });
  // ENOTDIR, and on Windows ENOENT.
  assert.throws(() => makeFolder(join(root, 'file/f/g')), { code: /^(?:ENOTDIR|ENOENT)$/ });
});

test('where no folder can be, an error and no endless loop', {
  skip: process.platform !== 'linux' && '/proc is of Linux',
}, () => {
  assert.throws(() => makeFolder('/proc/postpoint/data'), { code: 'ENOENT' });
});
