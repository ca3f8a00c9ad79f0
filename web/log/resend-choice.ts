import type { DetailedDelivery, DetailedMessage } from '../api/types.ts';
import { latestDeliveries } from './latest-deliveries.ts';

/** Why a channel may have the message already. */
export type CopyRisk = 'delivered' | 'unknown' | 'open';

/** The channels on which the latest delivery has failed: what a plain resend repeats. */
export function failedChannels(message: DetailedMessage): readonly string[] {
  return latestDeliveries(message.deliveries)
    .filter(({ latest }) => latest.status === 'failed')
    .map(({ latest }) => latest.channel);
}

/** Whether another delivery to this channel may be a second copy there; null: surely not. */
export function copyRisk(message: DetailedMessage, channel: string): CopyRisk | null {
  const deliveries = message.deliveries.filter((delivery) => delivery.channel === channel);
  if (deliveries.some(({ status }) => status === 'delivered')) return 'delivered';
  if (deliveries.some(isOpen)) return 'open';
  return deliveries.some(mayHaveArrived) ? 'unknown' : null;
}

function isOpen({ status }: DetailedDelivery): boolean {
  return status !== 'failed' && status !== 'delivered';
}

/** An attempt without an outcome is in flight, or nobody knows what became of it; a part of a split text may be there. */
function mayHaveArrived({ attempts }: DetailedDelivery): boolean {
  return attempts.some(({ outcome }) => outcome === 'unknown' || outcome === null || outcome === 'ok');
}
