import { setTimeout as sleep } from 'node:timers/promises';
import { brokenPromises, countCopies } from '../check/invariants.ts';
import type { CheckedChannel, DriverLedger } from '../check/ledgers.ts';
import type { FaultProgram } from '../program.ts';
import { oddAnswers, startHonestClients } from '../support/honest-clients.ts';
import { NOT_CONNECTED, post } from '../support/post.ts';
import { type Behaviour, takesAll } from '../support/receivers.ts';
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
    'SIGTERM under load: none lost, none doubled, none unknown, every request answered; a second one ends at once',
  async run({ random, full, say }) {
    const cycles = full ? 100 : 10;
    const behaviour: Behaviour = (request, response) =>
      mixedBehaviour(random.between(1, MAX_LATENCY_MS), random.next)(request, response);
    const settings = `delivery.shutdown_grace = ${GRACE_S}`;
    const report = await onStage({ channels: CHANNELS, behaviour, settings }, async (stage) => {
      await stage.start();
      const clients = startHonestClients({
        url: stage.url,
        clients: 8,
        gapMs: 2,
        text: mixedText,
        close: true,
      });
      const codes = new Map<number | string, number>();
      const longStopsMs: number[] = [];
      for (let cycle = 1; cycle <= cycles; cycle++) {
        await sleep(random.between(20, 400));
        const startedMs = performance.now();
        const code = await stage.end('SIGTERM');
        const tookMs = performance.now() - startedMs;
        codes.set(code, (codes.get(code) ?? 0) + 1);
        longStopsMs.push(tookMs);
        await stage.start();
        if (cycle % 20 === 0) say(`${cycle} stops`);
      }
      await clients.stop();
      const ledgers = await stage.finish(clients.ledger);
      const { copies, unknown } = countCopies(ledgers);
      const slowestMs = Math.max(...longStopsMs);
      return {
        value: `${clients.ledger.accepted.size} messages, ${cycles} stops, slowest ${slowestMs.toFixed(0)} ms, ${copies} copies, ${unknown} unknown, ${clients.refusals.get(503) ?? 0} refused with 503`,
        broken: [
          ...brokenPromises(ledgers),
          ...missingParts(ledgers),
          ...(copies > 0 ? [`copies: ${copies} although nothing was killed`] : []),
          ...(unknown > 0 ? [`unknown: ${unknown} attempts although nothing was killed`] : []),
          ...[...codes]
            .filter(([code]) => code !== 0)
            .map(([code, count]) => `exit: ${count} ended with ${code}`),
          ...(slowestMs > GRACE_S * 1_000 ? [`stop: one took ${slowestMs.toFixed(0)} ms`] : []),
          ...oddAnswers(clients.refusals, [503, NOT_CONNECTED]),
        ],
      };
    });
    return {
      kind: 'measured',
      value: report.value,
      bound: `0 lost, 0 copies, 0 unknown, exit 0 within ${GRACE_S} s, no request without an answer`,
      broken: [...report.broken, ...(await secondSignal())],
    };
  },
};

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
