import type { Overflow } from '../core/channel-config.ts';
import type { Clock } from '../core/clock.ts';
import { type RateLimitWindow, strictestWindows } from '../core/rate-windows.ts';
import type { ChannelDirectory, ChannelState } from '../http/routes/channels.ts';
import type { ChannelRef, HeldEndpoint, Store } from '../store/store.ts';

/** A configured channel, as far as the directory shows it. */
export interface DirectoryEntry {
  readonly ref: ChannelRef;
  readonly providerId: string;
  readonly tags: readonly string[];
  readonly windows: readonly RateLimitWindow[];
  readonly textLimit: ChannelState['textLimit'];
  readonly overflow: Overflow;
}

export interface ChannelDirectoryDeps {
  readonly store: Pick<
    Store,
    'listHeldEndpoints' | 'resumeEndpoint' | 'countOpen' | 'listOldestOpen' | 'listWindowRoom'
  >;
  readonly clock: Pick<Clock, 'wallMs'>;
  /** Tells the lanes of these channels that they may send again. */
  readonly wake: (channelIds: readonly number[]) => void;
}

export function createChannelDirectory(
  entries: readonly DirectoryEntry[],
  { store, clock, wake }: ChannelDirectoryDeps,
): ChannelDirectory {
  const endpoints = entries.map(({ ref: { endpointId } }) => ({
    endpointId,
    windows: strictestWindows(
      entries.filter(({ ref }) => ref.endpointId === endpointId).map(({ windows }) => windows),
    ),
  }));

  return {
    async list() {
      const [held, open, oldest, room] = await Promise.all([
        store.listHeldEndpoints(),
        store.countOpen(),
        store.listOldestOpen(),
        store.listWindowRoom(endpoints),
      ]);
      const nowMs = clock.wallMs();
      const heldById = new Map(held.map((endpoint) => [endpoint.endpointId, endpoint]));
      const depthByName = new Map(open.map(({ channel, count }) => [channel, count]));
      const oldestByName = new Map(oldest.map(({ channel, acceptedAtMs }) => [channel, acceptedAtMs]));
      return entries.map(({ ref: { name, endpointId }, providerId, tags, textLimit, overflow }, index) => {
        const hold = heldById.get(endpointId);
        return {
          name,
          provider: providerId,
          tags,
          state: stateOf(hold),
          pausedUntilMs: hold?.pausedUntilMs ?? null,
          reason: hold?.reason ?? null,
          queueDepth: depthByName.get(name) ?? 0,
          oldestQueuedAtMs: oldestByName.get(name) ?? null,
          windows: (room[index]?.windows ?? []).map(({ windowMs, maxSends, free, waitMs }) => ({
            windowMs,
            maxSends,
            left: free,
            nextFreeAtMs: free > 0 || waitMs === null ? null : nowMs + waitMs,
          })),
          textLimit: textLimit && { max: textLimit.max, unit: textLimit.unit },
          overflow,
        };
      });
    },
    async listStates() {
      const held = new Map((await store.listHeldEndpoints()).map((hold) => [hold.endpointId, hold]));
      return entries.map(({ ref: { name, endpointId } }) => ({ name, state: stateOf(held.get(endpointId)) }));
    },
    async resume(name) {
      const entry = entries.find(({ ref }) => ref.name === name);
      if (entry === undefined) return false;
      const { endpointId } = entry.ref;
      await store.resumeEndpoint(endpointId);
      wake(entries.filter(({ ref }) => ref.endpointId === endpointId).map(({ ref }) => ref.channelId));
      return true;
    },
  };
}

function stateOf(hold: HeldEndpoint | undefined): ChannelState['state'] {
  if (hold === undefined) return 'active';
  return hold.stoppedAtMs === null ? 'paused' : 'stopped';
}
