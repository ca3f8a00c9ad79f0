import type { FastifyInstance } from 'fastify';
import type { Overflow } from '../../core/channel-config.ts';
import type { LocalText } from '../../core/local-text.ts';
import type { RateLimitWindow } from '../../core/rate-windows.ts';
import type { TextUnit } from '../../core/text-unit.ts';
import { type Lang, langOfHeader } from '../../texts/texts.ts';
import { envelope, sendJson } from '../answer.ts';
import { ApiError } from '../api-error.ts';
import { timeOrNull } from '../message-json.ts';
import type { ChannelJson } from '../schemas.ts';

export const CHANNEL_STATES = ['active', 'paused', 'stopped'] as const;
export type ChannelStateName = (typeof CHANNEL_STATES)[number];

/** How a channel stands now. */
export interface ChannelState {
  readonly name: string;
  readonly provider: string;
  readonly tags: readonly string[];
  /** `stopped`: the platform said that the endpoint is gone; a person must act. */
  readonly state: ChannelStateName;
  /** Wall-clock ms; null unless `paused`. */
  readonly pausedUntilMs: number | null;
  /** Why it is paused or stopped; null while active. */
  readonly reason: LocalText | null;
  /** Deliveries that are not finished. */
  readonly queueDepth: number;
  /** When the oldest of them was accepted, wall-clock ms; null when there is none. */
  readonly oldestQueuedAtMs: number | null;
  readonly windows: readonly WindowState[];
  /** null: the platform states no limit. */
  readonly textLimit: { readonly max: number; readonly unit: TextUnit } | null;
  readonly overflow: Overflow;
}

export interface WindowState extends RateLimitWindow {
  /** Requests that may start now as far as this window is concerned. */
  readonly left: number;
  /** When `left` is 0: when a slot comes free, wall-clock ms, or null if that depends on a request in flight. */
  readonly nextFreeAtMs: number | null;
}

export interface ChannelDirectory {
  list(): Promise<readonly ChannelState[]>;
  /** The little of it that costs the same however much is queued. */
  listStates(): Promise<readonly Pick<ChannelState, 'name' | 'state'>[]>;
  /** Ends a pause or a stop because a person says so. @returns false for an unknown name. */
  resume(name: string): Promise<boolean>;
}

export interface ChannelsDeps {
  readonly channels: ChannelDirectory;
  readonly nextId: () => string;
  /** For callers that ask for none. */
  readonly lang: Lang;
}

/** The configured channels: `GET /api/channels` and `POST /api/channels/{name}/resume`. Nothing of an endpoint is shown. */
export function registerChannels(app: FastifyInstance, { channels, nextId, lang }: ChannelsDeps): void {
  app.get('/channels', async ({ raw }, reply) => {
    const callerLang = langOfHeader(raw.headers['accept-language'], lang);
    const items = (await channels.list()).map((state) => channelJson(state, callerLang));
    sendJson(reply, envelope(raw, nextId(), 'ok', 'success', { items }));
    return reply;
  });

  app.post<{ Params: { name: string } }>('/channels/:name/resume', async ({ raw, params }, reply) => {
    if (!(await channels.resume(params.name))) throw new ApiError('not_found', (t) => t.channelNotFound);
    // The call has no body; whatever came is dropped.
    raw.resume();
    sendJson(reply, envelope(raw, nextId(), 'ok', 'success'));
    return reply;
  });
}

function channelJson(channel: ChannelState, lang: Lang): ChannelJson {
  return {
    name: channel.name,
    provider: channel.provider,
    tags: [...channel.tags],
    state: channel.state,
    paused_until: timeOrNull(channel.pausedUntilMs),
    reason: channel.reason?.[lang] ?? null,
    queue_depth: channel.queueDepth,
    oldest_queued_at: timeOrNull(channel.oldestQueuedAtMs),
    windows: channel.windows.map(({ windowMs, maxSends, left, nextFreeAtMs }) => ({
      window_ms: windowMs,
      max_sends: maxSends,
      left,
      next_free_at: timeOrNull(nextFreeAtMs),
    })),
    text_limit: channel.textLimit,
    overflow: channel.overflow,
  };
}
