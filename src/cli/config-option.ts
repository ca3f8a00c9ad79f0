import { relative } from 'node:path';
import type { Config } from '../config/config.ts';
import { findConfigFile } from '../config/find-config-file.ts';
import { loadConfig } from '../config/load.ts';
import { formatProblems } from '../config/problem.ts';
import type { LocalText } from '../core/local-text.ts';
import { printable } from '../core/printable.ts';
import { texts } from '../texts/texts.ts';
import type { CliContext } from './io.ts';

export type OpenedConfig =
  | { readonly kind: 'ok'; readonly config: Config; readonly warnings: readonly LocalText[] }
  /** No `-c`, and no file where one is looked for. Nothing is printed yet. */
  | { readonly kind: 'none' }
  /** The reasons are printed. */
  | { readonly kind: 'bad' };

/**
 * Finds and loads the configuration, and prints what is wrong with it.
 *
 * @param explicit the value of `-c`; undefined without it.
 */
export async function openConfig(ctx: CliContext, explicit: string | undefined): Promise<OpenedConfig> {
  const { io, deps, lang } = ctx;
  const t = texts[lang].cli;
  const { cwd, env, executableDir } = io;
  const found = findConfigFile({ cwd, executableDir, explicit: explicit ?? null });
  if (found.kind === 'none') return found;
  if (found.kind === 'missing') {
    io.stderr(`${t.error(t.configMissing(printable(found.file)))}\n`);
    return { kind: 'bad' };
  }
  const loaded = loadConfig({ file: found.file, cwd, env, providers: await deps.loadProviders() });
  if (loaded.ok) return { kind: 'ok', config: loaded.config, warnings: loaded.warnings };
  const shown = printable(relative(cwd, found.file) || found.file);
  io.stderr(`${t.error(t.configBad(shown, loaded.problems.length))}\n`);
  for (const line of formatProblems(loaded.problems, lang)) io.stderr(`${line}\n`);
  return { kind: 'bad' };
}

/** As `openConfig`, for commands that cannot go on without a configuration. null: the reason is printed. */
export async function requireConfig(ctx: CliContext, explicit: string | undefined) {
  const opened = await openConfig(ctx, explicit);
  if (opened.kind === 'ok') return opened;
  const t = texts[ctx.lang].cli;
  if (opened.kind === 'none') ctx.io.stderr(`${t.error(t.noConfig)}\n`);
  return null;
}
