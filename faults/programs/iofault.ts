import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createWorkplace,
  type RunningService,
  startService,
  type Workplace,
} from '../../test/support/service.ts';
import { brokenPromises } from '../check/invariants.ts';
import type { CheckedChannel } from '../check/ledgers.ts';
import type { FaultProgram } from '../program.ts';
import { type HonestClients, startHonestClients } from '../support/honest-clients.ts';
import { inParallel } from '../support/in-parallel.ts';
import { NO_ANSWER, NOT_CONNECTED } from '../support/post.ts';
import type { SeededRandom } from '../support/random.ts';
import { readLogOfFile } from '../support/read-log.ts';
import { type Receivers, startReceivers, takesAll } from '../support/receivers.ts';
import { straceCommand, straceMissing } from '../support/strace.ts';
import { untilNothingIsOpen } from '../support/until-rest.ts';

/** One call on one of the store's files that fails. */
interface FaultPoint {
  readonly syscall: string;
  readonly error: string;
  /** The how-manieth such call. */
  readonly nth: number;
  /** All calls from this one on fail too, until the service ends. */
  readonly lasting: boolean;
}

const ERRORS: Readonly<Record<string, readonly string[]>> = {
  openat: ['EIO', 'ENOSPC'],
  pread64: ['EIO'],
  pwrite64: ['EIO', 'ENOSPC'],
  fsync: ['EIO', 'ENOSPC'],
  ftruncate: ['EIO', 'ENOSPC'],
  unlink: ['EIO'],
};
const SYSCALLS = Object.keys(ERRORS);

/** Points of one kind in a full run at most; beyond that they are spread over all calls. */
const MAX_POINTS_OF_A_KIND = 120;
const SHORT_POINTS = 6;
const AT_ONCE = 2;

const CHANNELS: readonly CheckedChannel[] = [
  { name: 'plain', ordered: false, endpoint: 'plain', perMinute: 0, perSecond: 0 },
  { name: 'ordered', ordered: true, endpoint: 'ordered', perMinute: 0, perSecond: 0 },
];
const MESSAGES = 24;
/** Long texts let the log of writes come to its checkpoint within these few messages. */
const TEXT = 'x'.repeat(100_000);

/** Nothing may take longer: a start, a workload, a stop. */
const HANGS_AFTER_MS = 40_000;
/** How long a service works on a store that stays broken before it is told to stop. */
const LASTING_MS = 2_000;

export const iofault: FaultProgram = {
  name: 'iofault',
  about:
    'the nth read, write, sync, truncate, open or unlink of the store fails: no dishonest 200, no loss, no hang',
  async run({ random, full, say }) {
    const why = straceMissing();
    if (why !== null) return { kind: 'not_run', why };
    const counts = await countCalls();
    say(
      `calls of a run without a fault: ${[...counts].map(([name, count]) => `${name} ${count}`).join(', ')}`,
    );
    const points = full ? allPoints(counts, random) : somePoints(counts, random);
    const { broken, tally } = await failCalls(points, say);
    const { hit, recovered, stopped, refusedToStart } = tally;
    return {
      kind: 'measured',
      value: `${hit} faults: ${recovered} overcome, ${stopped} ended with exit code 1, ${refusedToStart} refused to start; ${broken.length} broken promises`,
      bound: '0 broken: no dishonest 200, no loss, no hang, no corruption',
      broken: hit > 0 ? broken : ['no fault was hit'],
    };
  },
};

/** Each fault in a life of its own, and what must hold after it. */
export async function failCalls(
  points: readonly FaultPoint[],
  say: (line: string) => void = () => undefined,
) {
  const broken: string[] = [];
  const tally = { hit: 0, recovered: 0, stopped: 0, refusedToStart: 0 };
  await inParallel(points, AT_ONCE, async (point) => {
    const found = await runPoint(point).catch(brokeDown);
    if (found.end !== 'not_hit') {
      tally.hit++;
      tally[found.end]++;
    }
    broken.push(...found.broken.map((sentence) => `${nameOf(point)}: ${sentence}`));
    if (tally.hit % 50 === 0) say(`${tally.hit} of ${points.length}`);
  });
  return { broken, tally };
}

function nameOf({ syscall, error, nth, lasting }: FaultPoint): string {
  return `${syscall} ${nth}${lasting ? '+' : ''} ${error}`;
}

function somePoints(counts: ReadonlyMap<string, number>, random: SeededRandom): FaultPoint[] {
  const pick = <T>(list: readonly T[]) => list[Math.floor(random.between(0, list.length))] as T;
  return Array.from({ length: SHORT_POINTS }, () => {
    const syscall = pick(SYSCALLS);
    const nth = 1 + Math.floor(random.between(0, counts.get(syscall) ?? 1));
    return { syscall, error: pick(ERRORS[syscall] ?? []), nth, lasting: random.chance(0.25) };
  });
}

function allPoints(counts: ReadonlyMap<string, number>, random: SeededRandom): FaultPoint[] {
  return SYSCALLS.flatMap((syscall) =>
    (ERRORS[syscall] ?? []).flatMap((error) => {
      const count = counts.get(syscall) ?? 0;
      const step = Math.max(1, count / MAX_POINTS_OF_A_KIND);
      return Array.from({ length: Math.ceil(count / step) }, (_, index) => ({
        syscall,
        error,
        nth: 1 + Math.min(count - 1, Math.floor((index + random.next()) * step)),
        lasting: random.chance(0.1),
      }));
    }),
  );
}

interface Scene {
  readonly workplace: Workplace;
  readonly receivers: Receivers;
  readonly clients: HonestClients;
  readonly traceFile: string;
  /** Where the clients send to; null: they wait. */
  service: RunningService | null;
}

async function withScene<T>(work: (scene: Scene) => Promise<T>): Promise<T> {
  const receivers = await startReceivers(takesAll());
  const workplace = createWorkplace(`
api.port = 0
delivery.retry.interval = 0.05
${CHANNELS.map(
  ({ name, ordered }) => `[channel.${name}]
provider = "webhook"
endpoint.url = "${receivers.urlOf(name)}"
ordered = ${ordered}
rate_limit.rate.frequency = 0`,
).join('\n')}
`);
  const scene: { service: RunningService | null } = { service: null };
  const clients = startHonestClients({
    url: () => scene.service?.url ?? 'http://127.0.0.1:9',
    clients: 3,
    gapMs: 0,
    text: (token) => `${token} ${TEXT}`,
    messages: MESSAGES,
  });
  try {
    return await work(
      Object.assign(scene, { workplace, receivers, clients, traceFile: join(workplace.folder, 'trace') }),
    );
  } finally {
    scene.service?.process.kill('SIGKILL');
    await clients.abandon();
    await receivers.close();
    workplace.remove();
  }
}

function tracer({ workplace, traceFile }: Scene, point: FaultPoint | null): string[] {
  const store = join(workplace.folder, 'data/postpoint.db');
  const files = ['', '-wal', '-shm', '-journal', '.lock'].map((suffix) => `${store}${suffix}`);
  return straceCommand({
    traceFile,
    syscalls: SYSCALLS,
    paths: [...files, join(workplace.folder, 'data')],
    inject:
      point === null
        ? []
        : [`${point.syscall}:error=${point.error}:when=${point.nth}${point.lasting ? '+' : ''}`],
  });
}

/** How often each call happens in a run without a fault. */
export function countCalls(): Promise<ReadonlyMap<string, number>> {
  return withScene(async (scene) => {
    const { workplace, clients, traceFile } = scene;
    scene.service = await startService(workplace, ['serve'], {}, tracer(scene, null));
    await clients.done;
    await untilNothingIsOpen(scene.service.url);
    await scene.service.end('SIGTERM');
    const lines = readFileSync(traceFile, 'utf8').split('\n');
    return new Map(SYSCALLS.map((name) => [name, lines.filter((line) => line.includes(` ${name}(`)).length]));
  });
}

interface PointResult {
  readonly end: 'not_hit' | 'recovered' | 'stopped' | 'refusedToStart';
  readonly broken: readonly string[];
}

function brokeDown(error: unknown): PointResult {
  return { end: 'stopped', broken: [error instanceof Error ? error.message : String(error)] };
}

function runPoint(point: FaultPoint): Promise<PointResult> {
  return withScene(async (scene) => {
    const { workplace, clients, receivers, traceFile } = scene;
    const broken: string[] = [];
    const lived = await liveWithFault(scene, point, broken);
    if (lived !== 'recovered') {
      // The disk is well again: everything must come to its end.
      const service = await startService(workplace);
      scene.service = service;
      await within(clients.done, 'the clients got no 200 after the fault');
      await untilNothingIsOpen(service.url, HANGS_AFTER_MS);
      const code = await within(service.end('SIGTERM'), 'it did not stop');
      if (code !== 0) broken.push(`a stop without a fault ended with ${code}`);
    }
    for (const [status, count] of clients.refusals) {
      if (status !== 503 && status !== NO_ANSWER && status !== NOT_CONNECTED)
        broken.push(`${count} answers were ${status}`);
    }
    const path = join(workplace.folder, 'data/postpoint.db');
    const log = await readLogOfFile(path);
    broken.push(
      ...brokenPromises({ driver: clients.ledger, arrivals: receivers.arrivals, log, channels: CHANNELS }),
    );
    if (clients.ledger.accepted.size !== MESSAGES)
      broken.push(`${clients.ledger.accepted.size} of ${MESSAGES} accepted`);
    broken.push(...integrityOf(path));
    const isHit = readFileSync(traceFile, 'utf8').includes('(INJECTED)');
    return { end: isHit ? lived : 'not_hit', broken };
  });
}

/** One life with the fault in it. @returns `recovered` when all messages came to their end in that life. */
async function liveWithFault(
  scene: Scene,
  point: FaultPoint,
  broken: string[],
): Promise<Exclude<PointResult['end'], 'not_hit'>> {
  const { workplace, clients } = scene;
  try {
    scene.service = await startService(workplace, ['serve'], {}, tracer(scene, point));
  } catch (error) {
    const output = String(error);
    if (!CLEAR_LINE.test(output)) broken.push(`it did not start, and does not say why: ${output}`);
    return 'refusedToStart';
  }
  const { service } = scene;
  const ended = new Promise<false>((resolve) => service.process.once('close', () => resolve(false)));
  const worked = clients.done
    .then(() => untilNothingIsOpen(service.url, HANGS_AFTER_MS))
    // It ends while it is asked.
    .then(
      () => true,
      () => ended,
    );
  const patience = point.lasting ? [sleep(LASTING_MS, false)] : [];
  const isDone = await within(Promise.race([ended, worked, ...patience]), 'it neither works nor ends');
  const exit = await within(service.end('SIGTERM'), 'it did not end');
  // A fault that comes with the stop itself, or stays, may end it either way. Our signal may also meet a service that has
  // stopped by itself and only has its last lines to write.
  const saysWhy = CLEAR_LINE.test(service.output());
  const isFine = exit === 0 ? isDone || point.lasting : saysWhy && (exit === 1 || exit === 'SIGTERM');
  if (!isFine) broken.push(`it ended with ${exit}: ${service.output().slice(-300)}`);
  return isDone && exit === 0 ? 'recovered' : 'stopped';
}

/** A line of the service log that tells what is wrong. */
const CLEAR_LINE = /\terror\t(store|postpoint)\t(存储|磁盘已满|启动失败)/;

async function within<T>(work: Promise<T>, otherwise: string): Promise<T> {
  const timer = new AbortController();
  const late = sleep(HANGS_AFTER_MS, null, { signal: timer.signal }).then(() => {
    throw new Error(`hangs: ${otherwise}`);
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    timer.abort();
  }
}

function integrityOf(path: string): string[] {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    const { integrity_check: verdict } = db.prepare('PRAGMA integrity_check').get() as {
      integrity_check: string;
    };
    return verdict === 'ok' ? [] : [`corrupt: ${verdict}`];
  } finally {
    db.close();
  }
}
