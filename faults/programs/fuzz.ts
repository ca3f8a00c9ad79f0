import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createWorkplace, startService } from '../../test/support/service.ts';
import { apiBody } from '../fuzz/api-bodies.ts';
import { fuzzAnswers } from '../fuzz/platform-answers.ts';
import { rawRequests } from '../fuzz/raw-http.ts';
import type { FaultProgram } from '../program.ts';
import { percentile } from '../support/percentile.ts';
import { megabytes, readProcessFigures } from '../support/process-figures.ts';
import { readLogOfFile } from '../support/read-log.ts';
import { startReceivers, takesAll } from '../support/receivers.ts';

const AT_ONCE = 16;
/** How long a raw connection may stay open: the service cuts slow requests after 10 s. */
const RAW_LIMIT_MS = 1_000;
const PROBE_EVERY_MS = 50;
/** How long one hostile request may hold up everybody else. */
const MAX_STALL_MS = 250;
const MAX_GROWTH_BYTES = 200 * 1_048_576;

export const fuzz: FaultProgram = {
  name: 'fuzz',
  about: 'mutated API bodies, raw HTTP and platform answers: no 5xx, no crash, no stall, bounded memory',
  async run({ random, full, say }) {
    const [bodies, raw, answers] = full ? [200_000, 50_000, 500_000] : [3_000, 600, 30_000];
    const wrong = fuzzAnswers(random, answers);
    say(`${answers} platform answers`);
    const receivers = await startReceivers(takesAll());
    const workplace = createWorkplace(`
api.port = 0
[channel.fast]
provider = "webhook"
endpoint.url = "${receivers.urlOf('fast')}"
rate_limit.rate.frequency = 0
`);
    try {
      const service = await startService(workplace);
      const before = readProcessFigures(service.process.pid);
      const accepted: string[] = [];
      const statuses = new Map<number, number>();
      const count = (status: number) => statuses.set(status, (statuses.get(status) ?? 0) + 1);
      const probe = startProbe(service.url);
      await inParallel(bodies, async () => {
        const { type, body } = apiBody(random);
        const response = await fetch(`${service.url}/api/text`, {
          method: 'POST',
          headers: { 'content-type': type },
          body,
        });
        count(response.status);
        const { id } = (await response.json()) as { id: string };
        if (response.status === 200) accepted.push(id);
      });
      say(`${bodies} bodies`);
      await inParallel(raw, async () => {
        for (const status of await rawExchange(service.url, rawRequests(random))) count(status);
      });
      const stallsMs = await probe.stop();
      const after = readProcessFigures(service.process.pid);
      const alive =
        service.process.exitCode === null && (await fetch(`${service.url}/healthz`)).status === 200;
      const exit = await service.end('SIGTERM');
      const log = await readLogOfFile(join(workplace.folder, 'data/postpoint.db'));
      const ids = new Set(log.map((entry) => entry.id));
      const lost = accepted.filter((id) => !ids.has(id));
      const worstMs = percentile(stallsMs, 1);
      const growthBytes = before && after ? after.peakRssBytes - before.rssBytes : null;
      const faults = [...statuses].filter(([status]) => status >= 500);
      return {
        kind: 'measured',
        value: `${bodies} bodies, ${raw} raw connections, ${answers} answers x 8 providers; ${[...statuses]
          .sort(([a], [b]) => a - b)
          .map(([status, times]) => `${times} x ${status}`)
          .join(
            ', ',
          )}; longest stall ${worstMs.toFixed(0)} ms, p99 ${percentile(stallsMs, 0.99).toFixed(0)} ms, memory ${growthBytes === null ? 'not measured' : `+${megabytes(growthBytes)}`}`,
        bound: `no 5xx, no crash, 0 lost, stall <= ${MAX_STALL_MS} ms, memory +${megabytes(MAX_GROWTH_BYTES)}`,
        broken: [
          ...wrong,
          ...faults.map(([status, times]) => `${times} answers were ${status}`),
          ...(lost.length > 0 ? [`${lost.length} accepted messages are not in the log`] : []),
          ...(alive && exit === 0
            ? []
            : [`the service did not survive: ${exit}\n${service.output().slice(-2_000)}`]),
          ...(!(worstMs <= MAX_STALL_MS) ? [`a stall of ${worstMs.toFixed(0)} ms`] : []),
          ...(growthBytes !== null && growthBytes > MAX_GROWTH_BYTES
            ? [`memory grew by ${megabytes(growthBytes)}`]
            : []),
        ],
      };
    } finally {
      await receivers.close();
      workplace.remove();
    }
  },
};

async function inParallel(times: number, work: () => Promise<void>): Promise<void> {
  let started = 0;
  const worker = async () => {
    while (started++ < times) await work();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** Reads all the while how long the service's own event loop stood still at most; each reading starts anew. */
function startProbe(url: string): { stop(): Promise<number[]> } {
  const stallsMs: number[] = [];
  const readStall = async () => {
    const metrics = await (await fetch(`${url}/metrics`)).text();
    stallsMs.push(Number(/^nodejs_eventloop_lag_max_seconds (\S+)/m.exec(metrics)?.[1]) * 1_000);
  };
  let running = true;
  const probing = (async () => {
    // The start of the process is not what is measured.
    await readStall();
    stallsMs.length = 0;
    while (running) {
      await sleep(PROBE_EVERY_MS);
      await readStall();
    }
  })();
  return {
    async stop() {
      running = false;
      await probing;
      return stallsMs;
    },
  };
}

/** Writes the bytes, half-closes, and gives the statuses of all that was answered. */
function rawExchange(url: string, bytes: Buffer): Promise<number[]> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
    });
    const timer = setTimeout(() => socket.destroy(), RAW_LIMIT_MS);
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(timer);
      resolve([...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status)));
    });
    socket.end(bytes);
  });
}
