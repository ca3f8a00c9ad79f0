import type { Store } from '../store/store.ts';
import type { ChangeFeed } from './change-feed.ts';

/** The same store; each write that changes a delivery is noted, whoever makes it, once it is on disk. */
export function noteChanges(store: Store, feed: ChangeFeed): Store {
  return {
    ...store,
    async accept(command) {
      const result = await store.accept(command);
      if (result.kind === 'accepted') feed.noteMessage(command.message.id, command.channelIds.length);
      return result;
    },
    async takeTurns(command) {
      const taken = await store.takeTurns(command);
      for (const { deliveryId } of taken.turns) feed.noteDelivery(deliveryId);
      if (taken.failedUnsent > 0) feed.noteMany();
      return taken;
    },
    async recordAttempt(command) {
      await store.recordAttempt(command);
      feed.noteDelivery(command.deliveryId);
    },
    async resend(command) {
      const result = await store.resend(command);
      if (result.kind === 'resent')
        for (const { delivery } of result.deliveries) feed.noteDelivery(Number(delivery.id));
      return result;
    },
  };
}
