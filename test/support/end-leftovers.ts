import { after } from 'node:test';

/*
 * Preloaded into every test file (`--import`). A test that fails half-way may leave a server or a process open, which
 * keeps its file running, and the suite waiting, for ever. `--test-force-exit` would end it too, but loses the reports of
 * tests that passed (567 of 611, say).
 */

const PATIENCE_MS = 10_000;

// The runner itself loads this too.
if (process.env.NODE_TEST_CONTEXT !== undefined) {
  after(() => {
    setTimeout(() => {
      process.stderr.write(
        `still open after the last test: ${process.getActiveResourcesInfo().join(', ')}\n`,
      );
      process.exit(1);
    }, PATIENCE_MS).unref();
  });
}
