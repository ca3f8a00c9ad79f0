import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Boot } from '../../src/core/boot.ts';
import { CHUNK_BYTES } from '../../src/store/in-flight-chunk.ts';
import { type Engine, openEngine } from '../../src/store/sqlite/open-engine.ts';
import type { AcceptResult } from '../../src/store/store.ts';
import {
  createWorkplace,
  eventually,
  type RunningService,
  startService,
} from '../../test/support/service.ts';
import { createSimulatedClock } from '../../test/support/simulated-clock.ts';
import type { FaultProgram } from '../program.ts';
import { startHonestClients } from '../support/honest-clients.ts';
import type { SeededRandom } from '../support/random.ts';
import { readTrace, TRACED_SYSCALLS, type TraceEvent } from '../support/read-trace.ts';
import { startReceivers, takesAll } from '../support/receivers.ts';
import { createReplayedDisk, LEFTOVERS } from '../support/replayed-disk.ts';
import { straceCommand, straceMissing } from '../support/strace.ts';

const CHANNELS = ['first', 'second'] as const;
/** Makes the log of writes reach its checkpoint several times. */
const TEXT = 'x'.repeat(3_000);
/** More than the largest write there is: a new chunk of the file of marks. */
const MAX_BYTES = 2 * CHUNK_BYTES;
/** One cut can break every promise before it. */
const SENTENCES_OF_A_CUT = 2;
/** The replayed disks lie in memory where the system has such a folder: nobody needs them after a power cut. */
const DISKS = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

export const powercut: FaultProgram = {
  name: 'powercut',
  about: 'power cuts replayed from the trace of the store: nothing acknowledged is lost, nothing is corrupt',
  async run({ random, full, say }) {
    const why = straceMissing();
    if (why !== null) return { kind: 'not_run', why };
    const trace = await recordTrace(full ? 600 : 120);
    say(`${trace.events.length} events, ${trace.promises} promises in the trace`);
    const cuts = full ? 50_000 : 300;
    const { brokenCuts, broken } = cutAtRandom(trace, cuts, random, say);
    return {
      kind: 'measured',
      value: `${brokenCuts} of ${cuts} cuts broke a promise; ${trace.promises} answers and sends in the trace`,
      bound: '0 acknowledged lost, 0 sends without their attempt, 0 corrupt',
      broken,
    };
  },
};

/** What a service did, and what it promised meanwhile, in one order. */
interface Trace {
  /** Everything below this folder was the service's. */
  readonly root: string;
  readonly events: readonly TraceEvent[];
  readonly wallMs: number;
  readonly promises: number;
}

/** How the lives of one store end, the first start of all among them. */
const LIVES = ['SIGTERM', 'SIGKILL', 'SIGTERM'] as const;

async function recordTrace(messages: number): Promise<Trace> {
  const receivers = await startReceivers(takesAll());
  const workplace = createWorkplace(`
api.port = 0
${CHANNELS.map(
  (name) => `[channel.${name}]
provider = "webhook"
endpoint.url = "${receivers.urlOf(name)}"
rate_limit.rate.frequency = 0`,
).join('\n')}
`);
  let service: RunningService | null = null;
  const clients = startHonestClients({
    url: () => service?.url ?? 'http://127.0.0.1:9',
    clients: 4,
    gapMs: 2,
    text: (token) => `${token} ${TEXT}`,
  });
  try {
    const events: TraceEvent[] = [];
    for (const [life, end] of LIVES.entries()) {
      const traceFile = join(workplace.folder, `${life}.trace`);
      const front = straceCommand({ traceFile, syscalls: TRACED_SYSCALLS, maxBytes: MAX_BYTES });
      service = await startService(workplace, ['serve'], {}, front);
      const wanted = (messages * (life + 1)) / LIVES.length;
      await eventually('accepted', () => clients.ledger.accepted.size >= wanted || undefined, 120_000);
      await service.end(end);
      for await (const event of readTrace(traceFile)) events.push(event);
      rmSync(traceFile);
    }
    // What has no answer yet will get none.
    service = null;
    const promises = events.filter((event) => promiseOf(event) !== null).length;
    return { root: workplace.folder, events, wallMs: Date.now(), promises };
  } finally {
    service?.process.kill('SIGKILL');
    await clients.abandon();
    await receivers.close();
    workplace.remove();
  }
}

/** What must hold on the disk once these bytes have been handed to the network. */
type StoredPromise =
  | { readonly kind: 'accepted'; readonly id: string; readonly key: string }
  | { readonly kind: 'sent'; readonly id: string; readonly channel: string };

const ACCEPTED = /^HTTP\/1\.1 200 [\s\S]*"id":"([0-9A-Z]{26})","request_id":"([^"]+)"/;
const SENT = /^POST \/(\w+) HTTP\/1\.1[\s\S]*"id":"([0-9A-Z]{26})"/;

function promiseOf(event: TraceEvent): StoredPromise | null {
  if (event.kind !== 'sent') return null;
  const text = event.bytes.toString('latin1');
  const [, id = '', key = ''] = ACCEPTED.exec(text) ?? [];
  if (id !== '') return { kind: 'accepted', id, key };
  const [, channel = '', sentId = ''] = SENT.exec(text) ?? [];
  return channel === '' ? null : { kind: 'sent', id: sentId, channel };
}

function cutAtRandom(
  { root, events, wallMs }: Trace,
  cuts: number,
  random: SeededRandom,
  say: (line: string) => void,
): { brokenCuts: number; broken: string[] } {
  const promiseAt = events.map(promiseOf);
  const moments = events.flatMap((_, index) => (promiseAt[index] === null ? [] : [index]));
  // Half of the cuts come just after a promise: that is where one would be broken.
  const chosen = Array.from({ length: cuts }, () => {
    const moment = moments[Math.floor(random.between(0, moments.length))] ?? 0;
    return random.chance(0.5)
      ? Math.min(events.length, moment + 1 + Math.floor(random.between(0, 4)))
      : Math.floor(random.between(0, events.length + 1));
  }).sort((a, b) => a - b);

  const disk = createReplayedDisk(root);
  const promised: StoredPromise[] = [];
  const broken: string[] = [];
  let brokenCuts = 0;
  let next = 0;
  for (const [number, cut] of chosen.entries()) {
    for (; next < cut; next++) {
      const event = events[next];
      if (event !== undefined) disk.apply(event);
      const promise = promiseAt[next];
      if (promise != null) promised.push(promise);
    }
    const leftover = LEFTOVERS[Math.floor(random.between(0, LEFTOVERS.length))] ?? 'none';
    const folder = mkdtempSync(join(DISKS, 'postpoint-powercut-'));
    try {
      disk.cutPower(folder, leftover, random);
      const found = brokenAfterCut(folder, promised, wallMs, random);
      if (found.length > 0) brokenCuts++;
      broken.push(
        ...found
          .slice(0, SENTENCES_OF_A_CUT)
          .map((sentence) => `cut after event ${cut} of ${events.length}, ${leftover}: ${sentence}`),
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    if ((number + 1) % 1_000 === 0) say(`${number + 1} cuts`);
  }
  return { brokenCuts, broken };
}

/** Opens what a power cut left as the next start would, and asks it for everything that had been promised. */
function brokenAfterCut(
  folder: string,
  promised: readonly StoredPromise[],
  wallMs: number,
  random: SeededRandom,
): string[] {
  let engine: Engine | null = null;
  try {
    mkdirSync(join(folder, 'data'), { recursive: true });
    engine = openEngine(join(folder, 'data/postpoint.db'), createSimulatedClock(wallMs), AFTER_THE_CUT);
    const { db } = engine;
    const { integrity_check: verdict } = db.prepare('PRAGMA integrity_check').get() as {
      integrity_check: string;
    };
    if (verdict !== 'ok') return [`corrupt: ${verdict}`];
    const rows = db.prepare(STORED).all() as unknown as StoredMessage[];
    const stored = new Map(rows.map((row) => [row.id, row]));
    return [
      ...lostMessages(promised, stored),
      ...sendsWithoutAttempt(promised, stored),
      ...keyForgotten(engine, promised, random),
    ];
  } catch (error) {
    return [`does not open: ${error instanceof Error ? error.message : String(error)}`];
  } finally {
    engine?.db.close();
  }
}

/** Of the message that a forgotten key would make. */
const NEW_ID = '7ZZZZZZZZZZZZZZZZZZZZZZZZZ';
const AFTER_THE_CUT: Boot = { id: 1, sinceStartMs: () => 0 };

interface StoredMessage {
  readonly id: string;
  readonly deliveries: number;
  /** Channel names, one for each attempt. */
  readonly attempts: string;
}

const STORED = `SELECT m.id,
    (SELECT count(*) FROM delivery d WHERE d.message_seq = m.seq) AS deliveries,
    (SELECT coalesce(group_concat(c.name), '') FROM delivery d JOIN attempt a ON a.delivery_id = d.id
       JOIN channel c ON c.id = d.channel_id WHERE d.message_seq = m.seq) AS attempts
  FROM message m`;

function lostMessages(
  promised: readonly StoredPromise[],
  stored: ReadonlyMap<string, StoredMessage>,
): string[] {
  return promised.flatMap((promise) => {
    if (promise.kind !== 'accepted') return [];
    const deliveries = stored.get(promise.id)?.deliveries ?? 0;
    return deliveries === CHANNELS.length ? [] : [`lost: ${promise.id} has ${deliveries} deliveries`];
  });
}

/** A request that has left must be on record: only so can the next start know that a further one may be a copy. */
function sendsWithoutAttempt(
  promised: readonly StoredPromise[],
  stored: ReadonlyMap<string, StoredMessage>,
): string[] {
  const sent = Map.groupBy(
    promised.filter((promise) => promise.kind === 'sent'),
    ({ id, channel }) => `${id} ${channel}`,
  );
  return [...sent.values()].flatMap((requests) => {
    const [{ id, channel } = { id: '', channel: '' }] = requests;
    const attempts =
      stored
        .get(id)
        ?.attempts.split(',')
        .filter((name) => name === channel).length ?? 0;
    return attempts >= requests.length
      ? []
      : [`unlogged: ${requests.length} requests for ${id} to ${channel}, ${attempts} attempts`];
  });
}

/** The newest key and some other one still name their first message. */
function keyForgotten({ run }: Engine, promised: readonly StoredPromise[], random: SeededRandom): string[] {
  const accepted = promised.filter((promise) => promise.kind === 'accepted');
  const some = [accepted.at(-1), accepted[Math.floor(random.between(0, accepted.length))]];
  return some.flatMap((promise) => {
    if (promise === undefined) return [];
    const { id, key } = promise;
    const message = { id: NEW_ID, requestId: key, msgType: 'text', text: 'again', createdAtMs: 0 };
    const [reply] = run([{ name: 'accept', argument: { message, channelIds: [] } }]);
    const answer = reply?.ok ? (reply.value as AcceptResult) : null;
    return answer?.kind === 'repeated' && answer.messageId === id
      ? []
      : [`key: ${key} no longer names ${id}`];
  });
}
