import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

// Goal: the real process takes its arguments, its locale and its exit code from the right places.
const cwd = mkdtempSync(join(tmpdir(), 'postpoint-process-'));
after(() => rmSync(cwd, { recursive: true, force: true }));
const program = fileURLToPath(new URL('../../bin/postpoint.ts', import.meta.url));

for (const { argv, code, out, err } of [
  { argv: ['-v'], code: 0, out: /^PostPoint v/, err: /^$/ },
  { argv: ['tset'], code: 2, out: /^$/, err: /unknown command "tset"; did you mean "test"\?/ },
  { argv: ['check'], code: 2, out: /^$/, err: /no config\.toml/ },
]) {
  test(`the process "postpoint ${argv.join(' ')}" exits with ${code}`, () => {
    const env = { ...process.env, LC_ALL: 'en_US.UTF-8' };
    const ran = spawnSync(process.execPath, [program, ...argv], { cwd, env, encoding: 'utf8' });
    assert.equal(ran.status, code, ran.stderr);
    assert.match(ran.stdout, out);
    assert.match(ran.stderr, err);
    assert.doesNotMatch(ran.stderr, /^ {4}at /m);
  });
}
