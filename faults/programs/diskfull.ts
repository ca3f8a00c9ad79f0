import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createWorkplace,
  eventually,
  type RunningService,
  startService,
} from '../../test/support/service.ts';
import { brokenPromises, countCopies } from '../check/invariants.ts';
import type { CheckedChannel } from '../check/ledgers.ts';
import type { FaultProgram } from '../program.ts';
import { startHonestClients } from '../support/honest-clients.ts';
import { readLogOfFile } from '../support/read-log.ts';
import { startReceivers, takesAll } from '../support/receivers.ts';
import { mountSmallDisk, smallDiskMissing } from '../support/small-disk.ts';
import { untilNothingIsOpen } from '../support/until-rest.ts';

const CHANNELS: readonly CheckedChannel[] = [
  { name: 'plain', ordered: false, endpoint: 'plain', perMinute: 0, perSecond: 0 },
  { name: 'ordered', ordered: true, endpoint: 'ordered', perMinute: 0, perSecond: 0 },
];
/** From free space to the first 200. */
const BACK_WITHIN_MS = 2_000;
const FULL_FOR_MS = 300;

export const diskfull: FaultProgram = {
  name: 'diskfull',
  about:
    'a small disk is filled and freed under load: 503 while full, back at once, nothing lost, nothing doubled',
  async run({ random, full, say }) {
    const why = smallDiskMissing();
    if (why !== null) return { kind: 'not_run', why };
    const cycles = full ? 200 : 3;
    const receivers = await startReceivers(takesAll(1));
    const workplace = createWorkplace(`
api.port = 0
store.url = "sqlite:disk/store/postpoint.db"
delivery.retry.interval = 0.05
${CHANNELS.map(
  ({ name, ordered }) => `[channel.${name}]
provider = "webhook"
endpoint.url = "${receivers.urlOf(name)}"
ordered = ${ordered}
rate_limit.rate.frequency = 0`,
).join('\n')}
`);
    const disk = mountSmallDisk(join(workplace.folder, 'disk'), full ? 128 : 16);
    let service: RunningService | null = null;
    try {
      const running = await startService(workplace);
      service = running;
      const clients = startHonestClients({ url: () => running.url, clients: 6, gapMs: 1 });
      const broken: string[] = [];
      const backMs: number[] = [];
      for (let cycle = 1; cycle <= cycles; cycle++) {
        await sleep(random.between(50, 300));
        disk.fill();
        // What is free inside of the store's own files is used up first.
        const before = clients.refusals.get(503) ?? 0;
        await eventually('503', () => (clients.refusals.get(503) ?? 0) > before || undefined, 60_000);
        await sleep(random.between(0, FULL_FOR_MS));
        broken.push(...(await brokenWhileFull(running.url)));
        const accepted = clients.ledger.accepted.size;
        disk.free();
        const freedMs = performance.now();
        await eventually('200', () => clients.ledger.accepted.size > accepted || undefined, 60_000);
        backMs.push(performance.now() - freedMs);
        await eventually(
          'ready',
          async () => (await statusOf(`${running.url}/readyz`)) === 200 || undefined,
          60_000,
        );
        if (cycle % 20 === 0) say(`${cycle} cycles`);
      }
      await clients.stop();
      await untilNothingIsOpen(running.url);
      const code = await running.end('SIGTERM');
      if (code !== 0) broken.push(`it ended with ${code}`);
      const log = await readLogOfFile(join(disk.folder, 'store/postpoint.db'));
      const ledgers = { driver: clients.ledger, arrivals: receivers.arrivals, log, channels: CHANNELS };
      broken.push(...brokenPromises(ledgers));
      const { copies } = countCopies(ledgers);
      if (copies > 0) broken.push(`${copies} copies, though the process never died`);
      const slowest = Math.max(...backMs);
      if (slowest > BACK_WITHIN_MS)
        broken.push(`the first 200 came ${slowest.toFixed(0)} ms after there was room`);
      const wrong = [...clients.refusals].filter(([status]) => status !== 503);
      broken.push(...wrong.map(([status, count]) => `${count} answers were ${status}`));
      return {
        kind: 'measured',
        value: `${cycles} cycles, ${clients.ledger.accepted.size} accepted, ${clients.refusals.get(503)} x 503, ${copies} copies, first 200 at most ${slowest.toFixed(0)} ms after space`,
        bound: `0 lost, 0 unlogged, 0 copies, first 200 <= ${BACK_WITHIN_MS} ms`,
        broken,
      };
    } finally {
      await service?.end('SIGKILL');
      await receivers.close();
      disk.unmount();
      workplace.remove();
    }
  },
};

async function statusOf(url: string): Promise<number> {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  await response.arrayBuffer();
  return response.status;
}

/** Not ready, but alive, and the log can be read. */
async function brokenWhileFull(url: string): Promise<string[]> {
  // After a first 503 a commit may still find room in the log of writes that a checkpoint has just emptied.
  const endMs = performance.now() + 60_000;
  let readiness = await statusOf(`${url}/readyz`);
  while (readiness === 200 && performance.now() < endMs) {
    await sleep(20);
    readiness = await statusOf(`${url}/readyz`);
  }
  const wanted = { '/healthz': 200, '/api/messages': 200, '/metrics': 200 };
  const found = await Promise.all(
    Object.entries(wanted).map(async ([path, status]) => {
      const got = await statusOf(`${url}${path}`);
      return got === status ? null : `${path} answered ${got} while the disk was full`;
    }),
  );
  const notReady = readiness === 503 ? [] : [`/readyz answered ${readiness} while the disk was full`];
  return [...notReady, ...found.filter((sentence) => sentence !== null)];
}
