import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { BUILT_FOLDER, builtMain, listSources, MADE_FROM_FILE } from '../bin/built-service.js';

// Goal: what was built runs while it is of the sources that are here, and never otherwise. Method: a small tree.

const changes: { name: string; change(root: string): void; env?: NodeJS.ProcessEnv; runs: boolean }[] = [
  { name: 'nothing', change: () => undefined, runs: true },
  { name: 'a test', change: (root) => writeFileSync(join(root, 'src/core/new.test.ts'), ''), runs: true },
  {
    name: 'the text of a source',
    change: (root) => appendFileSync(join(root, 'src/core/a.ts'), ';'),
    runs: false,
  },
  {
    name: 'the time of a source',
    change: (root) => utimesSync(join(root, 'src/core/a.ts'), 1_000, 1_000),
    runs: false,
  },
  { name: 'one source more', change: (root) => writeFileSync(join(root, 'src/core/b.ts'), ''), runs: false },
  { name: 'one source less', change: (root) => rmSync(join(root, 'src/core/a.ts')), runs: false },
  {
    name: 'the packages',
    change: (root) => writeFileSync(join(root, 'package-lock.json'), '{"v":1}'),
    runs: false,
  },
  {
    name: 'the build, broken off',
    change: (root) => rmSync(join(root, BUILT_FOLDER, MADE_FROM_FILE)),
    runs: false,
  },
  { name: 'the environment', change: () => undefined, env: { POSTPOINT_FROM_SOURCES: '1' }, runs: false },
];

for (const { name, change, env = {}, runs } of changes) {
  test(`changed: ${name}; ${runs ? 'what was built' : 'the sources'} run`, (t) => {
    const root = mkdtempSync(join(tmpdir(), 'postpoint-built-'));
    t.after(() => rmSync(root, { recursive: true }));
    mkdirSync(join(root, 'src/core'), { recursive: true });
    mkdirSync(join(root, BUILT_FOLDER), { recursive: true });
    for (const file of ['src/core/a.ts', 'package.json', 'package-lock.json'])
      writeFileSync(join(root, file), '{}');
    writeFileSync(join(root, BUILT_FOLDER, MADE_FROM_FILE), listSources(root));
    change(root);
    assert.equal(builtMain(root, env), runs ? join(root, BUILT_FOLDER, 'postpoint.js') : null);
  });
}

test('after `npm ci` what was built runs', { skip: !process.env.CI && 'sources may be newer here' }, () => {
  assert.notEqual(builtMain(join(import.meta.dirname, '..'), {}), null);
});
