import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { findConfigFile } from './find-config-file.ts';

const root = mkdtempSync(join(tmpdir(), 'postpoint-find-'));
after(() => rmSync(root, { recursive: true, force: true }));
const cwd = join(root, 'cwd');
const executableDir = join(root, 'bin');
for (const folder of [cwd, executableDir]) mkdirSync(folder);
const here = join(cwd, 'config.toml');
const beside = join(executableDir, 'config.toml');

test('config.toml: the one of -c, else of the working directory, else beside the executable', () => {
  assert.deepEqual(findConfigFile({ cwd, executableDir, explicit: null }), { kind: 'none' });
  writeFileSync(beside, '');
  assert.deepEqual(findConfigFile({ cwd, executableDir: null, explicit: null }), { kind: 'none' });
  assert.deepEqual(findConfigFile({ cwd, executableDir, explicit: null }), { kind: 'found', file: beside });
  assert.deepEqual(findConfigFile({ cwd, executableDir, explicit: 'config.toml' }), {
    kind: 'missing',
    file: here,
  });
  writeFileSync(here, '');
  assert.deepEqual(findConfigFile({ cwd, executableDir, explicit: null }), { kind: 'found', file: here });
  assert.deepEqual(findConfigFile({ cwd, executableDir, explicit: '../bin/config.toml' }), {
    kind: 'found',
    file: beside,
  });
});
