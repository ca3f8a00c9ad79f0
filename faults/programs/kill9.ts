import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createWorkplace, startService } from '../../test/support/service.ts';
import { brokenPromises, countCopies } from '../check/invariants.ts';
import type { CheckedChannel, Ledgers } from '../check/ledgers.ts';
import type { FaultProgram } from '../program.ts';
import { startHonestClients } from '../support/honest-clients.ts';
import { readLogOfFile } from '../support/read-log.ts';
import { startReceivers, takesAll } from '../support/receivers.ts';
import { untilNothingIsOpen } from '../support/until-rest.ts';

const CHANNELS: readonly CheckedChannel[] = [
  { name: 'fast', ordered: false, endpoint: 'fast', perMinute: 0, perSecond: 0 },
  { name: 'ordered', ordered: true, endpoint: 'ordered', perMinute: 0, perSecond: 0 },
  { name: 'paced', ordered: false, endpoint: 'paced', perMinute: 0, perSecond: 50 },
];

export const kill9: FaultProgram = {
  name: 'kill9',
  about: 'SIGKILL at random instants under load: nothing accepted is lost, every copy is flagged',
  async run({ random, full, say }) {
    const kills = full ? 1_000 : 50;
    const receivers = await startReceivers(takesAll(2));
    const workplace = createWorkplace(`
api.port = 0
delivery.retry.interval = 0.05
${CHANNELS.map(
  ({ name, ordered, perSecond }) => `[channel.${name}]
provider = "webhook"
endpoint.url = "${receivers.urlOf(name)}"
ordered = ${ordered}
rate_limit.rate.frequency = ${perSecond}`,
).join('\n')}
`);
    try {
      let service = await startService(workplace);
      const clients = startHonestClients({ url: () => service.url, clients: 4, gapMs: 5 });
      for (let kill = 1; kill <= kills; kill++) {
        await sleep(random.between(5, 250));
        await service.end('SIGKILL');
        service = await startService(workplace);
        if (kill % 100 === 0) say(`${kill} kills`);
      }
      await clients.stop();
      await untilNothingIsOpen(service.url);
      await service.end('SIGTERM');
      const ledgers: Ledgers = {
        driver: clients.ledger,
        arrivals: receivers.arrivals,
        log: await readLogOfFile(join(workplace.folder, 'data/postpoint.db')),
        channels: CHANNELS,
      };
      const { copies, unknown } = countCopies(ledgers);
      return {
        kind: 'measured',
        value: `${clients.ledger.accepted.size} messages, ${kills} kills, ${copies} copies, ${unknown} unknown attempts`,
        bound: '0 lost, 0 unlogged, copies <= unknown attempts, each flagged',
        broken: brokenPromises(ledgers),
      };
    } finally {
      await receivers.close();
      workplace.remove();
    }
  },
};
