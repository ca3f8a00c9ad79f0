import type { FastifyInstance } from 'fastify';
import { messageOf } from '../../core/message-of.ts';
import type { Logger } from '../../log/logger.ts';
import type { Store } from '../../store/store.ts';
import { type Lang, texts } from '../../texts/texts.ts';
import type { Metrics } from '../metrics.ts';
import { CHANNEL_STATES, type ChannelDirectory } from './channels.ts';

export interface MetricsDeps {
  readonly metrics: Metrics;
  readonly countOpen: Store['countOpen'];
  readonly channels: Pick<ChannelDirectory, 'listStates'>;
  readonly isReady: () => boolean;
  readonly logger: Logger;
  readonly lang: Lang;
}

/** `/metrics` for Prometheus. A store that cannot count must not hide the other figures. */
export function registerMetrics(app: FastifyInstance, deps: MetricsDeps): void {
  const { metrics, isReady } = deps;
  app.get('/metrics', async (_request, reply) => {
    metrics.ready.set(isReady() ? 1 : 0);
    await Promise.all([countOpenDeliveries(deps), tellStates(deps)]);
    const text = await metrics.registry.metrics();
    return reply.header('cache-control', 'no-store').type(metrics.registry.contentType).send(text);
  });
}

async function countOpenDeliveries(deps: MetricsDeps): Promise<void> {
  const { metrics, countOpen } = deps;
  // An old figure would look like a queue that stands still, so without an answer there is none.
  metrics.openDeliveries.reset();
  try {
    for (const { channel, count } of await countOpen()) metrics.openDeliveries.set({ channel }, count);
  } catch (error) {
    warn(deps, error);
  }
}

async function tellStates(deps: MetricsDeps): Promise<void> {
  const { metrics, channels } = deps;
  metrics.channelState.reset();
  try {
    for (const { name, state } of await channels.listStates()) {
      for (const known of CHANNEL_STATES)
        metrics.channelState.set({ channel: name, state: known }, known === state ? 1 : 0);
    }
  } catch (error) {
    warn(deps, error);
  }
}

function warn({ logger, lang }: MetricsDeps, error: unknown): void {
  logger.warn('api', texts[lang].api.storeFailed, { error: messageOf(error) });
}
