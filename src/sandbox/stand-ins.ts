import { dingtalkStandIn } from './dingtalk_bot.ts';
import { discordStandIn } from './discord_bot.ts';
import { feishuStandIn } from './feishu_bot.ts';
import type { PlatformId } from './group.ts';
import { mattermostStandIn } from './mattermost_bot.ts';
import { slackStandIn } from './slack_bot.ts';
import type { OpenStandIn } from './stand-in.ts';
import { webhookStandIn } from './webhook.ts';
import { workweixinStandIn } from './workweixin_bot.ts';

/** Every platform's rules, to be opened with its groups. */
export const STAND_INS: Readonly<Record<PlatformId, OpenStandIn>> = {
  workweixin_bot: workweixinStandIn,
  feishu_bot: feishuStandIn,
  dingtalk_bot: dingtalkStandIn,
  slack_bot: slackStandIn,
  discord_bot: discordStandIn,
  mattermost_bot: mattermostStandIn,
  webhook: webhookStandIn,
};
