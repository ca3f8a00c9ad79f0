import { setTimeout as sleep } from 'node:timers/promises';
import { createWorkplace, postText, startService } from '../../test/support/service.ts';
import type { FaultProgram } from '../program.ts';
import { startHostileHosts } from '../support/hostile-hosts.ts';
import { percentile } from '../support/percentile.ts';
import { type Receivers, startReceivers, takesAll } from '../support/receivers.ts';

const HOSTILE = [
  'mute',
  'dripping head',
  'dripping body',
  'RST instead of an answer',
  'FIN inside the body',
  'endless body',
  'endless headers',
  'endless chunks of one byte',
  'flood of interim answers',
  'a gzip bomb',
  '429, Retry-After 3',
] as const;
const GAP_MS = 20;
const MAX_DELAY_MS = 50;
const GIVE_UP_MS = 10_000;

export const isolate: FaultProgram = {
  name: 'isolate',
  about: 'every channel but one is hostile: the healthy one is as fast as alone',
  async run({ full }) {
    const messages = full ? 5_000 : 250;
    const hostile = await startHostileHosts(HOSTILE);
    const receivers = await startReceivers(takesAll());
    const workplace = createWorkplace(`
api.port = 0
delivery.timeout = 2
delivery.retry.interval = 0.1
[channel.healthy]
provider = "webhook"
endpoint.url = "${receivers.urlOf('healthy')}"
rate_limit.rate.frequency = 0
${hostile.urls
  .map(
    (url, index) => `[channel.hostile${index}]
provider = "webhook"
endpoint.url = "${url}"`,
  )
  .join('\n')}
`);
    try {
      const service = await startService(workplace);
      // The first messages meet cold code, for each kind of hostility anew; they are nobody's figure.
      await measure(service.url, receivers, { from: 0, count: 50, to: ['healthy'] });
      const alone = await measure(service.url, receivers, {
        from: 1_000_000,
        count: messages,
        to: ['healthy'],
      });
      await measure(service.url, receivers, { from: 3_000_000, count: 50, to: undefined });
      const among = await measure(service.url, receivers, {
        from: 2_000_000,
        count: messages,
        to: undefined,
      });
      await service.end('SIGKILL');
      const [aloneMs, amongMs] = [percentile(alone, 0.99), percentile(among, 0.99)];
      return {
        kind: 'measured',
        value: `p99 ${amongMs.toFixed(1)} ms among ${HOSTILE.length} hostile channels, ${aloneMs.toFixed(1)} ms alone, ${messages} messages each`,
        bound: `<= alone + ${MAX_DELAY_MS} ms, all arrive`,
        broken: [
          ...(amongMs <= aloneMs + MAX_DELAY_MS
            ? []
            : [`the healthy channel was delayed by ${(amongMs - aloneMs).toFixed(1)} ms`]),
          ...(alone.length === messages && among.length === messages
            ? []
            : [`${alone.length} and ${among.length} of ${messages} arrived`]),
        ],
      };
    } finally {
      await hostile.close();
      await receivers.close();
      workplace.remove();
    }
  },
};

interface Load {
  /** Number of the first message. */
  readonly from: number;
  readonly count: number;
  /** undefined: all channels. */
  readonly to: readonly string[] | undefined;
}

/** Ms from the start of each request to the arrival at the healthy channel's receiver, both on this process's clock. */
async function measure(url: string, receivers: Receivers, { from, count, to }: Load): Promise<number[]> {
  const postedMs = new Map<string, number>();
  for (let number = from; number < from + count; number++) {
    const token = `m${number}m`;
    postedMs.set(token, performance.now());
    void postText(url, { msg: token, ...(to === undefined ? {} : { to }) });
    await sleep(GAP_MS);
  }
  const arrived = () => receivers.arrivals.filter(({ token }) => postedMs.has(token));
  const giveUpMs = performance.now() + GIVE_UP_MS;
  while (arrived().length < count && performance.now() < giveUpMs) await sleep(GAP_MS);
  return arrived().map(({ token, atMs }) => atMs - (postedMs.get(token) ?? Number.NaN));
}
