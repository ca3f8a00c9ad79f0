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

/**
 * All of them, channel by channel, what went last to a channel first. Channels where it has failed come first, then those
 * where it is still on its way.
 */
export function byChannel<D extends Delivery>(deliveries: readonly D[]): readonly D[] {
  const urgency = ({ latest: { status } }: ChannelStanding) =>
    status === 'failed' ? 0 : status === 'delivered' ? 2 : 1;
  return latestDeliveries(deliveries)
    .toSorted((a, b) => urgency(a) - urgency(b))
    .flatMap(({ latest }) => deliveries.filter(({ channel }) => channel === latest.channel).reverse());
}

/** How the whole message stands. */
export type Summary =
  | { readonly kind: 'open' }
  /** Everywhere, and how long the slowest channel took; `resent`: that one counts from its resend. */
  | { readonly kind: 'delivered'; readonly totalMs: number; readonly resent: boolean }
  | { readonly kind: 'failed'; readonly delivered: number; readonly all: number };

export function summarize(createdAt: string, deliveries: readonly Delivery[]): Summary {
  const latest = latestDeliveries(deliveries).map((standing) => standing.latest);
  if (latest.some(({ status }) => status !== 'delivered' && status !== 'failed')) return { kind: 'open' };
  const delivered = latest.filter(({ status }) => status === 'delivered');
  if (delivered.length < latest.length)
    return { kind: 'failed', delivered: delivered.length, all: latest.length };
  const times = delivered.map((delivery) => ({
    totalMs: tookMs(createdAt, delivery) ?? 0,
    resent: delivery.resent_at !== null,
  }));
  const slowest = times.toSorted((a, b) => b.totalMs - a.totalMs)[0] ?? { totalMs: 0, resent: false };
  return { kind: 'delivered', ...slowest };
}

/** From the acceptance of the message, or from the resend that asked for this delivery, to its end; null: still open. */
export function tookMs(createdAt: string, { resent_at, finished_at }: Delivery): number | null {
  if (finished_at === null) return null;
  return Math.max(0, Date.parse(finished_at) - Date.parse(resent_at ?? createdAt));
}
