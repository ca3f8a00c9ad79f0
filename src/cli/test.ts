import type { Config } from '../config/config.ts';
import type { ChannelConfig } from '../core/channel-config.ts';
import { nearest } from '../core/nearest-word.ts';
import { printable } from '../core/printable.ts';
import { formatLine, localTime } from '../log/format-line.ts';
import type { LogFields } from '../log/logger.ts';
import { texts } from '../texts/texts.ts';
import { requireConfig } from './config-option.ts';
import { type CliContext, EXIT, type TestResult } from './io.ts';

/** `postpoint test [channel…]`: one message straight to each channel, all at once; no push log. */
export async function test(
  ctx: CliContext,
  names: readonly string[],
  options: { readonly config?: string },
): Promise<number> {
  const opened = await requireConfig(ctx, options.config);
  if (opened === null) return EXIT.usage;
  const channels = pickChannels(ctx, opened.config, names);
  if (channels === null) return EXIT.usage;
  const t = texts[ctx.lang].cli;
  const log = (level: 'info' | 'warn' | 'error', subject: string, text: string, fields: LogFields) =>
    ctx.io.stdout(formatLine({ timeMs: ctx.deps.nowMs(), level, subject, text, fields }));

  const text = t.test.message(ctx.deps.hostName(), localTime(ctx.deps.nowMs()));
  log('info', t.test.title, '', { text });
  const sender = await ctx.deps.openTestSender(text, opened.config);
  if (!sender.countedByService) log('warn', t.test.title, t.test.notCounted, {});
  try {
    const sent = await Promise.all(
      channels.map(async (channel) => {
        const result = await sender.send(channel);
        const failed = result.error !== null;
        log(
          failed ? 'error' : 'info',
          channel.name,
          failed ? t.test.failed : t.test.ok,
          fieldsOf(ctx, result),
        );
        return !failed;
      }),
    );
    return sent.every((ok) => ok) ? EXIT.ok : EXIT.failed;
  } finally {
    await sender.close();
  }
}

function fieldsOf({ lang }: CliContext, { durationMs, error, platformCode }: TestResult): LogFields {
  const t = texts[lang].cli.test;
  const fields: Record<string, string> = { [t.duration]: `${durationMs.toFixed(3)}ms` };
  if (error !== null) fields[t.error] = error[lang];
  if (error !== null && platformCode !== null) fields[t.platformCode] = platformCode;
  return fields;
}

/** The named channels, each once, in the order of the file; null: a name is unknown, which is printed. */
function pickChannels(
  ctx: CliContext,
  config: Config,
  names: readonly string[],
): readonly ChannelConfig[] | null {
  const t = texts[ctx.lang].cli;
  const known = config.channels.map((channel) => channel.name);
  const bad = [...new Set(names)].filter((name) => !known.includes(name));
  for (const name of bad) {
    const fault = config.disabledChannels.includes(name)
      ? t.test.disabledChannel(name)
      : t.test.unknownChannel(printable(name), nearest(name, known), known);
    ctx.io.stderr(`${t.error(fault)}\n`);
  }
  if (bad.length > 0) return null;
  return names.length === 0 ? config.channels : config.channels.filter(({ name }) => names.includes(name));
}
