import type { Config, StoreConfig } from '../config/config.ts';
import { isLoopbackHost } from '../config/listen-address.ts';
import type { ChannelConfig } from '../core/channel-config.ts';
import { printable } from '../core/printable.ts';
import type { Provider } from '../providers/provider.ts';
import { type Lang, texts } from '../texts/texts.ts';
import { alignColumns } from './columns.ts';
import { requireConfig } from './config-option.ts';
import { type CliContext, EXIT } from './io.ts';

/** `postpoint check`: validates the configuration and shows what it comes to, secrets left out. */
export async function check(ctx: CliContext, options: { readonly config?: string }): Promise<number> {
  const opened = await requireConfig(ctx, options.config);
  if (opened === null) return EXIT.usage;
  const { config } = opened;
  const t = texts[ctx.lang].cli;
  const lines = [
    t.check.ok(config.file ?? ''),
    '',
    ...channelTable(config.channels, await ctx.deps.loadProviders(), ctx.lang),
    '',
    ...alignColumns(serviceRows(config, ctx.lang)),
  ];
  for (const line of lines) ctx.io.stdout(`${printable(line)}\n`);
  const warnings = opened.warnings.map((warning) => warning[ctx.lang]);
  if (!isLoopbackHost(config.api.host) && config.api.headers.length === 0) warnings.push(t.check.openApi);
  for (const warning of warnings) ctx.io.stderr(`${t.warning(printable(warning))}\n`);
  return EXIT.ok;
}

function channelTable(
  channels: readonly ChannelConfig[],
  providers: readonly Provider[],
  lang: Lang,
): string[] {
  const t = texts[lang].cli.check;
  const rows = channels.map((channel) => {
    const provider = providers.find((candidate) => candidate.id === channel.providerId);
    return [
      channel.name,
      provider?.label[lang] ?? channel.providerId,
      limitText(channel, 60_000, lang),
      limitText(channel, 1_000, lang),
      channel.proxy === null ? t.no : t.yes,
      channel.ordered ? t.yes : t.no,
      channel.overflow,
      hostOf(channel.endpoint.url.reveal()),
      channel.tags.join(','),
    ];
  });
  return alignColumns([t.columns, ...rows]);
}

function limitText(channel: ChannelConfig, windowMs: number, lang: Lang): string {
  const window = channel.windows.find((candidate) => candidate.windowMs === windowMs);
  return window === undefined ? texts[lang].cli.check.noLimit : String(window.maxSends);
}

function serviceRows(config: Config, lang: Lang): string[][] {
  const t = texts[lang].cli.check;
  const { api, disabledChannels } = config;
  const host = api.host.includes(':') ? `[${api.host}]` : api.host;
  const rows = [
    [t.api, api.host === '' ? t.everyInterface(api.port) : `http://${host}:${api.port}`],
    [t.apiHeaders, api.headers.length === 0 ? t.none : api.headers.map(({ name }) => name).join(', ')],
    [t.store, storeText(config.store)],
    [t.logFiles, config.log.folder ?? t.none],
  ];
  if (disabledChannels.length > 0) rows.push([t.disabled, disabledChannels.join(', ')]);
  return rows;
}

/** Of a database only where it is: its URL carries the password. */
function storeText(store: StoreConfig): string {
  return store.kind === 'sqlite' ? `sqlite:${store.path}` : `postgres://${hostOf(store.url.reveal())}`;
}

/** Only the host: in a webhook URL the path and the query are the secret. */
function hostOf(url: string): string {
  return URL.parse(url)?.host ?? '';
}
