import { setTimeout as wait } from 'node:timers/promises';
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

/** The states come by way of the thread that writes, which a disk may hold up: a scrape goes without them then. */
const STATES_PATIENCE_MS = 1_000;

/** `/metrics` for Prometheus. A store that cannot count must not hide the other figures. */
export function registerMetrics(app: FastifyInstance, deps: MetricsDeps): void {
  const { metrics, countOpen, channels, isReady } = deps;
  app.get('/metrics', async (_request, reply) => {
    const [open, states] = await Promise.all([
      orNothing(countOpen(), deps),
      orNothing(inTime(channels.listStates()), deps),
    ]);
    // Set in one go, so that two scrapes at once do not meet. An old figure would look like a queue that stands still, so
    // without an answer there is none.
    metrics.openDeliveries.reset();
    for (const { channel, count } of open) metrics.openDeliveries.set({ channel }, count);
    metrics.channelState.reset();
    for (const { name, state } of states) {
      for (const known of CHANNEL_STATES)
        metrics.channelState.set({ channel: name, state: known }, known === state ? 1 : 0);
    }
    metrics.ready.set(isReady() ? 1 : 0);
    const text = await metrics.registry.metrics();
    return reply.header('cache-control', 'no-store').type(metrics.registry.contentType).send(text);
  });
}

async function orNothing<T>(
  asked: Promise<readonly T[]>,
  { logger, lang }: MetricsDeps,
): Promise<readonly T[]> {
  try {
    return await asked;
  } catch (error) {
    logger.warn('api', texts[lang].api.storeFailed, { error: messageOf(error) });
    return [];
  }
}

async function inTime<T>(asked: Promise<T>): Promise<T> {
  const over = new AbortController();
  const late = wait(STATES_PATIENCE_MS, null, { signal: over.signal }).then(() => {
    throw new Error('the store does not answer');
  });
  // Whoever loses has nobody who waits for it.
  late.catch(() => undefined);
  asked.catch(() => undefined);
  try {
    return await Promise.race([asked, late]);
  } finally {
    over.abort();
  }
}
