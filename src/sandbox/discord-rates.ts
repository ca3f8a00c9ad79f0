import type { LocalText } from '../core/local-text.ts';
import { localText } from '../texts/texts.ts';
import type { Group } from './group.ts';
import { perKey, slidingWindow } from './sliding-window.ts';
import { type Answer, jsonAnswer, type PlatformRequest, textAnswer } from './stand-in.ts';

/*
 * Figures and headers: https://docs.discord.com/developers/topics/rate-limits,
 * https://github.com/discord/discord-api-docs/issues/367 (5 per 2 s per webhook, 30 per 60 s per channel) and
 * https://github.com/discord/discord-api-docs/issues/4043 (the channel's limit does not show in the headers)
 * (read 2026-09).
 */
const WEBHOOK = { max: 5, windowMs: 2_000 } as const;
const CHANNEL = { max: 30, windowMs: 60_000 } as const;
const GLOBAL = { max: 50, windowMs: 1_000 } as const;
/** 401, 403 and 429 answers per IP; past it Cloudflare bans the address. */
const INVALID = { max: 10_000, windowMs: 600_000 } as const;
const BUCKET = '0c7bd6a3e1f04d5e8d9b6b0d5f6c1a2e';

export interface DiscordRates {
  /** The refusal, or null with the request counted. */
  check(request: PlatformRequest, group: Group, version: number): { answer: Answer; why: LocalText } | null;
  /** The headers that every answer of the route carries. */
  headers(request: PlatformRequest, group: Group): Record<string, string>;
  /** The ban of the caller's address, before anything else is looked at. */
  checkIp(request: PlatformRequest): { answer: Answer; why: LocalText } | null;
  countInvalid(request: PlatformRequest): void;
}

export function discordRates(): DiscordRates {
  const ofWebhook = perKey(() => slidingWindow(WEBHOOK.max, WEBHOOK.windowMs));
  const ofChannel = perKey(() => slidingWindow(CHANNEL.max, CHANNEL.windowMs));
  const ofIp = slidingWindow(GLOBAL.max, GLOBAL.windowMs);
  const invalid = slidingWindow(INVALID.max, INVALID.windowMs);

  const headers = (request: PlatformRequest, group: Group) => {
    const window = ofWebhook(group.id);
    const resetAfterS = (window.waitMs(request.monotonicMs) || WEBHOOK.windowMs) / 1000;
    return {
      'x-ratelimit-bucket': BUCKET,
      'x-ratelimit-limit': String(WEBHOOK.max),
      'x-ratelimit-remaining': String(Math.max(0, window.room(request.monotonicMs))),
      'x-ratelimit-reset': (request.wallMs / 1000 + resetAfterS).toFixed(3),
      'x-ratelimit-reset-after': resetAfterS.toFixed(3),
    };
  };

  return {
    headers,
    check(request, group, version) {
      const now = request.monotonicMs;
      const [webhook, channel] = [ofWebhook(group.id), ofChannel(group.channel)];
      if (ofIp.room(now) < 1) {
        const why = localText((t) => t.sandbox.why.rate(GLOBAL.max, 1));
        return { answer: tooMany(ofIp.waitMs(now), version, true, {}), why };
      }
      ofIp.add(now);
      if (webhook.room(now) < 1) {
        const why = localText((t) => t.sandbox.why.rate(WEBHOOK.max, WEBHOOK.windowMs / 1000));
        return { answer: tooMany(webhook.waitMs(now), version, false, headers(request, group)), why };
      }
      webhook.add(now);
      if (channel.room(now) < 1) {
        const why = localText((t) => t.sandbox.why.rateShared(CHANNEL.max, CHANNEL.windowMs / 1000));
        return { answer: tooMany(channel.waitMs(now), version, false, headers(request, group)), why };
      }
      channel.add(now);
      return null;
    },
    checkIp(request) {
      if (invalid.room(request.monotonicMs) > 0) return null;
      return {
        answer: textAnswer(429, 'error code: 1015', 'text/plain; charset=UTF-8', { 'retry-after': '3600' }),
        why: localText((t) => t.sandbox.why.ipBan),
      };
    },
    countInvalid(request) {
      if (invalid.room(request.monotonicMs) > 0) invalid.add(request.monotonicMs);
    },
  };
}

/** Version 6, which the unversioned address means, gives both retry values in milliseconds; later ones in seconds. */
export function tooMany(
  waitMs: number,
  version: number,
  global: boolean,
  headers: Record<string, string>,
): Answer {
  const wait = Math.ceil(waitMs);
  const old = version < 8;
  return jsonAnswer(
    429,
    { message: 'You are being rate limited.', retry_after: old ? wait : wait / 1000, global },
    {
      ...headers,
      'retry-after': String(old ? wait : Math.ceil(wait / 1000)),
      'x-ratelimit-scope': global ? 'global' : 'user',
      ...(global ? { 'x-ratelimit-global': 'true' } : {}),
    },
  );
}
