import { statSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createWorkplace, startService } from '../../test/support/service.ts';
import { brokenPromises, countCopies } from '../check/invariants.ts';
import type { CheckedChannel, Ledgers } from '../check/ledgers.ts';
import type { FaultProgram } from '../program.ts';
import { startHonestClients } from '../support/honest-clients.ts';
import { megabytes, type ProcessFigures, readProcessFigures } from '../support/process-figures.ts';
import type { SeededRandom } from '../support/random.ts';
import { readLogOfFile } from '../support/read-log.ts';
import { type Behaviour, startReceivers } from '../support/receivers.ts';
import { untilNothingIsOpen } from '../support/until-rest.ts';

const CHANNELS: readonly CheckedChannel[] = [
  { name: 'fast', ordered: false, endpoint: 'fast', perMinute: 0, perSecond: 0 },
  { name: 'ordered', ordered: true, endpoint: 'ordered', perMinute: 0, perSecond: 0 },
  { name: 'paced', ordered: false, endpoint: 'paced', perMinute: 0, perSecond: 50 },
];
const LOOK_EVERY_MS = 250;
const MAX_GROWTH_BYTES = 64 * 1_048_576;
const MAX_WAL_BYTES = 64 * 1_048_576;
/** In flight at most: 64 a channel; and what the process itself has open. */
const MAX_OPEN_FILES = 64 * CHANNELS.length + 100;

export const soak: FaultProgram = {
  name: 'soak',
  about:
    'all faults mixed for minutes: the three ledgers agree, and memory, files and WAL stay where they are',
  async run({ random, full, say }) {
    const seconds = full ? 300 : 15;
    const receivers = await startReceivers(moody(random));
    const workplace = createWorkplace(`
api.port = 0
delivery.timeout = 2
delivery.retry.count = 100
delivery.retry.interval = 0.05
${CHANNELS.map(
  ({ name, ordered, perSecond }) => `[channel.${name}]
provider = "webhook"
endpoint.url = "${receivers.urlOf(name)}"
ordered = ${ordered}
rate_limit.rate.frequency = ${perSecond}`,
).join('\n')}
`);
    const store = join(workplace.folder, 'data/postpoint.db');
    try {
      const outputs: (() => string)[] = [];
      const start = async () => {
        const started = await startService(workplace);
        outputs.push(started.output);
        return started;
      };
      let service = await start();
      const clients = startHonestClients({ url: () => service.url, clients: 3, gapMs: 60 });
      let ends = 0;
      // First with deaths, then one process for long, whose memory shows whether it grows.
      const deathsEndMs = performance.now() + (seconds * 1_000) / 3;
      while (performance.now() < deathsEndMs) {
        await sleep(random.between(500, 2_500));
        const signal = random.chance(0.5) ? 'SIGKILL' : 'SIGTERM';
        const code = await service.end(signal);
        if (signal === 'SIGTERM' && code !== 0) say(`SIGTERM ended with ${code}`);
        ends++;
        service = await start();
      }
      const samples: ProcessFigures[] = [];
      let walBytes = 0;
      const endMs = performance.now() + (seconds * 2_000) / 3;
      while (performance.now() < endMs) {
        await sleep(LOOK_EVERY_MS);
        const figures = readProcessFigures(service.process.pid);
        if (figures) samples.push(figures);
        walBytes = Math.max(walBytes, statSync(`${store}-wal`, { throwIfNoEntry: false })?.size ?? 0);
      }
      await clients.stop();
      await untilNothingIsOpen(service.url);
      await service.end('SIGTERM');
      const ledgers: Ledgers = {
        driver: clients.ledger,
        arrivals: receivers.arrivals,
        log: await readLogOfFile(store),
        channels: CHANNELS,
        output: outputs.map((output) => output()).join(''),
        secrets: receivers.secrets,
      };
      const { copies, unknown } = countCopies(ledgers);
      const openFiles = Math.max(0, ...samples.map((sample) => sample.openFiles));
      const growthBytes = growthOf(samples);
      return {
        kind: 'measured',
        value: `${clients.ledger.accepted.size} messages, ${receivers.arrivals.length} requests, ${ends} ends, ${copies} copies, ${unknown} unknown, memory ${samples.length > 0 ? `+${megabytes(growthBytes)}` : 'not measured'}, ${openFiles} files, WAL ${megabytes(walBytes)}`,
        bound: `ledgers agree, memory +${megabytes(MAX_GROWTH_BYTES)}, ${MAX_OPEN_FILES} files, WAL ${megabytes(MAX_WAL_BYTES)}`,
        broken: [
          ...brokenPromises(ledgers),
          ...(growthBytes > MAX_GROWTH_BYTES ? [`memory grew by ${megabytes(growthBytes)}`] : []),
          ...(openFiles > MAX_OPEN_FILES ? [`${openFiles} files were open`] : []),
          ...(walBytes > MAX_WAL_BYTES ? [`the WAL had ${megabytes(walBytes)}`] : []),
        ],
      };
    } finally {
      await receivers.close();
      workplace.remove();
    }
  },
};

/** Mean memory of the last third over that of the first: single values swing with the garbage collector. */
function growthOf(samples: readonly ProcessFigures[]): number {
  const third = Math.ceil(samples.length / 3);
  if (third === 0) return 0;
  return meanRss(samples.slice(-third)) - meanRss(samples.slice(0, third));
}

function meanRss(samples: readonly ProcessFigures[]): number {
  return samples.reduce((sum, { rssBytes }) => sum + rssBytes, 0) / samples.length;
}

/** Mostly takes a message, at times after a while; else it is busy, cut off, or takes it without saying so. */
function moody(random: SeededRandom): Behaviour {
  return (_request, response) => {
    const fate = random.next();
    if (fate < 0.03) return refuse(response, 503);
    if (fate < 0.035) return refuse(response, 429);
    if (fate < 0.055) return cut(response, false);
    if (fate < 0.075) return cut(response, true);
    setTimeout(() => response.writeHead(200).end('ok'), fate < 0.3 ? random.between(0, 80) : 0);
    return { taken: true };
  };
}

function refuse(response: ServerResponse, status: number): { taken: boolean } {
  response.writeHead(status, { 'retry-after': '1' }).end();
  return { taken: false };
}

function cut(response: ServerResponse, taken: boolean): { taken: boolean } {
  response.destroy();
  return { taken };
}
