import type { Platform } from './platform.ts';
import { PLATFORM_IDS, type PlatformId, platformOf } from './platforms.ts';

/** A group (a chat with one robot in it) to open in the sandbox. What is left out gets a fixed demo value. */
export interface GroupOptions {
  readonly platform: PlatformId;
  /** Unique; letters, digits, `_`, `-`. Default: the platform's id, then `<id>-2`, … */
  readonly id?: string;
  /**
   * The part of the endpoint that authorises: WeCom key, Feishu token, DingTalk access_token, Slack
   * `T…/B…/secret`, Discord `id/token`, Mattermost hook id, Telegram `token/chat_id`, webhook path.
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

/** One ready group of each platform. */
export const DEMO_GROUPS: readonly GroupOptions[] = PLATFORM_IDS.map((platform) => ({ platform }));

/** Fills in what the options leave out. A second group of a platform gets a demo key of its own. */
export function completeGroups(options: readonly GroupOptions[]): readonly Group[] {
  const seen = new Map<PlatformId, number>();
  const groups = options.map((wanted): Group => {
    const nth = (seen.get(wanted.platform) ?? 0) + 1;
    seen.set(wanted.platform, nth);
    const { demo } = platformOf(wanted.platform);
    const key = wanted.key ?? nthKey(demo, nth);
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

function nthKey({ key, anotherKey }: Platform['demo'], nth: number): string {
  if (nth === 1) return key;
  return anotherKey === undefined ? `${key}${nth}` : anotherKey(key, nth);
}
