import type { ChannelDirectory } from '../http/routes/channels.ts';
import type { ChannelRef, Store } from '../store/store.ts';

/** A configured channel, as far as the directory shows it. */
export interface DirectoryEntry {
  readonly ref: ChannelRef;
  readonly providerId: string;
  readonly tags: readonly string[];
}

/** @param wake tells the lanes of these channels that they may send again. */
export function createChannelDirectory(
  entries: readonly DirectoryEntry[],
  store: Pick<Store, 'listHeldEndpoints' | 'resumeEndpoint' | 'countOpen'>,
  wake: (channelIds: readonly number[]) => void,
): ChannelDirectory {
  return {
    async list() {
      const [held, open] = await Promise.all([store.listHeldEndpoints(), store.countOpen()]);
      const heldById = new Map(held.map((endpoint) => [endpoint.endpointId, endpoint]));
      const depthByName = new Map(open.map(({ channel, count }) => [channel, count]));
      return entries.map(({ ref: { name, endpointId }, providerId, tags }) => {
        const hold = heldById.get(endpointId);
        return {
          name,
          provider: providerId,
          tags,
          state: hold === undefined ? 'active' : hold.stoppedAtMs === null ? 'paused' : 'stopped',
          pausedUntilMs: hold?.pausedUntilMs ?? null,
          reason: hold?.reason ?? null,
          queueDepth: depthByName.get(name) ?? 0,
        };
      });
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
