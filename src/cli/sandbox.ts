import { printable } from '../core/printable.ts';
import { texts } from '../texts/texts.ts';
import { type CliContext, EXIT } from './io.ts';

/** Beside the service's own default port, so that both run at once. */
export const DEFAULT_SANDBOX_PORT = 39_271;

/** `postpoint sandbox`: stand-ins of the platforms until a signal. */
export async function sandbox(ctx: CliContext, options: { readonly port?: string }): Promise<number> {
  const { io, deps, lang } = ctx;
  const t = texts[lang].cli;
  const port = options.port === undefined ? DEFAULT_SANDBOX_PORT : portOf(options.port);
  if (port === null) {
    io.stderr(`${t.error(t.sandbox.badPort)}\n`);
    return EXIT.usage;
  }
  // Listening for the signal begins before the start, so that none is missed.
  const stopped = deps.untilSignal();
  try {
    const running = await deps.startSandbox(port, lang);
    io.stdout(`${t.sandbox.started(running.url)}\n\n${running.toml.trimEnd()}\n`);
    await stopped;
    await running.close();
    return EXIT.ok;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const why = code === 'EADDRINUSE' ? t.sandbox.portTaken(port) : t.sandbox.failed(port, printable(code));
    io.stderr(`${t.error(why)}\n`);
    return EXIT.failed;
  }
}

function portOf(text: string): number | null {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  return port <= 65_535 ? port : null;
}
