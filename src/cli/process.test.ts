import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

// Goal: the real process takes its arguments, its locale and its exit code from the right places.
const cwd = mkdtempSync(join(tmpdir(), 'postpoint-process-'));
after(() => rmSync(cwd, { recursive: true, force: true }));
const program = fileURLToPath(new URL('../../bin/postpoint.js', import.meta.url));

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

test('a Node.js that is too old is told, not met with an error of its own', () => {
  const old = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.19.5' } })`;
  const flags = ['--import', `data:text/javascript,${encodeURIComponent(old)}`];
  const ran = spawnSync(process.execPath, [...flags, program, '-v'], { cwd, encoding: 'utf8' });
  assert.deepEqual([ran.status, ran.stdout], [1, '']);
  assert.match(
    ran.stderr,
    /^PostPoint 需要 Node\.js 26 .* 20\.19\.5.*\nPostPoint needs Node\.js 26 .*npm start.*\n$/,
  );
});

test('a service whose files are not all there ends, though the store is open by then', () => {
  writeFileSync(
    join(cwd, 'half.toml'),
    'api.port = 0\n[provider.webhook]\nendpoint.url = "http://127.0.0.1:9/"\n',
    { mode: 0o600 },
  );
  const hook = `import { registerHooks } from 'node:module';
    registerHooks({
      resolve(name, context, next) {
        if (name.endsWith('build-app.ts')) throw new Error('this file is absent');
        return next(name, context);
      },
    });`;
  const flags = ['--import', `data:text/javascript,${encodeURIComponent(hook)}`];
  const ran = spawnSync(process.execPath, [...flags, program, 'serve', '-c', 'half.toml'], {
    cwd,
    env: { ...process.env, LC_ALL: 'en_US.UTF-8', POSTPOINT_FROM_SOURCES: '1' },
    encoding: 'utf8',
    timeout: 60_000,
  });
  assert.equal(ran.status, 1, `${ran.stdout}${ran.stderr}`);
  assert.match(ran.stdout, /this file is absent/);
});
