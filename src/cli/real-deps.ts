import { hostname } from 'node:os';
import { systemClock } from '../core/clock.ts';
import type { CliDeps } from './io.ts';

/** The rooms of the running program. */
export const realDeps: CliDeps = {
  loadProviders: async () => (await import('../providers/registry.ts')).providers,
  runServe: async (options) => (await import('../app/run-serve.ts')).runServe(options),
  openTestSender: async (text, config) => (await import('./send-test.ts')).openTestSender(text, config),
  async startSandbox(port, lang) {
    const [{ startSandbox }, { sandboxConfigToml }] = await Promise.all([
      import('../sandbox/server.ts'),
      import('../sandbox/config-toml.ts'),
    ]);
    const sandbox = await startSandbox({ host: '127.0.0.1', port, clock: systemClock });
    return { url: sandbox.url, toml: sandboxConfigToml(sandbox, lang), close: () => sandbox.close() };
  },
  untilSignal: () =>
    new Promise((resolve) => {
      const end = () => resolve();
      process.once('SIGINT', end);
      process.once('SIGTERM', end);
    }),
  hostName: () => hostname(),
  nowMs: () => Date.now(),
};
