import type { FastifyInstance } from 'fastify';
import type { LocalText } from '../../core/local-text.ts';
import { type Lang, langOfHeader } from '../../texts/texts.ts';
import { envelope, sendJson } from '../answer.ts';
import { ApiError } from '../api-error.ts';
import type { ChannelJson } from '../schemas.ts';

/** How a channel stands now. */
export interface ChannelState {
  readonly name: string;
  readonly provider: string;
  readonly tags: readonly string[];
  /** `stopped`: the platform said that the endpoint is gone; a person must act. */
  readonly state: 'active' | 'paused' | 'stopped';
  /** Wall-clock ms; null unless `paused`. */
  readonly pausedUntilMs: number | null;
  /** Why it is paused or stopped; null while active. */
  readonly reason: LocalText | null;
  /** Deliveries that are not finished. */
  readonly queueDepth: number;
}

export interface ChannelDirectory {
  list(): Promise<readonly ChannelState[]>;
  /** Ends a pause or a stop because a person says so. @returns false for an unknown name. */
  resume(name: string): Promise<boolean>;
}

export interface ChannelsDeps {
  readonly channels: ChannelDirectory;
  readonly nextId: () => string;
}

/** The configured channels: `GET /api/channels` and `POST /api/channels/{name}/resume`. Nothing of an endpoint is shown. */
export function registerChannels(app: FastifyInstance, { channels, nextId }: ChannelsDeps): void {
  app.get('/channels', async ({ raw }, reply) => {
    const lang = langOfHeader(raw.headers['accept-language']);
    const items = (await channels.list()).map((state) => channelJson(state, lang));
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
    paused_until: channel.pausedUntilMs === null ? null : new Date(channel.pausedUntilMs).toISOString(),
    reason: channel.reason?.[lang] ?? null,
    queue_depth: channel.queueDepth,
  };
}
