/** The platforms that have a stand-in, in the order of the page. */
export const PLATFORMS = [
  'workweixin_bot',
  'feishu_bot',
  'dingtalk_bot',
  'slack_bot',
  'discord_bot',
  'mattermost_bot',
  'webhook',
] as const;
export type PlatformId = (typeof PLATFORMS)[number];

/** A group (a chat with one robot in it) to open in the sandbox. What is left out gets a fixed demo value. */
export interface GroupOptions {
  readonly platform: PlatformId;
  /** Unique; letters, digits, `_`, `-`. Default: the platform's id, then `<id>-2`, … */
  readonly id?: string;
  /**
   * The part of the endpoint that authorises: WeCom key, Feishu token, DingTalk access_token, Slack
   * `T…/B…/secret`, Discord `id/token`, Mattermost hook id, webhook path.
   */
  readonly key?: string;
  /** Turns the signature check on: Feishu, DingTalk, webhook (`whsec_…`). null: no check. */
  readonly secret?: string | null;
  /** Turns the keyword check on: Feishu, DingTalk. */
  readonly keywords?: readonly string[];
  /** Discord: webhooks with the same channel share the limit of 30 per 60 s. Default: a channel of its own. */
  readonly channel?: string;
  /** The robot was switched off or removed: every request gets the platform's answer for that. */
  readonly disabled?: boolean;
  /** `false`: the rate limits are not enforced, for tests of something else. Default: true. */
  readonly rateLimits?: boolean;
}

/** A group, complete. */
export interface Group {
  readonly id: string;
  readonly platform: PlatformId;
  readonly key: string;
  readonly secret: string | null;
  readonly keywords: readonly string[];
  readonly channel: string;
  readonly disabled: boolean;
  readonly rateLimits: boolean;
  /** Path and query of the endpoint. */
  readonly target: string;
}

/** Demo keys have the real ones' shape and are worth nothing outside the sandbox. */
const DEMO: Readonly<
  Record<PlatformId, { key: string; secret: string | null; target(key: string): string }>
> = {
  workweixin_bot: {
    key: '00000000-demo-4000-8000-000000000001',
    secret: null,
    target: (key) => `/cgi-bin/webhook/send?key=${encodeURIComponent(key)}`,
  },
  feishu_bot: {
    key: '00000000-demo-4000-8000-000000000002',
    secret: 'postpoint-demo-secret',
    target: (key) => `/open-apis/bot/v2/hook/${key}`,
  },
  dingtalk_bot: {
    key: 'demo000000000000000000000000000000000000000000000000000000000003',
    secret: 'SECpostpoint-demo-secret',
    target: (key) => `/robot/send?access_token=${encodeURIComponent(key)}`,
  },
  slack_bot: {
    key: 'T0DEMO000/B0DEMO000/demo00000000000000000004',
    secret: null,
    target: (key) => `/services/${key}`,
  },
  // Without a version, as Discord's own "Copy Webhook URL" gives it.
  discord_bot: {
    key: '100000000000000005/demo-token-of-the-discord-webhook-in-the-postpoint-sandbox-00005',
    secret: null,
    target: (key) => `/api/webhooks/${key}`,
  },
  mattermost_bot: {
    key: 'demo0000000000000000000006',
    secret: null,
    target: (key) => `/hooks/${key}`,
  },
  webhook: {
    key: 'demo',
    secret: `whsec_${Buffer.from('postpoint-demo-webhook-secret-07').toString('base64')}`,
    target: (key) => `/webhook/${key}`,
  },
};

/** One ready group of each platform. */
export const DEMO_GROUPS: readonly GroupOptions[] = PLATFORMS.map((platform) => ({ platform }));

/** Fills in what the options leave out. A second group of a platform gets a demo key of its own. */
export function completeGroups(options: readonly GroupOptions[]): readonly Group[] {
  const seen = new Map<PlatformId, number>();
  const groups = options.map((wanted): Group => {
    const nth = (seen.get(wanted.platform) ?? 0) + 1;
    seen.set(wanted.platform, nth);
    const demo = DEMO[wanted.platform];
    const key = wanted.key ?? (nth === 1 ? demo.key : nthKey(wanted.platform, demo.key, nth));
    const id = wanted.id ?? (nth === 1 ? wanted.platform : `${wanted.platform}-${nth}`);
    if (!/^[A-Za-z0-9_-]+$/.test(id)) throw new Error(`sandbox: "${id}" is no group id`);
    return {
      id,
      platform: wanted.platform,
      key,
      secret: wanted.secret === undefined ? demo.secret : wanted.secret,
      keywords: wanted.keywords ?? [],
      channel: wanted.channel ?? id,
      disabled: wanted.disabled ?? false,
      rateLimits: wanted.rateLimits ?? true,
      target: demo.target(key),
    };
  });
  for (const field of ['id', 'target'] as const) {
    const values = new Set(groups.map((group) => group[field]));
    if (values.size < groups.length) throw new Error(`sandbox: two groups with the same ${field}`);
  }
  return groups;
}

/** Discord tells webhooks apart by the number in front; the others by the last character. */
function nthKey(platform: PlatformId, key: string, nth: number): string {
  return platform === 'discord_bot' ? `${nth}${key}` : `${key}${nth}`;
}
