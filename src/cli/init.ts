import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONFIG_FILE_NAME } from '../config/find-config-file.ts';
import { configTemplate } from '../config/template.ts';
import { printable } from '../core/printable.ts';
import { texts } from '../texts/texts.ts';
import { type CliContext, EXIT } from './io.ts';

/** `postpoint init`: a commented `config.toml` in the working directory, readable by its owner only. */
export async function init({ io, deps, lang }: CliContext): Promise<number> {
  const t = texts[lang].cli;
  const file = join(io.cwd, CONFIG_FILE_NAME);
  const template = configTemplate(await deps.loadProviders(), lang);
  try {
    // `wx`: a file that appears in this very moment is not overwritten either.
    writeFileSync(file, template, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'EIO';
    const shown = printable(file);
    io.stderr(`${t.error(code === 'EEXIST' ? t.init.exists(shown) : t.init.failed(shown, code))}\n`);
    return EXIT.failed;
  }
  io.stdout(`${t.init.done(printable(file))}\n`);
  return EXIT.ok;
}
