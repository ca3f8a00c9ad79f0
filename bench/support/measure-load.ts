import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Load, LoadFigures } from '../processes/load.ts';
import type { SinkFigures } from '../processes/sink.ts';
import { type HelperProcess, startHelper } from './helper-process.ts';
import { cpuMs, peakRssMiB } from './process-cost.ts';
import { measureInTurn, type Rounds } from './rounds.ts';
import type { RunningSubject, Subject } from './subjects.ts';

const PROCESSES = join(import.meta.dirname, '../processes');

/** Load and sink, each in a process of its own, kept for all rounds. */
export interface Bench {
  readonly load: HelperProcess;
  readonly sink: HelperProcess;
  /** `http://127.0.0.1:PORT`; see `processes/sink.ts` for its paths. */
  readonly sinkUrl: string;
}

export async function withBench<T>(use: (bench: Bench) => Promise<T>): Promise<T> {
  const load = startHelper(join(PROCESSES, 'load.ts'));
  const sink = startHelper(join(PROCESSES, 'sink.ts'));
  try {
    const { port } = await sink.ask<{ port: number }>({ kind: 'port' });
    return await use({ load, sink, sinkUrl: `http://127.0.0.1:${port}` });
  } finally {
    await load.end();
    await sink.end();
  }
}

export interface LoadOptions {
  readonly connections: number;
  readonly perSecond?: number;
  readonly to?: readonly string[];
  readonly measureMs: number;
  /** The processor time until the last message has arrived counts too, and is shared by all that arrived. */
  readonly untilDelivered?: boolean;
}

export interface Measured {
  readonly acceptedPerSecond: number;
  readonly refused: number;
  /** At the sink, in the same time. */
  readonly arrivedPerSecond: number;
  /** From request to answer, ms. */
  readonly accept: LoadFigures['latency'];
  /** From request to arrival at the sink, ms. */
  readonly arrival: SinkFigures['latency'];
  /** Of all processes of the subject, per accepted message; `untilDelivered`: per message that has arrived. */
  readonly cpuUsPerMessage: number;
  readonly peakMiB: number;
}

/**
 * V8 goes on compiling for that long under load: after 2 s a message cost a quarter more processor time than after 8 s, and
 * from then on no less.
 */
const WARM_UP_MS = 10_000;
/**
 * A subject that has been warm before: until its connections are open, its young generation has grown again and its batches
 * have their size. With 0.3 s, and 1 s of measuring, a message of ours cost 164 us; with 8 and 4 s 141.
 */
const WARM_AGAIN_MS = 1_000;

/** One measurement: warm up, measure, stop the load. */
export async function measureLoad(
  { load, sink }: Bench,
  subject: RunningSubject,
  options: LoadOptions,
  warmUpMs = WARM_UP_MS,
): Promise<Measured> {
  const { connections, perSecond = null, to = [], measureMs, untilDelivered = false } = options;
  const wanted: Load = { url: subject.url, connections, perSecond, to };
  await load.ask({ kind: 'start', load: wanted });
  await sleep(warmUpMs);
  await Promise.all([load.ask({ kind: 'measure' }), sink.ask({ kind: 'measure' })]);
  const cpuBefore = cpuMs(subject.pids);
  await sleep(measureMs);
  let cpuSpentMs = cpuMs(subject.pids) - cpuBefore;
  const [sent, seen] = await Promise.all([
    load.ask<LoadFigures>({ kind: 'stop' }),
    sink.ask<SinkFigures>({ kind: 'figures' }),
  ]);
  let messages = sent.accepted;
  if (untilDelivered) {
    messages = await untilDrained(sink);
    cpuSpentMs = cpuMs(subject.pids) - cpuBefore;
  }
  return {
    acceptedPerSecond: sent.accepted / sent.seconds,
    refused: sent.refused,
    arrivedPerSecond: seen.arrived / seen.seconds,
    accept: sent.latency,
    arrival: seen.latency,
    cpuUsPerMessage: (cpuSpentMs * 1_000) / messages,
    peakMiB: peakRssMiB(subject.pids),
  };
}

/** Nothing more arrives after a silence of this length. */
const SILENCE_MS = 500;

/** @returns how many have arrived since the measurement began. */
async function untilDrained(sink: HelperProcess): Promise<number> {
  for (let before = -1; ; await sleep(SILENCE_MS)) {
    const { arrived } = await sink.ask<SinkFigures>({ kind: 'figures' });
    if (arrived === before) return arrived;
    before = arrived;
  }
}

/** A subject that takes less of one core than this is at rest. */
const REST_SHARE = 0.05;
const LOOK_FOR_REST_MS = 250;
const MAX_REST_MS = 20_000;

/**
 * What it has put off while it was busy, such as an index or a queue, must not take time from its neighbour.
 *
 * @returns false when it does not come to rest.
 */
async function untilAtRest({ pids }: RunningSubject): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < MAX_REST_MS; waitedMs += LOOK_FOR_REST_MS) {
    const before = cpuMs(pids);
    await sleep(LOOK_FOR_REST_MS);
    if (cpuMs(pids) - before < LOOK_FOR_REST_MS * REST_SHARE) return true;
  }
  return false;
}

/** The same with a subject that is started for it. */
export async function measureSubject(
  bench: Bench,
  subject: Subject,
  options: LoadOptions,
): Promise<Measured> {
  const running = await subject.start();
  try {
    return await measureLoad(bench, running, options);
  } finally {
    await running.stop();
  }
}

/** Something that is measured once in each round, and runs until the last of them. */
export interface KeptCase {
  readonly name: string;
  readonly subject: Subject;
  readonly options: LoadOptions;
}

/**
 * Measures each case once per round, in turn, while all of them stay in existence: then a measurement follows closely on
 * that of its neighbour, and a phase in which the machine is slow or fast is the same for both.
 */
export async function measureKept(
  context: Parameters<typeof measureInTurn>[0],
  bench: Bench,
  cases: readonly KeptCase[],
): Promise<Rounds<Measured>> {
  const running = new Map<string, RunningSubject>();

  async function measureOnce({ name, subject, options }: KeptCase): Promise<Measured> {
    const known = running.get(name);
    const kept = known ?? (await subject.start());
    running.set(name, kept);
    const warmUpMs = known === undefined ? WARM_UP_MS : WARM_AGAIN_MS;
    const measured = await measureLoad(bench, kept, options, warmUpMs);
    if (!(await untilAtRest(kept))) context.say(`${name} still works while its neighbour is measured`);
    return measured;
  }

  try {
    return await measureInTurn(
      context,
      cases.map((kept) => ({ name: kept.name, measure: () => measureOnce(kept) })),
    );
  } finally {
    for (const subject of running.values()) await subject.stop();
  }
}
