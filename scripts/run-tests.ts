import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

// `npm test [-- OPTION… FILE…]`: every test, or some files. Node alone would run one file at a time on two cores, and most wait more
// than they work.

const TESTS = ['src', 'bench', 'test', 'web'].map((folder) => `${folder}/**/*.test.ts`);

/**
 * Each file of tests is a process, which would strip the types of the same sources and compile them once more. The services
 * that tests start use it too.
 */
const COMPILED = join(import.meta.dirname, '../node_modules/.cache/postpoint-tests');

const chosen = process.argv.slice(2);
const runner = spawn(
  process.execPath,
  [
    ...['--import', './test/support/end-leftovers.ts', '--test', '--test-timeout=120000'],
    `--test-concurrency=${Math.max(2, availableParallelism() - 1)}`,
    ...chosen,
    ...(chosen.some((word) => !word.startsWith('-')) ? [] : TESTS),
  ],
  { stdio: 'inherit', env: { NODE_COMPILE_CACHE: COMPILED, ...process.env } },
);
// Ctrl+C reaches the runner too: it ends its tests and this process after it.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => runner.kill('SIGTERM'));
runner.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
