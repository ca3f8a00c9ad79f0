import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchProgram } from '../program.ts';
import { goalsTable } from '../support/goals.ts';
import { startHelper } from '../support/helper-process.ts';
import { measureInTurn, spread } from '../support/rounds.ts';
import { postpoint } from '../support/subjects.ts';

const LIMITS = [
  {
    name: 'second',
    maxSends: 10,
    windowMs: 1_000,
    limits: 'rate_limit.rate.frequency = 10\nrate_limit.minute.burst = 0',
  },
  {
    name: 'minute',
    maxSends: 60,
    windowMs: 60_000,
    limits: 'rate_limit.rate.frequency = 0\nrate_limit.minute.burst = 60',
  },
];
/** Faster than either limit: messages always wait. */
const PER_SECOND = 15;
/** A minute's window ends in it, with some time for what follows. */
const WATCH_MS = 65_000;

export const pace: BenchProgram = {
  name: 'pace',
  about: 'how much of its allowed rate a saturated limited channel uses, and that no window holds more',
  async run(context) {
    context.say(`each round watches for ${WATCH_MS / 1_000} s, whatever --measure-ms says`);
    const watched = await measureInTurn(context, [{ name: 'PostPoint', measure: watchOnce }]);
    const rounds = watched.PostPoint ?? [];
    const rows = LIMITS.map(({ name, maxSends, windowMs }) => [
      `${maxSends} in ${windowMs / 1_000} s`,
      spread(rounds, (round) => useOf(round, name).arrived),
      spread(rounds, (round) => useOf(round, name).share, 3),
      Math.min(...rounds.map((round) => useOf(round, name).shortestMs)).toFixed(1),
    ]);
    const head = ['limit', 'arrived', 'share used', 'as many as the limit and one more took at least, ms'];
    const leastShare = (round: Watched) => Math.min(...Object.values(round).map(({ share }) => share));
    const goals = goalsTable({ pace: spread(rounds, leastShare, 3) });
    return { kind: 'measured', tables: [goals, { title: 'Limits', head, rows }], rounds: watched };
  },
};

/** By the name of the limit. */
type Watched = Readonly<Record<string, Use>>;

interface Use {
  readonly arrived: number;
  readonly share: number;
  readonly shortestMs: number;
}

const useOf = (round: Watched, name: string): Use =>
  round[name] ?? { arrived: 0, share: Number.NaN, shortestMs: Number.NaN };

async function watchOnce(): Promise<Watched> {
  const receiver = await startTimekeeper();
  const load = startHelper(join(import.meta.dirname, '../processes/load.ts'));
  const channels = LIMITS.map(({ name, limits }) => ({ name, limits, url: `${receiver.url}/${name}` }));
  const service = await postpoint('PostPoint', { channels }).start();
  try {
    await load.ask({
      kind: 'start',
      load: { url: service.url, connections: 4, perSecond: PER_SECOND, to: [] },
    });
    await sleep(WATCH_MS);
  } finally {
    await load.end();
    await service.stop();
    receiver.close();
  }
  return Object.fromEntries(
    LIMITS.map(({ name, maxSends, windowMs }) => [
      name,
      measureUse(receiver.arrivalsOf(name), maxSends, windowMs),
    ]),
  );
}

/**
 * At the limit, each request comes one window after the one that is `maxSends` before it. What it comes later is unused;
 * a request that comes earlier is one too many.
 */
function measureUse(arrivalsMs: readonly number[], maxSends: number, windowMs: number): Use {
  const gaps = arrivalsMs.slice(maxSends).map((atMs, index) => atMs - (arrivalsMs[index] ?? Number.NaN));
  const meanMs = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  return { arrived: arrivalsMs.length, share: windowMs / meanMs, shortestMs: Math.min(...gaps) };
}

/** A receiver that notes when each request was there, by path. */
async function startTimekeeper() {
  const arrivals = new Map<string, number[]>();
  const server = createServer((request, response) => {
    const name = request.url?.slice(1) ?? '';
    arrivals.set(name, [...(arrivals.get(name) ?? []), performance.now()]);
    request.resume().on('end', () => response.writeHead(204).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    arrivalsOf: (name: string) => arrivals.get(name) ?? [],
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
