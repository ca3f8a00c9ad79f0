import type { Delivery } from '../api/types.ts';

/** Where a message stands on one channel: its latest delivery there, and how many there were. */
export interface ChannelStanding<D extends Delivery = Delivery> {
  readonly latest: D;
  readonly count: number;
}

/** One entry for each channel, in the order in which the channels first came. */
export function latestDeliveries<D extends Delivery>(
  deliveries: readonly D[],
): readonly ChannelStanding<D>[] {
  const standings = new Map<string, ChannelStanding<D>>();
  for (const delivery of deliveries) {
    const count = (standings.get(delivery.channel)?.count ?? 0) + 1;
    standings.set(delivery.channel, { latest: delivery, count });
  }
  return [...standings.values()];
}

/** All of them, channel by channel, what went last to a channel first. */
export function byChannel<D extends Delivery>(deliveries: readonly D[]): readonly D[] {
  return latestDeliveries(deliveries).flatMap(({ latest }) =>
    deliveries.filter(({ channel }) => channel === latest.channel).reverse(),
  );
}

/** How the whole message stands. */
export type Summary =
  | { readonly kind: 'open' }
  /** Everywhere, and how long the slowest channel took from acceptance. */
  | { readonly kind: 'delivered'; readonly totalMs: number }
  | { readonly kind: 'failed'; readonly delivered: number; readonly all: number };

export function summarize(createdAt: string, deliveries: readonly Delivery[]): Summary {
  const latest = latestDeliveries(deliveries).map((standing) => standing.latest);
  if (latest.some(({ status }) => status !== 'delivered' && status !== 'failed')) return { kind: 'open' };
  const delivered = latest.filter(({ status }) => status === 'delivered');
  if (delivered.length < latest.length)
    return { kind: 'failed', delivered: delivered.length, all: latest.length };
  const ends = delivered.map(({ finished_at }) => Date.parse(finished_at ?? createdAt));
  return { kind: 'delivered', totalMs: Math.max(0, Math.max(...ends, 0) - Date.parse(createdAt)) };
}
