import type { FastifyInstance } from 'fastify';
import type { Logger } from '../../log/logger.ts';
import type { Store } from '../../store/store.ts';
import { type Lang, texts } from '../../texts/texts.ts';
import type { Metrics } from '../metrics.ts';

export interface MetricsDeps {
  readonly metrics: Metrics;
  readonly countOpen: Store['countOpen'];
  readonly isReady: () => boolean;
  readonly logger: Logger;
  readonly lang: Lang;
}

/** `/metrics` for Prometheus. A store that cannot count must not hide the other figures. */
export function registerMetrics(app: FastifyInstance, deps: MetricsDeps): void {
  const { metrics, isReady } = deps;
  app.get('/metrics', async (_request, reply) => {
    metrics.ready.set(isReady() ? 1 : 0);
    await countOpenDeliveries(deps);
    const text = await metrics.registry.metrics();
    return reply.header('cache-control', 'no-store').type(metrics.registry.contentType).send(text);
  });
}

async function countOpenDeliveries({ metrics, countOpen, logger, lang }: MetricsDeps): Promise<void> {
  // An old figure would look like a queue that stands still, so without an answer there is none.
  metrics.openDeliveries.reset();
  try {
    for (const { channel, count } of await countOpen()) metrics.openDeliveries.set({ channel }, count);
  } catch (error) {
    logger.warn('api', texts[lang].api.storeFailed, { error: error instanceof Error ? error.message : '' });
  }
}
