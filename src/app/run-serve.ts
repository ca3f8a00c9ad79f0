import type { Config } from '../config/config.ts';
import { isLoopbackHost } from '../config/listen-address.ts';
import { demoConfig } from '../config/load.ts';
import { systemClock } from '../core/clock.ts';
import type { LocalText } from '../core/local-text.ts';
import { messageOf } from '../core/message-of.ts';
import { createLogger, type ServiceLogger } from '../log/create-logger.ts';
import { providers } from '../providers/registry.ts';
import { sandboxConfigToml } from '../sandbox/config-toml.ts';
import type { Sandbox } from '../sandbox/server.ts';
import type { Store } from '../store/store.ts';
import { type Lang, texts } from '../texts/texts.ts';
import type { App } from './build-app.ts';
import { openInFlightMarks, openStore } from './open-store.ts';
import { startFailure } from './start-failure.ts';
import { untilStopped } from './until-stopped.ts';

const DEMO_SANDBOX_PORT = 39271;

export interface ServeOptions {
  /** null: demo mode. */
  readonly config: Config | null;
  /** What the configuration's reader wants said, though it is no error. */
  readonly warnings: readonly LocalText[];
  readonly lang: Lang;
  readonly cwd: string;
  readonly version: string;
}

/**
 * Runs the service until it is told to stop.
 *
 * @returns the exit code: 0 after a clean stop, 1 when the store has failed.
 * @throws when it cannot even log: an unusable log folder, or no loopback port for the sandbox.
 */
export async function runServe(options: ServeOptions): Promise<number> {
  const { config: configured, warnings, lang, cwd, version } = options;
  const say = texts[lang].service;
  const sandbox = configured === null ? await startDemoSandbox() : null;
  let logger: ServiceLogger | null = null;
  try {
    const config = configured ?? demoConfig({ toml: demoToml(sandbox, lang), cwd, providers });
    logger = createLogger(config.log);
    logger.info('postpoint', `PostPoint v${version} ${process.platform}/${process.arch}`);
    for (const warning of warnings) logger.warn('postpoint', warning[lang]);
    const exitCode = await serveUntilStopped(config, sandbox, logger, { lang, version });
    logger.info('postpoint', say.stopped);
    return exitCode;
  } finally {
    await sandbox?.close();
    await logger?.close();
  }
}

/** On the port that `postpoint sandbox` uses, so that an open page lives on after a restart; else on any free one. */
async function startDemoSandbox(): Promise<Sandbox> {
  const { startSandbox } = await import('../sandbox/server.ts');
  try {
    return await startSandbox({ clock: systemClock, port: DEMO_SANDBOX_PORT });
  } catch {
    return startSandbox({ clock: systemClock });
  }
}

/** A store of its own: what is left of a demo must never reach a real group that is configured later. */
function demoToml(sandbox: Sandbox | null, lang: Lang): string {
  return `store.url = "sqlite:data/demo.db"\n${sandbox === null ? '' : sandboxConfigToml(sandbox, lang)}`;
}

async function serveUntilStopped(
  config: Config,
  sandbox: Sandbox | null,
  logger: ServiceLogger,
  { lang, version }: { readonly lang: Lang; readonly version: string },
): Promise<number> {
  const say = texts[lang].service;
  const stop = untilStopped();
  let store: Store | null = null;
  let inFlight: ReturnType<typeof openInFlightMarks> | null = null;
  let app: App | null = null;
  try {
    const opening = openStore(config.store, {
      onFatal(error) {
        logger.error('store', say.storeFailed, { [say.reason]: error.message });
        stop.fail();
      },
      onMigrating: () => logger.info('store', say.storeMigrating),
    });
    // The store has a thread of its own to start: the rooms are loaded meanwhile.
    const loading = import('./build-app.ts');
    // If that fails, the store is opened all the same and then closed: its thread would keep the process alive.
    loading.catch(() => undefined);
    store = await opening;
    const { startApp } = await loading;
    inFlight = openInFlightMarks(config.store, (error) => {
      logger.warn('store', say.inFlightTrouble, { [say.reason]: messageOf(error) });
    });
    app = await startApp({ config, store, inFlight, logger, lang, version });
    announce(config, sandbox, app, logger, lang);
    const exitCode = await stop.ended;
    logger.info('postpoint', say.stopping);
    return exitCode;
  } catch (error) {
    const { text, fields } = startFailure(error, config, lang);
    logger.error('postpoint', text, fields);
    return 1;
  } finally {
    await app?.stop();
    const left = await countLeft(store).catch(() => 0);
    if (left > 0) logger.info('postpoint', say.leftForNextStart, { [say.count]: left });
    inFlight?.close();
    await store?.close();
    stop.release();
  }
}

async function countLeft(store: Store | null): Promise<number> {
  if (store === null || (await store.listWaitingChannels()).length === 0) return 0;
  return (await store.countOpen()).reduce((sum, { count }) => sum + count, 0);
}

/** What a person at the terminal wants to know first. */
function announce(
  config: Config,
  sandbox: Sandbox | null,
  app: App,
  logger: ServiceLogger,
  lang: Lang,
): void {
  const say = texts[lang].service;
  if (sandbox !== null) logger.warn('demo', say.demoMode);
  logger.info('api', say.listening(`${app.url}/api/text`));
  logger.info('api', say.pages(app.url));
  if (sandbox !== null) logger.info('demo', say.demoSandbox(sandbox.url));
  if (!isLoopbackHost(config.api.host) && config.api.headers.length === 0)
    logger.warn('api', say.openToNetwork);
}
