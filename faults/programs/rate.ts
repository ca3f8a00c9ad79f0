import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { createWorkplace, postText, startService } from '../../test/support/service.ts';
import { windowsOverLimit } from '../check/invariants.ts';
import type { Arrival, CheckedChannel } from '../check/ledgers.ts';
import type { FaultContext, FaultProgram } from '../program.ts';
import { type Saturation, type Steps, saturate } from '../simulation/saturate.ts';
import type { SimulatedChannel } from '../simulation/simulate.ts';
import { createFakeTime, type FakeTime } from '../support/faketime.ts';
import type { SeededRandom } from '../support/random.ts';
import { startReceivers } from '../support/receivers.ts';

/** A backlog uses at least this share of what a limit allows, the receiver's own time aside. */
const MIN_SHARE = 0.9;

const webhook = { providerId: 'webhook', ordered: false } as const;
const SIMULATED: readonly SimulatedChannel[] = [
  { ...webhook, name: 'slow', endpoint: 'slow', perMinute: 18, perSecond: 1 },
  { ...webhook, name: 'middle', endpoint: 'middle', perMinute: 98, perSecond: 4 },
  { ...webhook, name: 'minute', endpoint: 'minute', perMinute: 28, perSecond: 0 },
  { ...webhook, name: 'hook-a', endpoint: 'hook', perMinute: 0, perSecond: 5 },
  { ...webhook, name: 'hook-b', endpoint: 'hook', perMinute: 0, perSecond: 5 },
];
const STEPS: readonly Steps[] = ['any_while_running', 'back_while_down', 'forward_while_down'];

/** As the receivers name them: `both` is the endpoint of two channels. */
const REAL: readonly CheckedChannel[] = [
  { name: 'paced', ordered: false, endpoint: 'paced', perMinute: 0, perSecond: 10 },
  { name: 'both', ordered: false, endpoint: 'both', perMinute: 100, perSecond: 5 },
];
const MAX_REAL_LATENCY_MS = 300;
/** A life of a few seconds says nothing about how well a limit is used. */
const JUDGED_FROM_UP_MS = 30_000;
const OFFSETS_SECONDS = [3_600, -3_600, 86_400, -86_400, 0];

interface Part {
  readonly value: string;
  readonly broken: readonly string[];
}

export const rate: FaultProgram = {
  name: 'rate',
  about:
    'backlogs under kills and clocks that jump: no window over its limit at the receiver, and the limit is used',
  async run(context) {
    const parts: Part[] = [];
    for (const steps of STEPS) parts.push(await simulated(steps, context));
    parts.push(...(await real(context)));
    return {
      kind: 'measured',
      value: parts.map(({ value }) => value).join('; '),
      bound: `0 windows over their limit, >= ${MIN_SHARE * 100} % used`,
      broken: parts.flatMap(({ broken }) => broken),
    };
  },
};

async function simulated(steps: Steps, { seed, full }: FaultContext): Promise<Part> {
  const hours = full ? 12 : 0.5;
  const run = await saturate({ seed, hours, channels: SIMULATED, steps });
  const where = `simulated, clock ${steps.replaceAll('_', ' ')}`;
  const shares = sharesOf(SIMULATED, run);
  return {
    value: `${where}: ${run.arrivals.length} requests in ${hours} h, ${run.restarts} kills, ${run.steps} steps, least used ${percent(leastOf(shares))}`,
    broken: [...windowsOverLimit({ arrivals: run.arrivals, channels: SIMULATED }), ...unused(shares)].map(
      (sentence) => `${where}: ${sentence}`,
    ),
  };
}

/** What share of the reachable rate each endpoint got: a slot is held for the time of its request and one window more. */
function sharesOf(
  channels: readonly CheckedChannel[],
  { arrivals, upMs, meanLatencyMs }: Pick<Saturation, 'arrivals' | 'upMs' | 'meanLatencyMs'>,
): Map<string, number> {
  const endpointOf = new Map(channels.map(({ name, endpoint }) => [name, endpoint]));
  return new Map(
    channels.map(({ endpoint, perMinute, perSecond }) => {
      const count = arrivals.filter(({ channel }) => endpointOf.get(channel) === endpoint).length;
      const reachable = Math.min(
        ...[[perMinute, 60_000] as const, [perSecond, 1_000] as const].map(([limit, windowMs]) =>
          limit === 0 ? Number.POSITIVE_INFINITY : (limit * upMs) / (windowMs + meanLatencyMs),
        ),
      );
      return [endpoint, count / reachable];
    }),
  );
}

function leastOf(shares: ReadonlyMap<string, number>): number {
  return Math.min(...shares.values());
}

function unused(shares: ReadonlyMap<string, number>): string[] {
  return [...shares]
    .filter(([, share]) => share < MIN_SHARE)
    .map(([endpoint, share]) => `used: ${endpoint} got ${percent(share)} of its limit`);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** The real command, killed again and again; its clock is set where libfaketime is there to do it. */
async function real(context: FaultContext): Promise<Part[]> {
  const { full, say } = context;
  const kinds = ['back_while_down', 'forward_while_down'] as const;
  const seconds = full ? 90 : 8;
  const parts: Part[] = [];
  for (const kind of kinds) parts.push(await realWith(kind, seconds, context));
  if (parts.some(({ value }) => value.includes('no clock steps')))
    say('clock steps in real processes: not run, no libfaketime');
  return parts;
}

async function realWith(
  kind: 'back_while_down' | 'forward_while_down',
  seconds: number,
  { random }: FaultContext,
): Promise<Part> {
  let latencySumMs = 0;
  const receivers = await startReceivers((_request, response) => {
    const latencyMs = random.between(0, MAX_REAL_LATENCY_MS);
    latencySumMs += latencyMs;
    answerLater(response, latencyMs);
    return { taken: true };
  });
  const workplace = createWorkplace(`
api.port = 0
delivery.retry.interval = 0.1
[channel.paced]
provider = "webhook"
endpoint.url = "${receivers.urlOf('paced')}"
[channel.both-a]
provider = "webhook"
endpoint.url = "${receivers.urlOf('both')}"
rate_limit.minute.burst = 100
rate_limit.rate.frequency = 5
[channel.both-b]
provider = "webhook"
endpoint.url = "${receivers.urlOf('both')}"
rate_limit.minute.burst = 100
rate_limit.rate.frequency = 5
`);
  const fakeTime = createFakeTime(workplace.folder);
  const start = () => startService(workplace, ['serve'], fakeTime?.env ?? {});
  try {
    let service = await start();
    await fillBacklog(service.url, seconds * 15);
    let [upMs, kills, steps] = [0, 0, 0];
    const arrivalsBefore = receivers.arrivals.length;
    const endMs = performance.now() + seconds * 1_000;
    while (performance.now() < endMs) {
      const upSinceMs = performance.now();
      await sleep(random.between(1_000, 3_000));
      steps += step(fakeTime, random, 'any_while_running');
      await sleep(random.between(500, 1_000));
      upMs += performance.now() - upSinceMs;
      await service.end('SIGKILL');
      kills++;
      steps += step(fakeTime, random, kind);
      service = await start();
    }
    await service.end('SIGKILL');
    const arrivals: readonly Arrival[] = receivers.arrivals;
    const meanLatencyMs = latencySumMs / Math.max(1, arrivals.length);
    const paced = sharesOf(REAL.slice(0, 1), {
      arrivals: arrivals.slice(arrivalsBefore),
      upMs,
      meanLatencyMs,
    });
    const where = `real, clock ${fakeTime === null ? 'not set' : kind.replaceAll('_', ' ')}`;
    const how = fakeTime === null ? 'no clock steps' : `${steps} steps`;
    return {
      value: `${where}: ${arrivals.length} requests, ${kills} kills, ${how}, used ${percent(leastOf(paced))}`,
      broken: [
        ...windowsOverLimit({ arrivals, channels: REAL }),
        ...(upMs < JUDGED_FROM_UP_MS ? [] : unused(paced)),
      ].map((sentence) => `${where}: ${sentence}`),
    };
  } finally {
    await receivers.close();
    workplace.remove();
  }
}

function answerLater(response: ServerResponse, latencyMs: number): void {
  setTimeout(() => response.writeHead(204).end(), latencyMs);
}

/** How far the wall clock is set off is kept here between two steps, so that `back` is never forward. */
const offsets = new WeakMap<FakeTime, number>();

/** @returns how many steps were made: 0 or 1. */
function step(fakeTime: FakeTime | null, random: SeededRandom, kind: Steps): number {
  if (fakeTime === null) return 0;
  const change = OFFSETS_SECONDS[Math.floor(random.between(0, OFFSETS_SECONDS.length))] ?? 0;
  const wanted =
    kind === 'any_while_running' ? change : kind === 'back_while_down' ? -Math.abs(change) : Math.abs(change);
  const offset = (offsets.get(fakeTime) ?? 0) + wanted;
  offsets.set(fakeTime, offset);
  fakeTime.setOffset(offset);
  return wanted === 0 ? 0 : 1;
}

async function fillBacklog(url: string, messages: number): Promise<void> {
  let count = 0;
  const client = async () => {
    while (count < messages) {
      const { status } = await postText(url, { msg: `m${++count}m` });
      if (status !== 200) throw new Error(`a message was answered with ${status}`);
    }
  };
  await Promise.all(Array.from({ length: 16 }, client));
}
