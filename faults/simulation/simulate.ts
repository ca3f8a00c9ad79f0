import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Accept, createAccept } from '../../src/accept/accept.ts';
import { createChannel } from '../../src/channel/channel.ts';
import type { Transport } from '../../src/channel/transport.ts';
import type { ChannelConfig } from '../../src/core/channel-config.ts';
import { createIds } from '../../src/core/ids.ts';
import { Secret } from '../../src/core/secret.ts';
import { startDispatcher } from '../../src/dispatch/dispatcher.ts';
import type { LaneEvents } from '../../src/dispatch/run-lane.ts';
import type { Logger } from '../../src/log/logger.ts';
import { findProvider } from '../../src/providers/registry.ts';
import { openInFlightFile } from '../../src/store/in-flight-file.ts';
import { openInlineStore } from '../../src/store/sqlite/inline-store.ts';
import { type Store, StoreError } from '../../src/store/store.ts';
import { createSimulatedClock, type SimulatedClock } from '../../test/support/simulated-clock.ts';
import type { Arrival, CheckedChannel, DriverLedger, Ledgers } from '../check/ledgers.ts';
import { createRandom, type SeededRandom } from '../support/random.ts';
import { readWholeLog } from '../support/read-log.ts';
import { createReceivers, type Receivers } from './receivers.ts';

const HOUR_MS = 3_600_000;
const TIMEOUT_MS = 10_000;

/** A channel of the simulation, with the provider whose protocol its receiver speaks. */
export interface SimulatedChannel extends CheckedChannel {
  readonly providerId: string;
}

/** The ledgers of a day, and what was done to the service. */
export interface SimulatedDay extends Ledgers {
  readonly faults: { readonly crashes: number; readonly storeFaults: number; readonly lostAnswers: number };
}

export const CHANNELS: readonly SimulatedChannel[] = [
  {
    name: 'wecom',
    providerId: 'workweixin_bot',
    ordered: true,
    endpoint: 'wecom',
    perMinute: 18,
    perSecond: 1,
  },
  {
    name: 'feishu',
    providerId: 'feishu_bot',
    ordered: false,
    endpoint: 'feishu',
    perMinute: 98,
    perSecond: 4,
  },
  {
    name: 'discord',
    providerId: 'discord_bot',
    ordered: false,
    endpoint: 'discord',
    perMinute: 28,
    perSecond: 2,
  },
  { name: 'hook-a', providerId: 'webhook', ordered: false, endpoint: 'hook', perMinute: 0, perSecond: 10 },
  { name: 'hook-b', providerId: 'webhook', ordered: false, endpoint: 'hook', perMinute: 0, perSecond: 10 },
];

export interface SimulationOptions {
  readonly seed: number;
  readonly hours: number;
  /** false: the process is never killed, so that no start mends what it has forgotten. Default true. */
  readonly crashes?: boolean;
}

/**
 * A day in the life of the service, in about a second: the real accept, store, dispatcher, channels and providers on a
 * simulated clock, with receivers that are slow, busy, cut off or gone, a disk that fills up, clocks that jump, and a
 * process that is killed at random moments. The same seed gives the same day.
 */
export async function simulate({ seed, hours, crashes = true }: SimulationOptions): Promise<SimulatedDay> {
  const folder = mkdtempSync(join(tmpdir(), 'postpoint-simulation-'));
  try {
    return await runDay(join(folder, 'day.db'), createRandom(seed), hours * HOUR_MS, crashes);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runDay(
  path: string,
  random: SeededRandom,
  dayMs: number,
  crashes: boolean,
): Promise<SimulatedDay> {
  const clock = createSimulatedClock();
  const faults = { crashes: 0, storeFaults: 0, lostAnswers: 0 };
  const arrivals: Arrival[] = [];
  const receivers = createReceivers({
    clock,
    random,
    dayMs,
    channels: CHANNELS,
    arrivals,
    timeoutMs: TIMEOUT_MS,
  });
  const diskFull = timesOfTrouble(random, dayMs, 3, 60_000, 600_000);
  const isDiskFull = () =>
    diskFull.some(([from, to]) => clock.monotonicMs() >= from && clock.monotonicMs() < to);
  const onStoreCommand = () => {
    if (!isDiskFull() && !random.chance(0.001)) return;
    faults.storeFaults++;
    throw new StoreError('unavailable', 'disk full');
  };

  /** The store works until the process has started: what a start does without it, `badfile` and `iofault` look at. */
  const start = async () => {
    const process = await startProcess({
      path,
      clock,
      random,
      receivers,
      channels: CHANNELS,
      onStoreCommand: () => undefined,
    });
    process.setOnStoreCommand(onStoreCommand);
    return process;
  };
  let running = await start();
  const driver = startDriver(clock, random, dayMs, () => running.accept);

  let nextCrashMs = crashes ? random.between(0, HOUR_MS) : dayMs;
  while (clock.monotonicMs() < dayMs) {
    await clock.advance(Math.min(nextCrashMs, dayMs) - clock.monotonicMs());
    if (clock.monotonicMs() >= dayMs) break;
    running.kill();
    faults.crashes++;
    // A clock that is set forward while the machine itself starts anew is beyond what anything on it can tell.
    const machineToo = random.chance(0.3);
    if (machineToo) clock.restart();
    if (random.chance(0.3)) clock.stepWall(random.between(-2 * HOUR_MS, machineToo ? 0 : 2 * HOUR_MS));
    await clock.advance(random.between(50, 5_000));
    running = await start();
    nextCrashMs = clock.monotonicMs() + random.between(10 * 60_000, 4 * HOUR_MS);
  }

  receivers.heal();
  diskFull.length = 0;
  await comeToRest(clock, running.store);
  const log = await readWholeLog(running.store);
  running.kill();
  faults.lostAnswers = receivers.lostAnswers();
  return { driver, arrivals, log, channels: CHANNELS, output: '', secrets: [], faults };
}

interface ProcessOptions {
  readonly path: string;
  readonly clock: SimulatedClock;
  readonly random: SeededRandom;
  readonly receivers: Pick<Receivers, 'receive'>;
  readonly channels: readonly SimulatedChannel[];
  readonly onStoreCommand: () => void;
}

/** The service between its start and the moment it is killed: after that none of its promises is ever kept. */
export async function startProcess(options: ProcessOptions) {
  const { path, clock, random, receivers, channels, onStoreCommand } = options;
  let alive = true;
  let beforeCommand = onStoreCommand;
  const { boot } = clock;
  const inner = openInlineStore({ path, clock, boot, durable: false, beforeCommand: () => beforeCommand() });
  const inFlight = openInFlightFile({
    path: `${path}.inflight`,
    clock,
    boot,
    onTrouble(error) {
      throw error;
    },
  });
  const store = mortal(inner, () => alive);
  const transport: Transport = {
    send: (request, { onLeaving = () => undefined }) =>
      receivers.receive({
        url: request.url,
        body: request.body ?? '',
        onLeaving,
        isSenderAlive: () => alive,
      }),
  };
  const refs = await store.registerChannels(
    channels.map(({ name, providerId, endpoint }) => ({ name, providerId, endpointHash: endpoint })),
  );
  const lanes = channels.map((channel, index) => {
    const provider = findProvider(channel.providerId);
    const ref = refs[index];
    if (provider === undefined || ref === undefined) throw new Error(`no provider ${channel.providerId}`);
    const config = configOf(channel);
    return {
      ref,
      sender: createChannel(config, { provider, clock, transport, timeoutMs: TIMEOUT_MS }),
      windows: config.windows,
      ordered: channel.ordered,
      policy: POLICY,
    };
  });
  const dispatcher = await startDispatcher({
    store,
    inFlight,
    lanes,
    maxInFlight: 1_000,
    defaultPolicy: POLICY,
    clock,
    random: random.next,
    events: SILENT,
  });
  const accept = createAccept({
    store,
    clock,
    newId: createIds(random.next),
    logger: NO_LOGGER,
    lang: 'en',
    recipients: refs.map((ref) => ({ ...ref, tags: [] })),
    wake: dispatcher.wakeForWork,
    onAccepted: () => undefined,
    isStopping: () => false,
  });

  return {
    accept,
    store: inner,
    setOnStoreCommand(next: () => void) {
      beforeCommand = next;
    },
    kill() {
      if (!alive) return;
      alive = false;
      inFlight.close();
      void inner.close();
    },
  };
}

const POLICY = {
  retry: { count: 5, intervalMs: 10_000, factor: 2, jitter: true },
  onUncertain: 'retry',
} as const;

const SILENT: LaneEvents = {
  attemptEnded: () => undefined,
  failedUnsent: () => undefined,
  failedAtStart: () => undefined,
  storeTrouble: () => undefined,
  bug(channel, error) {
    throw new Error(`lane ${channel} has a bug`, { cause: error });
  },
};

const NO_LOGGER: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

const never = new Promise<never>(() => undefined);

/** A store whose answers reach nobody once the process is dead. */
function mortal(store: Store, isAlive: () => boolean): Store {
  const guard =
    <Arguments extends unknown[], Result>(method: (...args: Arguments) => Promise<Result>) =>
    async (...args: Arguments): Promise<Result> => {
      if (!isAlive()) return never;
      const settled = await method(...args).then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      );
      if (!isAlive()) return never;
      if ('error' in settled) throw settled.error;
      return settled.value;
    };
  return {
    ...store,
    registerChannels: guard(store.registerChannels),
    accept: guard(store.accept),
    takeTurns: guard(store.takeTurns),
    recordAttempt: guard(store.recordAttempt),
    listInterrupted: guard(store.listInterrupted),
  };
}

/** Addresses of each platform's shape; the host names the channel. */
const PATHS: Readonly<Record<string, string>> = {
  workweixin_bot: '/cgi-bin/webhook/send?key=00000000-0000-0000-0000-000000000000',
  feishu_bot: '/open-apis/bot/v2/hook/00000000-0000-0000-0000-000000000000',
  discord_bot: '/api/webhooks/1/token',
  webhook: '/',
};

function configOf({ name, providerId, ordered, perMinute, perSecond }: SimulatedChannel): ChannelConfig {
  const window = (maxSends: number, windowMs: number) => (maxSends === 0 ? [] : [{ maxSends, windowMs }]);
  return {
    name,
    providerId,
    endpoint: {
      url: new Secret(`https://${name}.example${PATHS[providerId]}`),
      secret: null,
      method: 'POST',
      contentType: 'json',
      headers: [],
    },
    windows: [...window(perMinute, 60_000), ...window(perSecond, 1_000)],
    proxy: null,
    tags: [],
    overflow: 'split',
    ordered,
    onUncertain: 'retry',
  };
}

/** A key names a message for two minutes; an honest client does not use it for longer. */
const KEY_USED_MS = 110_000;

/** Clients that post all day, in a steady trickle and in storms, and repeat what got no answer with the same key. */
function startDriver(
  clock: SimulatedClock,
  random: SeededRandom,
  dayMs: number,
  accept: () => Accept,
): DriverLedger {
  const ledger: DriverLedger = { accepted: new Map(), idsOfKey: new Map() };
  let count = 0;

  async function postUntilAnswered(token: string, key: string, giveUpMs: number): Promise<void> {
    const text = `${token} 告警：服务 API-Gateway 错误率 > 5% & 上升`;
    while (clock.monotonicMs() < giveUpMs) {
      const answer = await Promise.race([
        accept()({ text, to: null, requestId: key }),
        clock.wait(5_000).then(() => null),
      ]);
      if (answer?.kind === 'accepted') {
        ledger.accepted.set(answer.messageId, { token, key });
        ledger.idsOfKey.set(key, (ledger.idsOfKey.get(key) ?? new Set()).add(answer.messageId));
        return;
      }
      await clock.wait(1_000);
    }
  }

  async function client(fromMs: number, messages: number, gapMs: number): Promise<void> {
    await clock.wait(fromMs);
    for (let sent = 0; sent < messages; sent++) {
      const n = ++count;
      const [token, key] = [`m${n}m`, `key-${n}`];
      const giveUpMs = clock.monotonicMs() + KEY_USED_MS;
      void postUntilAnswered(token, key, giveUpMs).then(async () => {
        if (!random.chance(0.05)) return;
        await clock.wait(random.between(0, 60_000));
        await postUntilAnswered(token, key, giveUpMs);
      });
      await clock.wait(random.between(0, 2 * gapMs));
    }
  }

  const trickle = Math.floor(dayMs / 180_000);
  void client(0, trickle, 180_000);
  for (const [fromMs] of timesOfTrouble(random, dayMs, 3, 1, 2)) void client(fromMs, 60, 200);
  return ledger;
}

/** `count` stretches of time within the day, each between `minMs` and `maxMs` long. */
function timesOfTrouble(
  random: SeededRandom,
  dayMs: number,
  count: number,
  minMs: number,
  maxMs: number,
): [number, number][] {
  return Array.from({ length: count }, () => {
    const fromMs = random.between(0, dayMs);
    return [fromMs, fromMs + random.between(minMs, maxMs)];
  });
}

async function comeToRest(clock: SimulatedClock, store: Store): Promise<void> {
  for (let hour = 0; hour < 48; hour++) {
    await clock.advance(HOUR_MS);
    if ((await store.countOpen()).length === 0) return;
  }
}
