import { dingtalkBot } from './dingtalk_bot.ts';
import { discordBot } from './discord_bot.ts';
import { feishuBot } from './feishu_bot.ts';
import { mattermostBot } from './mattermost_bot.ts';
import type { Provider } from './provider.ts';
import { slackBot } from './slack_bot.ts';
import { telegramBot } from './telegram_bot.ts';
import { webhook } from './webhook.ts';
import { workweixinBot } from './workweixin_bot.ts';

/** Every platform, in the order in which people see them. A new one is a line here, a file and its fixtures. */
export const providers: readonly Provider[] = [
  workweixinBot,
  feishuBot,
  dingtalkBot,
  slackBot,
  discordBot,
  mattermostBot,
  telegramBot,
  webhook,
];

export const PROVIDER_IDS: readonly string[] = providers.map(({ id }) => id);

/** The platform of a channel that is configured, so that there is one. */
export function providerOf({ providerId }: { readonly providerId: string }): Provider {
  const provider = findProvider(providerId);
  if (provider === undefined) throw new Error(`no provider ${providerId}`);
  return provider;
}

export function findProvider(id: string): Provider | undefined {
  return providers.find((provider) => provider.id === id);
}
