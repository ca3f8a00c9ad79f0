import { setTimeout as sleep } from 'node:timers/promises';
import { brokenPromises, countCopies } from '../check/invariants.ts';
import type { CheckedChannel, DriverLedger } from '../check/ledgers.ts';
import type { FaultProgram } from '../program.ts';
import { oddAnswers, startHonestClients } from '../support/honest-clients.ts';
import { NO_ANSWER, NOT_CONNECTED, post } from '../support/post.ts';
import { createRandom } from '../support/random.ts';
import { type Behaviour, takesAll, untilMoreArrive } from '../support/receivers.ts';
import { onStage } from '../support/stage.ts';
import { MIXED_CHANNELS, missingParts, mixedBehaviour, mixedText } from '../support/traffic.ts';

/** A receiver that breaks connections off makes outcomes unknown whatever we do. */
const CHANNELS = MIXED_CHANNELS.filter(({ name }) => name !== 'flaky');
const MAX_LATENCY_MS = 60;

/** What the service may take at most to stop: `delivery.shutdown_grace`, seconds. No receiver is that slow. */
const GRACE_S = 30;

/** One signal after the other within 150 ms counts as one. */
const BETWEEN_SIGNALS_MS = 400;

export const term: FaultProgram = {
  name: 'term',
  about:
    'SIGTERM under load: none lost, none doubled, none unknown, requests answered; a second one ends at once',
  async run({ seed, full, say }) {
    const cycles = full ? 100 : 10;
    const report = await stopUnderLoad({
      seed,
      cycles,
      onStop: (stops) => stops % 20 === 0 && say(`${stops} stops`),
    });
    return {
      kind: 'measured',
      value: `${report.messages} messages, ${cycles} stops, slowest ${report.slowestMs.toFixed(0)} ms, ${report.copies} copies, ${report.unknown} unknown, ${report.refused} refused with 503, ${report.cut} cut off`,
      bound: `0 lost, 0 copies, 0 unknown, exit 0 within ${GRACE_S} s, at most one connection a stop cut off; a second signal ends at once`,
      broken: [...report.broken, ...(await secondSignal())],
    };
  },
};

export interface StopReport {
  readonly messages: number;
  readonly slowestMs: number;
  readonly copies: number;
  readonly unknown: number;
  readonly refused: number;
  /** Connections that were made and ended without an answer. */
  readonly cut: number;
  readonly broken: readonly string[];
}

/** One service and its clients, stopped and started again and again; then everything comes to rest and is checked. */
export async function stopUnderLoad(options: {
  readonly seed: number;
  readonly cycles: number;
  readonly onStop?: (stops: number) => void;
}): Promise<StopReport> {
  const { cycles, onStop } = options;
  const random = createRandom(options.seed);
  const behaviour: Behaviour = (request, response) =>
    mixedBehaviour(random.between(1, MAX_LATENCY_MS), random.next)(request, response);
  const settings = `delivery.shutdown_grace = ${GRACE_S}`;
  return onStage({ channels: CHANNELS, behaviour, settings }, async (stage) => {
    await stage.start();
    const clients = startHonestClients({
      url: stage.url,
      clients: 8,
      gapMs: 2,
      text: mixedText,
      close: true,
    });
    const ends: { how: number | string; tookMs: number }[] = [];
    for (let stop = 1; stop <= cycles; stop++) {
      await untilMoreArrive(stage.receivers, random.between(1, 60));
      const startedMs = performance.now();
      const how = await stage.end('SIGTERM');
      ends.push({ how, tookMs: performance.now() - startedMs });
      await stage.start();
      onStop?.(stop);
    }
    await clients.stop();
    const ledgers = await stage.finish(clients.ledger);
    const { copies, unknown } = countCopies(ledgers);
    const cut = clients.refusals.get(NO_ANSWER) ?? 0;
    const slowestMs = Math.max(...ends.map(({ tookMs }) => tookMs));
    return {
      messages: clients.ledger.accepted.size,
      slowestMs,
      copies,
      unknown,
      refused: clients.refusals.get(503) ?? 0,
      cut,
      broken: [
        ...brokenPromises(ledgers),
        ...missingParts(ledgers),
        ...(copies > 0 ? [`copies: ${copies} although nothing was killed`] : []),
        ...(unknown > 0 ? [`unknown: ${unknown} attempts although nothing was killed`] : []),
        ...ends.filter(({ how }) => how !== 0).map(({ how }) => `exit: a stop ended with ${how}`),
        ...(slowestMs > GRACE_S * 1_000 ? [`stop: one took ${slowestMs.toFixed(0)} ms`] : []),
        // The system makes a connection before the service knows of it, so the last one may meet a closing door.
        ...(cut > cycles ? [`answers: ${cut} connections were cut off in ${cycles} stops`] : []),
        ...oddAnswers(clients.refusals, [503, NO_ANSWER, NOT_CONNECTED]),
      ],
    };
  });
}

/** A receiver that never answers, and a person who does not want to wait. */
async function secondSignal(): Promise<string[]> {
  const channel: CheckedChannel = {
    name: 'mute',
    ordered: false,
    endpoint: 'mute',
    perMinute: 0,
    perSecond: 0,
  };
  let mute = true;
  const behaviour: Behaviour = (request, response) =>
    mute ? { taken: true } : takesAll()(request, response);
  const settings = `delivery.shutdown_grace = ${GRACE_S}\ndelivery.timeout = ${GRACE_S}`;
  return onStage({ channels: [channel], behaviour, settings }, async (stage) => {
    const service = await stage.start();
    const driver: DriverLedger = { accepted: new Map(), idsOfKey: new Map() };
    const { id } = await post(stage.url(), { msg: 'm1m', key: 'key-1' });
    driver.accepted.set(id, { token: 'm1m', key: 'key-1' });
    while (stage.receivers.arrivals.length === 0) await sleep(5);
    service.process.kill('SIGTERM');
    await sleep(BETWEEN_SIGNALS_MS);
    const how = await stage.end('SIGTERM');
    mute = false;
    await stage.start();
    const ledgers = await stage.finish(driver);
    return [
      ...brokenPromises(ledgers),
      // After a clean end this would be 0: it would have waited for the receiver.
      ...(how === 'SIGKILL' ? [] : [`second signal: ended with ${how}`]),
    ];
  });
}
