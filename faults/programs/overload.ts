import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createWorkplace, postText, type RunningService, startService } from '../../test/support/service.ts';
import { brokenPromises } from '../check/invariants.ts';
import type { CheckedChannel, DriverLedger } from '../check/ledgers.ts';
import type { FaultProgram } from '../program.ts';
import { megabytes, readProcessFigures } from '../support/process-figures.ts';
import { readLogOfFile } from '../support/read-log.ts';
import { startReceivers, takesAll } from '../support/receivers.ts';
import { untilNothingIsOpen } from '../support/until-rest.ts';

const CONNECTIONS = 200;
const TEXT_UNITS = 150_000;
const MAX_PER_SECOND = 50;
const MAX_GROWTH_BYTES = 512 * 1_048_576;
const HEALTHY_WITHIN_MS = 1_000;
const CHANNELS: readonly CheckedChannel[] = [
  { name: 'fast', ordered: false, endpoint: 'fast', perMinute: 0, perSecond: 0 },
];
/** What a caller may be told: taken, too fast, not now, or that its request did not come in time. */
const CLEAR: ReadonlySet<number> = new Set([200, 408, 429, 503]);

export const overload: FaultProgram = {
  name: 'overload',
  about:
    'more than it can take, with and without api.rate_limit: clear refusals, nothing accepted is lost, healthy at once after',
  async run({ full }) {
    const seconds = full ? 60 : 4;
    const free = await flood(0, { seconds, textUnits: TEXT_UNITS, gapMs: 0 });
    const limited = await flood(MAX_PER_SECOND, {
      seconds,
      textUnits: 200,
      gapMs: (CONNECTIONS / (10 * MAX_PER_SECOND)) * 1_000,
    });
    const mayPass = MAX_PER_SECOND * (Math.ceil(seconds) + 2);
    const passed = limited.statuses.get(200) ?? 0;
    return {
      kind: 'measured',
      value: `no limit: ${shown(free)}; ${MAX_PER_SECOND}/s: ${shown(limited)}`,
      bound: `only 200, 408, 429, 503; 0 lost; memory +${megabytes(MAX_GROWTH_BYTES)}; healthy within ${HEALTHY_WITHIN_MS} ms; at most ${mayPass} pass the limit`,
      broken: [
        ...free.broken.map((sentence) => `no limit: ${sentence}`),
        ...limited.broken.map((sentence) => `${MAX_PER_SECOND}/s: ${sentence}`),
        ...(passed > mayPass ? [`${passed} requests passed a limit of ${MAX_PER_SECOND} a second`] : []),
        ...(free.statuses.get(503) ? [] : ['without a limit nobody was told 503: this was no overload']),
        ...(limited.statuses.get(429) ? [] : ['nobody was told 429']),
      ],
    };
  },
};

interface Flood {
  readonly statuses: ReadonlyMap<number, number>;
  readonly healthyMs: number;
  readonly growthBytes: number | null;
  readonly broken: readonly string[];
}

function shown({ statuses, healthyMs, growthBytes }: Flood): string {
  const counts = [...statuses].map(([status, count]) => `${count} x ${status}`).join(', ');
  const memory = growthBytes === null ? 'memory not measured' : `memory +${megabytes(growthBytes)}`;
  return `${counts}, ${memory}, healthy after ${healthyMs.toFixed(0)} ms`;
}

interface Load {
  readonly seconds: number;
  readonly textUnits: number;
  /** Pause of one connection between two requests. */
  readonly gapMs: number;
}

async function flood(maxPerSecond: number, { seconds, textUnits, gapMs }: Load): Promise<Flood> {
  const receivers = await startReceivers(takesAll());
  const workplace = createWorkplace(`
api.port = 0
api.rate_limit.frequency = ${maxPerSecond}
[channel.fast]
provider = "webhook"
endpoint.url = "${receivers.urlOf('fast')}"
rate_limit.rate.frequency = 0
`);
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  try {
    const service = await startService(workplace);
    const before = readProcessFigures(service.process.pid);
    const driver: DriverLedger = { accepted: new Map(), idsOfKey: new Map() };
    const statuses = new Map<number, number>();
    const filler = 'x'.repeat(textUnits);
    let count = 0;
    let withoutRetryAfter = 0;
    const endMs = performance.now() + seconds * 1_000;
    const connection = async () => {
      while (performance.now() < endMs) {
        const token = `m${count++}m`;
        const answer = await post(service.url, agent, `{"msg":"${token} ${filler}"}`);
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        if (answer.status === 200) driver.accepted.set(answer.id, { token, key: token });
        if (answer.status === 429 && !answer.hasRetryAfter) withoutRetryAfter++;
        if (gapMs > 0) await sleep(gapMs);
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, connection));
    const healthyMs = await untilHealthy(service, driver);
    const after = readProcessFigures(service.process.pid);
    await untilNothingIsOpen(service.url);
    await service.end('SIGTERM');
    const log = await readLogOfFile(join(workplace.folder, 'data/postpoint.db'));
    const growthBytes = before && after ? after.peakRssBytes - before.rssBytes : null;
    const unclear = [...statuses.keys()].filter((status) => !CLEAR.has(status));
    return {
      statuses,
      healthyMs,
      growthBytes,
      broken: [
        ...brokenPromises({
          driver,
          arrivals: receivers.arrivals,
          log,
          channels: CHANNELS,
          output: service.output(),
          secrets: receivers.secrets,
        }),
        ...unclear.map(
          (status) => `${statuses.get(status)} callers got ${status === 0 ? 'no answer' : status}`,
        ),
        ...(withoutRetryAfter > 0 ? [`${withoutRetryAfter} x 429 without Retry-After`] : []),
        ...(growthBytes !== null && growthBytes > MAX_GROWTH_BYTES
          ? [`memory grew by ${megabytes(growthBytes)}`]
          : []),
        ...(healthyMs > HEALTHY_WITHIN_MS ? [`healthy again only after ${healthyMs.toFixed(0)} ms`] : []),
      ],
    };
  } finally {
    agent.destroy();
    await receivers.close();
    workplace.remove();
  }
}

/** Ms until a new caller gets 200. Over the rate limit of the second before, it is asked again. */
async function untilHealthy(service: RunningService, driver: DriverLedger): Promise<number> {
  const startedMs = performance.now();
  for (;;) {
    const { status, body } = await postText(service.url, { msg: 'm999999999m' });
    if (status === 200) {
      driver.accepted.set(body.id, { token: 'm999999999m', key: 'after' });
      return performance.now() - startedMs;
    }
    await sleep(20);
  }
}

function post(
  url: string,
  agent: Agent,
  body: string,
): Promise<{ status: number; id: string; hasRetryAfter: boolean }> {
  return new Promise((resolve) => {
    const none = () => resolve({ status: 0, id: '', hasRetryAfter: false });
    const sent = request(
      `${url}/api/text`,
      {
        agent,
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-length': body.length },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('error', none);
        response.on('end', () => {
          const { id } = JSON.parse(text) as { id: string };
          resolve({
            status: response.statusCode ?? 0,
            id,
            hasRetryAfter: response.headers['retry-after'] !== undefined,
          });
        });
      },
    );
    sent.on('error', none).end(body);
  });
}
