import { openConfig } from './config-option.ts';
import { type CliContext, EXIT } from './io.ts';
import { version } from './version.ts';

/** `postpoint serve`. Without any configuration it runs in demo mode. */
export async function serve(ctx: CliContext, options: { readonly config?: string }): Promise<number> {
  const opened = await openConfig(ctx, options.config);
  if (opened.kind === 'bad') return EXIT.usage;
  const { config, warnings } = opened.kind === 'ok' ? opened : { config: null, warnings: [] };
  return ctx.deps.runServe({ config, warnings, lang: ctx.lang, cwd: ctx.io.cwd, version });
}
