import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TransportResult } from '../../src/channel/transport.ts';
import { createSimulatedClock } from '../../test/support/simulated-clock.ts';
import type { Arrival } from '../check/ledgers.ts';
import { createRandom } from '../support/random.ts';
import type { SimulatedRequest } from './receivers.ts';
import { type SimulatedChannel, startProcess } from './simulate.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The backlog of each channel is filled up to here, this often. */
const BACKLOG = 400;
const FILL_EVERY_MS = 10_000;
const MAX_LATENCY_MS = 3_000;

/** Which way the wall clock is set while nobody looks. */
export type Steps = 'any_while_running' | 'back_while_down' | 'forward_while_down';

export interface Saturation {
  readonly arrivals: readonly Arrival[];
  /** Time in which a process ran. */
  readonly upMs: number;
  /** Mean time of a request at the receiver. */
  readonly meanLatencyMs: number;
  readonly restarts: number;
  readonly steps: number;
}

export interface SaturateOptions {
  readonly seed: number;
  readonly hours: number;
  readonly channels: readonly SimulatedChannel[];
  readonly steps: Steps;
}

/**
 * Channels that never run dry: the real accept, store, dispatcher and channels on a simulated clock, receivers that take
 * 0 to 3 s, a process that is killed every few minutes, and a wall clock that is set by an hour or a day.
 */
export async function saturate(options: SaturateOptions): Promise<Saturation> {
  const folder = mkdtempSync(join(tmpdir(), 'postpoint-saturate-'));
  try {
    return await run(join(folder, 'rate.db'), options);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run(path: string, { seed, hours, channels, steps }: SaturateOptions): Promise<Saturation> {
  const random = createRandom(seed);
  const clock = createSimulatedClock();
  const arrivals: Arrival[] = [];
  const never = new Promise<never>(() => undefined);
  let latencySumMs = 0;

  async function receive(request: SimulatedRequest): Promise<TransportResult> {
    const { url, body, onLeaving, isSenderAlive } = request;
    onLeaving('now');
    const channel = new URL(url).hostname.replace('.example', '');
    const token = /m\d+m/.exec(body)?.[0] ?? 'no token';
    const latencyMs = random.between(0, MAX_LATENCY_MS);
    const outMs = latencyMs * random.next();
    latencySumMs += latencyMs;
    await clock.wait(outMs);
    if (!isSenderAlive()) return never;
    arrivals.push({ channel, token, part: 0, atMs: clock.monotonicMs(), taken: true });
    await clock.wait(latencyMs - outMs);
    if (!isSenderAlive()) return never;
    return { kind: 'answer', answer: { httpStatus: 204, headers: {}, body: '', complete: true } };
  }

  const start = () =>
    startProcess({ path, clock, random, receivers: { receive }, channels, onStoreCommand: () => undefined });
  let running = await start();
  let [upMs, restarts, stepCount, messages] = [0, 0, 0, 0];

  async function fill(): Promise<void> {
    const open = new Map((await running.store.countOpen()).map(({ channel, count }) => [channel, count]));
    for (const { name } of channels) {
      for (let missing = BACKLOG - (open.get(name) ?? 0); missing > 0; missing--) {
        await running.accept({ text: `m${++messages}m`, to: [name], requestId: null });
      }
    }
  }

  while (clock.monotonicMs() < hours * HOUR_MS) {
    const lifeMs = random.between(30_000, 600_000);
    for (let lived = 0; lived < lifeMs; lived += FILL_EVERY_MS) {
      await fill();
      await clock.advance(FILL_EVERY_MS);
      upMs += FILL_EVERY_MS;
      if (steps === 'any_while_running' && random.chance(0.1)) {
        clock.stepWall((random.chance(0.5) ? 1 : -1) * (random.chance(0.5) ? HOUR_MS : DAY_MS));
        stepCount++;
      }
    }
    running.kill();
    restarts++;
    if (steps !== 'any_while_running') {
      const direction = steps === 'forward_while_down' ? 1 : -1;
      clock.stepWall(direction * (random.chance(0.5) ? HOUR_MS : DAY_MS));
      stepCount++;
    }
    await clock.advance(random.between(50, 2_000));
    running = await start();
  }
  running.kill();
  return {
    arrivals,
    upMs,
    meanLatencyMs: latencySumMs / Math.max(1, arrivals.length),
    restarts,
    steps: stepCount,
  };
}
