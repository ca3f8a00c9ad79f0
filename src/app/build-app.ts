import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createAccept } from '../accept/accept.ts';
import { createResend } from '../accept/resend.ts';
import { createResolveRecipients } from '../accept/resolve-recipients.ts';
import { createChannel } from '../channel/channel.ts';
import { endpointHash } from '../channel/endpoint-hash.ts';
import { createTransport } from '../channel/http-client.ts';
import type { Config } from '../config/config.ts';
import { systemClock } from '../core/clock.ts';
import { createIds } from '../core/ids.ts';
import { messageOf } from '../core/message-of.ts';
import { type Dispatcher, startDispatcher } from '../dispatch/dispatcher.ts';
import type { Interrupted } from '../dispatch/settle-interrupted.ts';
import { createMetrics } from '../http/metrics.ts';
import type { PageFiles } from '../http/page-files.ts';
import { createHttpServer } from '../http/server.ts';
import type { Logger } from '../log/logger.ts';
import { providerOf } from '../providers/registry.ts';
import { createChangeFeed } from '../pushlog/change-feed.ts';
import { noteChanges } from '../pushlog/noting-store.ts';
import { createPushLog } from '../pushlog/push-log.ts';
import type { InFlightMarks } from '../store/in-flight.ts';
import type { RegisteredChannel, Store } from '../store/store.ts';
import { type Lang, texts } from '../texts/texts.ts';
import { createChannelDirectory } from './channel-directory.ts';
import { createLaneEvents } from './lane-events.ts';
import { openFileLimit } from './open-file-limit.ts';
import { createPreview } from './preview.ts';

/** Where scripts/build-pages.ts writes. */
const PAGES_FOLDER = join(import.meta.dirname, '../../build/pages');

export interface AppDeps {
  readonly config: Config;
  /** Open; the app does not close it. */
  readonly store: Store;
  readonly inFlight: InFlightMarks;
  readonly logger: Logger;
  readonly lang: Lang;
  readonly version: string;
}

export interface App {
  /** Where the API can be reached from this machine: `http://127.0.0.1:39270`. */
  readonly url: string;
  /** New requests get 503, attempts in flight get `delivery.shutdown_grace`, the rest stays queued. */
  stop(): Promise<void>;
}

/** Wires the rooms: the one place that picks implementations. What it starts, `stop` ends in reverse. */
export async function startApp(deps: AppDeps): Promise<App> {
  const { config, inFlight, logger, lang, version } = deps;
  const clock = systemClock;
  const newId = createIds();
  const feed = createChangeFeed({
    store: deps.store,
    clock,
    epoch: newId(clock.wallMs()),
    onTrouble: (error) =>
      logger.warn('api', texts[lang].api.storeFailed, {
        error: messageOf(error),
      }),
  });
  const store = noteChanges(deps.store, feed);
  const metrics = createMetrics();
  const transport = createTransport();
  const pages = Promise.withResolvers<PageFiles | null>();
  let stopping = false;
  let dispatcher: Dispatcher | null = null;

  const refs = await store.registerChannels(
    config.channels.map((channel) => ({
      name: channel.name,
      providerId: channel.providerId,
      endpointHash: endpointHash(providerOf(channel), channel.endpoint.url),
    })),
  );
  const channels = config.channels.map((channel, index) => {
    const ref = refs[index];
    if (ref === undefined) throw new Error(`channel ${channel.name} cannot be wired`);
    const provider = providerOf(channel);
    const { timeoutMs } = config.delivery;
    const { textLimit } = provider;
    return {
      ...channel,
      ref,
      textLimit,
      sender: createChannel(channel, { provider, clock, transport, timeoutMs }),
    };
  });

  // A counter that appears with its first failure has no rate for it.
  for (const { ref } of channels) metrics.failed.inc({ channel: ref.name }, 0);
  const recipients = channels.map(({ ref, tags }) => ({ ...ref, tags }));
  const accept = createAccept({
    store,
    clock,
    newId,
    logger,
    lang,
    recipients,
    wake: (channelIds) => dispatcher?.wakeForWork(channelIds),
    onAccepted: () => metrics.accepted.inc(),
    isStopping: () => stopping,
  });
  const resend = createResend({
    store,
    logger,
    lang,
    channels: refs,
    wake(channelIds) {
      metrics.resent.inc(channelIds.length);
      dispatcher?.wakeForWork(channelIds);
    },
  });
  const directory = createChannelDirectory(channels, {
    store,
    clock,
    wake: (channelIds) => dispatcher?.wake(channelIds),
  });
  const server = await createHttpServer({
    accept,
    resend,
    preview: createPreview(channels, createResolveRecipients(recipients)),
    channels: directory,
    feed,
    pushLog: createPushLog(store),
    countOpen: () => countOpenOfAll(config, store),
    countDeliveries: store.countDeliveries,
    isReady: () => store.isWritable(),
    isStopping: () => stopping,
    api: config.api,
    newId,
    clock,
    logger,
    lang,
    metrics,
    version,
    pages: pages.promise,
  });
  const startLanes = () =>
    startDispatcher({
      store,
      inFlight,
      lanes: channels.map(({ ref, sender, windows, ordered, onUncertain }) => ({
        ref,
        sender,
        windows,
        ordered,
        policy: { retry: config.delivery.retry, onUncertain },
      })),
      maxInFlight: openFileLimit() / 2,
      defaultPolicy: { retry: config.delivery.retry, onUncertain: config.delivery.onUncertain },
      clock,
      random: Math.random,
      events: createLaneEvents(logger, lang, metrics),
    });
  const releaseAll = async () => {
    await server.close();
    transport.close();
  };

  try {
    const [address] = await server.listen();
    const url = urlOf(address);
    const started = await startLanes();
    dispatcher = started;
    // Only now: messages need no pages, and do not wait until they are read.
    pages.resolve(readPages(logger, lang));
    await reportLeftovers({ config, store, logger, lang }, refs, started.interrupted).catch(
      (error: unknown) =>
        logger.warn('store', texts[lang].service.leftoversUnread, {
          [texts[lang].service.reason]: messageOf(error),
        }),
    );
    return {
      url,
      async stop() {
        stopping = true;
        await started.stop(config.delivery.shutdownGraceMs, () => transport.close());
        await releaseAll();
      },
    };
  } catch (error) {
    pages.reject(error);
    await releaseAll();
    throw error;
  }
}

async function readPages(logger: Logger, lang: Lang): Promise<PageFiles | null> {
  try {
    const { readPageFiles } = await import('../http/page-files.ts');
    return await readPageFiles(PAGES_FOLDER);
  } catch (error) {
    const { pagesUnreadable, reason } = texts[lang].service;
    logger.error('postpoint', pagesUnreadable, {
      [reason]: messageOf(error),
    });
    throw error;
  }
}

/** As a program on this machine reaches it. */
function urlOf(address: AddressInfo | undefined): string {
  if (address === undefined) throw new Error('the API listens nowhere');
  const isAny = address.address === '::' || address.address === '0.0.0.0';
  const host = isAny ? '127.0.0.1' : address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}

/** Says what an earlier run left behind, where a person may want to look. */
async function reportLeftovers(
  { config, store, logger, lang }: Pick<AppDeps, 'config' | 'store' | 'logger' | 'lang'>,
  refs: readonly RegisteredChannel[],
  interrupted: Interrupted,
): Promise<void> {
  const say = texts[lang].service;
  const { unknown, recovered, notSent } = interrupted;
  if (unknown + recovered + notSent > 0) {
    logger.warn('postpoint', say.interrupted, {
      [say.interruptedUnknown]: unknown,
      [say.interruptedRecovered]: recovered,
      [say.interruptedNotSent]: notSent,
    });
  }
  const held = new Map((await store.listHeldEndpoints()).map((endpoint) => [endpoint.endpointId, endpoint]));
  for (const { name, endpointId, moved } of refs) {
    if (moved > 0) logger.warn(name, say.channelTookOver, { [say.count]: moved });
    const { stoppedAtMs = null, reason } = held.get(endpointId) ?? {};
    if (stoppedAtMs !== null) logger.error(name, say.channelStopped, { [say.reason]: reason?.[lang] ?? '' });
  }
  const configured = new Set(config.channels.map(({ name }) => name));
  if ((await store.listWaitingChannels()).every((name) => configured.has(name))) return;
  for (const { channel, count } of await store.countOpen()) {
    if (!configured.has(channel)) logger.warn(channel, say.channelNotConfigured, { [say.waiting]: count });
  }
}

/** Queue depths, with a 0 for each channel that has nothing to do. */
async function countOpenOfAll(
  { channels }: Config,
  store: Store,
): Promise<{ channel: string; count: number }[]> {
  const open = new Map((await store.countOpen()).map(({ channel, count }) => [channel, count]));
  const names = new Set([...channels.map(({ name }) => name), ...open.keys()]);
  return [...names].map((channel) => ({ channel, count: open.get(channel) ?? 0 }));
}
