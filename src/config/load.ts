import { readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import type { LocalText } from '../core/local-text.ts';
import type { Provider } from '../providers/provider.ts';
import { type Lang, localText } from '../texts/texts.ts';
import { buildConfig } from './build-config.ts';
import { checkFile } from './check-file.ts';
import type { Env } from './check-value.ts';
import type { Config } from './config.ts';
import { type ConfigProblem, formatProblems } from './problem.ts';
import { readToml } from './read-toml.ts';

export type LoadedConfig =
  | { readonly ok: true; readonly config: Config; readonly warnings: readonly LocalText[] }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

export interface LoadDeps {
  readonly cwd: string;
  readonly env: Env;
  readonly providers: readonly Provider[];
}

/**
 * Reads and checks a configuration file. Never throws, and what it returns never quotes a secret.
 *
 * @param file absolute, or relative to `cwd`.
 */
export function loadConfig({ file, ...deps }: LoadDeps & { readonly file: string }): LoadedConfig {
  const path = resolve(deps.cwd, file);
  const shown = shownPath(path, deps.cwd);
  const read = readUtf8(path);
  if (!read.ok)
    return { ok: false, problems: [{ file: shown, line: null, key: null, what: read.what, allowed: null }] };
  const parsed = parseConfig({ text: read.text, file: path, shown, baseFolder: dirname(path), ...deps });
  return parsed.ok ? { ...parsed, warnings: [...read.warnings, ...parsed.warnings] } : parsed;
}

/**
 * The configuration of demo mode, from a text that the sandbox wrote. Paths are relative to `cwd`.
 *
 * @throws Error if the text is at fault: it comes from PostPoint itself.
 */
export function demoConfig({ toml, ...deps }: Omit<LoadDeps, 'env'> & { readonly toml: string }): Config {
  const parsed = parseConfig({
    text: toml,
    file: null,
    shown: null,
    baseFolder: deps.cwd,
    env: {},
    ...deps,
  });
  if (!parsed.ok)
    throw new Error(`demo configuration: ${parsed.problems.map((p) => `${p.key}: ${p.what.en}`).join(', ')}`);
  return parsed.config;
}

interface ParseOptions extends LoadDeps {
  readonly text: string;
  readonly file: string | null;
  readonly shown: string | null;
  readonly baseFolder: string;
}

function parseConfig({ text, file, shown, baseFolder, env, providers }: ParseOptions): LoadedConfig {
  const toml = readToml(text);
  if (!toml.ok)
    return {
      ok: false,
      problems: [{ file: shown, line: toml.line, key: null, what: toml.what, allowed: null }],
    };
  const checked = checkFile(toml.entries, providers, env);
  if (checked.faults.length > 0)
    return { ok: false, problems: checked.faults.map((fault) => ({ file: shown, ...fault })) };
  const warnings = checked.warnings.map((warning) => lineOf({ file: shown, ...warning }));
  return { ok: true, config: buildConfig(checked, { file, baseFolder }), warnings };
}

function lineOf(problem: ConfigProblem): LocalText {
  const line = (lang: Lang) => formatProblems([problem], lang).join('');
  return { zh: line('zh'), en: line('en') };
}

type ReadFile =
  | { readonly ok: true; readonly text: string; readonly warnings: readonly LocalText[] }
  | { readonly ok: false; readonly what: LocalText };

function readUtf8(path: string): ReadFile {
  let bytes: Uint8Array;
  const warnings: LocalText[] = [];
  try {
    const { mode } = statSync(path);
    // Windows has no such bits and reports them as set.
    if (process.platform !== 'win32' && (mode & 0o044) !== 0)
      warnings.push(localText((t) => t.config.readableByOthers((mode & 0o777).toString(8))));
    bytes = readFileSync(path);
  } catch (error) {
    return { ok: false, what: unreadable(error) };
  }
  try {
    // Drops a BOM, which some editors on Windows write.
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), warnings };
  } catch {
    return { ok: false, what: localText((t) => t.config.notUtf8) };
  }
}

function unreadable(error: unknown): LocalText {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'EIO';
  if (code === 'ENOENT') return localText((t) => t.config.notFound);
  if (code === 'EISDIR') return localText((t) => t.config.isFolder);
  return localText((t) => t.config.unreadable(code));
}

/** Short where the file lies below the working directory. */
function shownPath(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short.startsWith('..') || isAbsolute(short) ? path : short;
}
