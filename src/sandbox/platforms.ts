import { dingtalkPlatform } from './dingtalk_bot.ts';
import { discordPlatform } from './discord_bot.ts';
import { feishuPlatform } from './feishu_bot.ts';
import { mattermostPlatform } from './mattermost_bot.ts';
import type { Platform } from './platform.ts';
import { slackPlatform } from './slack_bot.ts';
import { telegramPlatform } from './telegram_bot.ts';
import { webhookPlatform } from './webhook.ts';
import { workweixinPlatform } from './workweixin_bot.ts';

/** The platforms that have a stand-in, in the order of the page. A new one is a line here and a file. */
const PLATFORMS = [
  workweixinPlatform,
  feishuPlatform,
  dingtalkPlatform,
  slackPlatform,
  discordPlatform,
  mattermostPlatform,
  telegramPlatform,
  webhookPlatform,
] as const satisfies readonly Platform[];

export type PlatformId = (typeof PLATFORMS)[number]['id'];

export const PLATFORM_IDS: readonly PlatformId[] = PLATFORMS.map(({ id }) => id);

export function platformOf(id: PlatformId): Platform {
  const found = PLATFORMS.find((platform) => platform.id === id);
  if (found === undefined) throw new Error(`sandbox: no platform "${id}"`);
  return found;
}
