/** A provider as a receiver plays it: the shape of its address, and what it says when it takes a message. */
export interface PlayedPlatform {
  readonly providerId: string;
  /** @param key names the channel; it stands where the platform has its secret. */
  pathOf(key: string): string;
  readonly accepted: string;
  /** Where the verdict stands: in the body (HTTP 200 alone proves nothing), or in the status. */
  readonly verdictIn: 'body' | 'status';
}

export const PLAYED_PLATFORMS: readonly PlayedPlatform[] = [
  {
    providerId: 'workweixin_bot',
    pathOf: (key) => `/cgi-bin/webhook/send?key=${key}`,
    accepted: '{"errcode":0,"errmsg":"ok"}',
    verdictIn: 'body',
  },
  {
    providerId: 'feishu_bot',
    pathOf: (key) => `/open-apis/bot/v2/hook/${key}`,
    accepted: '{"StatusCode":0,"StatusMessage":"success","code":0,"data":{},"msg":"success"}',
    verdictIn: 'body',
  },
  {
    providerId: 'dingtalk_bot',
    pathOf: (key) => `/robot/send?access_token=${key}`,
    accepted: '{"errcode":0,"errmsg":"ok"}',
    verdictIn: 'body',
  },
  {
    providerId: 'slack_bot',
    pathOf: (key) => `/services/T00000000/B00000000/${key}`,
    accepted: 'ok',
    verdictIn: 'body',
  },
  {
    providerId: 'discord_bot',
    pathOf: (key) => `/api/webhooks/100000000000000000/${key}`,
    accepted: '{"id":"1","type":0}',
    verdictIn: 'status',
  },
  {
    providerId: 'mattermost_bot',
    pathOf: (key) => `/hooks/${key}`,
    accepted: 'ok',
    verdictIn: 'body',
  },
  {
    providerId: 'telegram_bot',
    pathOf: (key) => `/bot1000000000:${key}/sendMessage?chat_id=-1000000000000`,
    accepted: '{"ok":true,"result":{"message_id":1}}',
    verdictIn: 'body',
  },
  { providerId: 'webhook', pathOf: (key) => `/${key}`, accepted: '', verdictIn: 'status' },
];
