import type { Delivery, DeliveryChange, Message } from '../api/types.ts';

/** How a fresh first page relates to what is shown. */
export interface HeadMerge {
  /** Newer than everything shown, newest first. */
  readonly fresh: readonly Message[];
  /** The shown messages with the first page's news in place; the same array when nothing changed. */
  readonly shown: readonly Message[];
  /** Between `fresh` and `shown` there may be more than one page held. */
  readonly gap: boolean;
}

/**
 * Nothing that is shown moves or goes: a message that the filters would no longer find stays until the next load.
 *
 * @param head the newest messages, newest first.
 * @param headIsAll whether there are no others.
 */
export function mergeHead(
  shown: readonly Message[],
  head: readonly Message[],
  headIsAll: boolean,
): HeadMerge {
  const newest = shown[0]?.id ?? '';
  // Ids are ULIDs: they sort by acceptance.
  const fresh = head.filter(({ id }) => id > newest);
  const byId = new Map(head.map((message) => [message.id, message]));
  const updated = shown.map((message) => {
    const news = byId.get(message.id);
    return news === undefined || isSame(news, message) ? message : news;
  });
  const changed = updated.some((message, index) => message !== shown[index]);
  return {
    fresh,
    shown: changed ? updated : shown,
    gap: shown.length > 0 && fresh.length === head.length && !headIsAll,
  };
}

/** The messages with one delivery changed; the same array when the message is not among them. */
export function applyChange<M extends Message>(messages: readonly M[], change: DeliveryChange): readonly M[] {
  const index = messages.findIndex(({ id }) => id === change.message_id);
  const message = messages[index];
  if (message === undefined) return messages;
  const { message_id: _, ...delivery } = change;
  const changed = { ...message, deliveries: withDelivery(message.deliveries, delivery) };
  return messages.with(index, changed);
}

function withDelivery(deliveries: readonly Delivery[], delivery: Delivery): readonly Delivery[] {
  const index = deliveries.findIndex(({ id }) => id === delivery.id);
  // One that was not there before comes from a resend.
  return index < 0
    ? [...deliveries, delivery]
    : deliveries.with(index, { ...deliveries[index], ...delivery });
}

function isSame(a: Message, b: Message): boolean {
  return JSON.stringify(a.deliveries) === JSON.stringify(b.deliveries);
}
