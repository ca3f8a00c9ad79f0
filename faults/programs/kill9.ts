import { setTimeout as sleep } from 'node:timers/promises';
import { duplicateWindowMs, type Life } from '../check/duplicate-window.ts';
import { brokenPromises, countCopies } from '../check/invariants.ts';
import { type Kill, unknownWithoutKill } from '../check/kills.ts';
import type { FaultProgram } from '../program.ts';
import { oddAnswers, startHonestClients } from '../support/honest-clients.ts';
import { inParallel } from '../support/in-parallel.ts';
import { NO_ANSWER, NOT_CONNECTED } from '../support/post.ts';
import { createRandom } from '../support/random.ts';
import { untilMoreArrive } from '../support/receivers.ts';
import { onStage } from '../support/stage.ts';
import { MIXED_CHANNELS, missingParts, mixedBehaviour, mixedText } from '../support/traffic.ts';

const RELIABLE = MIXED_CHANNELS.map(({ name }) => name).filter((name) => name !== 'flaky');

/** Services that are killed side by side: a start keeps one core busy. */
const SERVICES = 2;
const RECEIVER_LATENCY_MS = 2;

export interface KillReport {
  readonly messages: number;
  readonly copies: number;
  readonly unknown: number;
  /** How long an answer had been out at most when a kill still made a copy. */
  readonly windowMs: number;
  readonly broken: readonly string[];
}

export const kill9: FaultProgram = {
  name: 'kill9',
  about: 'SIGKILL at random instants under load: nothing accepted is lost, every copy is flagged',
  async run({ seed, full, say }) {
    const kills = full ? 1_000 : 50;
    let done = 0;
    const onKill = () => {
      if (++done % 100 === 0) say(`${done} kills`);
    };
    const seeds = Array.from({ length: SERVICES }, (_, index) => seed + index);
    const reports = await inParallel(seeds, SERVICES, (each) =>
      killUnderLoad({ seed: each, kills: kills / SERVICES, onKill }),
    );
    const sum = (count: (report: KillReport) => number) => reports.reduce((all, one) => all + count(one), 0);
    const messages = sum((report) => report.messages);
    const copies = sum((report) => report.copies);
    const unknown = sum((report) => report.unknown);
    const windowMs = Math.max(...reports.map((report) => report.windowMs)).toFixed(1);
    return {
      kind: 'measured',
      value: `${messages} messages to ${MIXED_CHANNELS.length} channels, ${kills} kills, ${unknown} unknown attempts, ${copies} copies, none after its answer was out for more than ${windowMs} ms`,
      bound:
        '0 lost, 0 unlogged, copies <= unknown attempts, each flagged, 0 with "hold", unknown only at a kill',
      broken: reports.flatMap(({ broken }) => broken),
    };
  },
};

/** One service and its clients, killed again and again; then everything comes to rest and is held against each other. */
export async function killUnderLoad(options: {
  readonly seed: number;
  readonly kills: number;
  readonly onKill?: () => void;
}): Promise<KillReport> {
  const random = createRandom(options.seed);
  const behaviour = mixedBehaviour(RECEIVER_LATENCY_MS, random.next);
  return onStage({ channels: MIXED_CHANNELS, behaviour }, async (stage) => {
    await stage.start();
    const clients = startHonestClients({ url: stage.url, clients: 4, gapMs: 5, text: mixedText });
    const kills: Kill[] = [];
    const lives: Life[] = [];
    for (let kill = 0; kill < options.kills; kill++) {
      const aliveFromMs = performance.now();
      await untilMoreArrive(stage.receivers, random.between(1, 200));
      await sleep(random.between(0, 10));
      const fromMs = Date.now();
      lives.push({ fromMs: aliveFromMs, toMs: performance.now() });
      await stage.end('SIGKILL');
      kills.push({ fromMs, toMs: Date.now() });
      await stage.start();
      options.onKill?.();
    }
    await clients.stop();
    const ledgers = await stage.finish(clients.ledger);
    return {
      messages: clients.ledger.accepted.size,
      ...countCopies(ledgers),
      windowMs: duplicateWindowMs(
        ledgers.arrivals.filter(({ channel, taken }) => taken && RELIABLE.includes(channel)),
        lives,
      ),
      broken: [
        ...brokenPromises(ledgers),
        ...missingParts(ledgers),
        ...unknownWithoutKill(ledgers, kills, RELIABLE),
        ...oddAnswers(clients.refusals, [NO_ANSWER, NOT_CONNECTED]),
      ],
    };
  });
}
