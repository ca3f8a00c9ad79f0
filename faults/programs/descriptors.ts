import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import {
  createWorkplace,
  eventually,
  postText,
  type RunningService,
  startService,
} from '../../test/support/service.ts';
import type { FaultProgram } from '../program.ts';
import { startHostileHosts } from '../support/hostile-hosts.ts';
import { inParallel } from '../support/in-parallel.ts';
import { post } from '../support/post.ts';
import { readProcessFigures } from '../support/process-figures.ts';
import { startReceivers, takesAll } from '../support/receivers.ts';
import { untilNothingIsOpen } from '../support/until-rest.ts';

/** Each of them holds its connections until the deadline. */
const HOSTILE = ['mute', 'dripping head', 'dripping body', 'endless chunks of one byte'] as const;
const IDLE_CLIENTS = 1_000;
const CLIENTS = 16;
/** More than a channel may have in flight at once. */
const MESSAGES = 300;
/** What the dispatcher allows one channel. */
const MAX_IN_FLIGHT = 128;
/** Files that are opened when they are first needed. */
const SLACK = 32;
const BACK_TO_NORMAL_MS = 30_000;

export const descriptors: FaultProgram = {
  name: 'descriptors',
  about:
    'a thousand idle clients and receivers that hold every connection: open files bounded, and then as before',
  async run() {
    if (process.platform !== 'linux') return { kind: 'not_run', why: 'open files are read from /proc' };
    const hostile = await startHostileHosts(HOSTILE);
    const receivers = await startReceivers(takesAll());
    const workplace = createWorkplace(`
api.port = 0
delivery.timeout = 2
delivery.retry.count = 0
${channelTable('healthy', receivers.urlOf('healthy'))}
${hostile.urls.map((url, index) => channelTable(`hostile${index}`, url)).join('\n')}
`);
    const idle: Socket[] = [];
    let running: RunningService | null = null;
    try {
      const service = await startService(workplace);
      running = service;
      const openFiles = () => readProcessFigures(service.process.pid)?.openFiles ?? Number.NaN;
      await postText(service.url, { msg: 'm0m', to: ['healthy'] });
      await untilNothingIsOpen(service.url);
      const before = openFiles();

      idle.push(...(await Promise.all(Array.from({ length: IDLE_CLIENTS }, () => openIdle(service.url)))));
      const withIdle = openFiles();
      let most = 0;
      const sampling = setInterval(() => {
        most = Math.max(most, openFiles());
      }, 50);
      // A connection for each: what this program keeps open would count as the service's.
      const numbers = Array.from({ length: MESSAGES }, (_, index) => index + 1);
      const answers = await inParallel(numbers, CLIENTS, (number) =>
        post(service.url, { msg: `m${number}m`, key: `key-${number}`, close: true }),
      );
      const refused = answers.filter(({ status }) => status !== 200).length;
      await untilNothingIsOpen(service.url);
      clearInterval(sampling);
      const arrived = receivers.arrivals.length;

      for (const socket of idle) socket.destroy();
      const after = await eventually(
        'as many open files as before',
        () => (openFiles() <= before + SLACK ? openFiles() : undefined),
        BACK_TO_NORMAL_MS,
      );
      const exit = await service.end('SIGTERM');
      const bound = before + IDLE_CLIENTS + (HOSTILE.length + 1) * MAX_IN_FLIGHT + SLACK;
      return {
        kind: 'measured',
        value: `${before} open files, ${withIdle} with ${IDLE_CLIENTS} idle clients, ${most} at most with ${HOSTILE.length} hostile channels, ${after} after`,
        bound: `<= ${bound}, then <= ${before + SLACK}; all served meanwhile`,
        broken: [
          ...(withIdle >= before + IDLE_CLIENTS
            ? []
            : [`${withIdle - before} of ${IDLE_CLIENTS} clients are idle`]),
          ...(most <= bound ? [] : [`${most} open files`]),
          ...(refused === 0 ? [] : [`${refused} of ${MESSAGES} messages were refused`]),
          ...(arrived === MESSAGES + 1 ? [] : [`${arrived} of ${MESSAGES + 1} came to the healthy channel`]),
          ...(exit === 0 ? [] : [`the service ended with ${exit}`]),
        ],
      };
    } finally {
      running?.process.kill('SIGKILL');
      for (const socket of idle) socket.destroy();
      await hostile.close();
      await receivers.close();
      workplace.remove();
    }
  },
};

function channelTable(name: string, url: string): string {
  return `[channel.${name}]
provider = "webhook"
endpoint.url = "${url}"
rate_limit.rate.frequency = 0`;
}

/** Asks once, and then keeps the connection without a word. */
async function openIdle(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await once(socket, 'data');
  return socket;
}
