import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { openFileLimit } from './open-file-limit.ts';

const MODULE = join(import.meta.dirname, 'open-file-limit.ts');

test('it is a limit that a process can live with', () => {
  assert.ok(openFileLimit() >= 64, String(openFileLimit()));
});

test('it is what the system allows', {
  skip: process.platform === 'win32' && 'there is no such limit on Windows',
}, () => {
  const print = `import(${JSON.stringify(MODULE)}).then(({ openFileLimit }) => console.log(openFileLimit()))`;
  const node = `"${process.execPath}" -e '${print}'`;
  const output = execFileSync('sh', ['-c', `ulimit -n 321; ${node}`], { encoding: 'utf8' });
  assert.equal(output, '321\n');
});
