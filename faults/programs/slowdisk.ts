import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createWorkplace, type RunningService, startService } from '../../test/support/service.ts';
import { brokenPromises, countCopies } from '../check/invariants.ts';
import type { CheckedChannel, DriverLedger } from '../check/ledgers.ts';
import type { FaultProgram } from '../program.ts';
import { startHonestClients } from '../support/honest-clients.ts';
import { readProcessFigures } from '../support/process-figures.ts';
import { readLogOfFile } from '../support/read-log.ts';
import { startReceivers, takesAll } from '../support/receivers.ts';
import { straceCommand, straceMissing } from '../support/strace.ts';
import { untilNothingIsOpen } from '../support/until-rest.ts';

const CHANNELS: readonly CheckedChannel[] = [
  { name: 'free', ordered: false, endpoint: 'free', perMinute: 0, perSecond: 0 },
  { name: 'paced', ordered: false, endpoint: 'paced', perMinute: 0, perSecond: 50 },
];
const CLIENTS = 32;
/** Were the event loop to wait for the disk, an answer that needs none would take about one sync. */
const HEALTH_SHARE_OF_SYNC = 1 / 4;
/** The syncs of a start, which takes long enough without a delay. */
const SYNCS_OF_START = 10;
const REST_WITHIN_MS = 600_000;
/** More text at once than the store lets wait for the disk. */
const FLOOD_REQUESTS = 60;
const FIRST_OF_FLOOD = 1_000_001;
const FLOOD_TEXT = 'x'.repeat(1_000_000);

export const slowdisk: FaultProgram = {
  name: 'slowdisk',
  about: 'each fsync takes up to 5 s: the event loop stays free, accepts share commits, overload is refused',
  async run({ full, say }) {
    const why = straceMissing();
    if (why !== null) return { kind: 'not_run', why };
    const broken: string[] = [];
    const seen: string[] = [];
    for (const step of full ? FULL_STEPS : SHORT_STEPS) {
      const found = await delaySyncs(step);
      say(found.line);
      seen.push(found.line);
      broken.push(...found.broken.map((sentence) => `${step.delayMs} ms: ${sentence}`));
    }
    return {
      kind: 'measured',
      value: seen.join('; '),
      bound: '0 lost, 0 copies, /healthz in a quarter of a sync, several accepts a sync, overload gets 503',
      broken,
    };
  },
};

interface Step {
  /** What each fsync of the store takes longer. */
  readonly delayMs: number;
  readonly messages: number;
  /** Then more comes at once than may wait for the disk. */
  readonly flood: boolean;
}
const SHORT_STEPS: readonly Step[] = [
  { delayMs: 200, messages: 200, flood: false },
  { delayMs: 2_000, messages: 64, flood: true },
];
const FULL_STEPS: readonly Step[] = [
  { delayMs: 50, messages: 2_000, flood: false },
  { delayMs: 500, messages: 1_000, flood: false },
  { delayMs: 5_000, messages: 200, flood: true },
];

/** One service on such a disk, under load, to its end. */
export async function delaySyncs({
  delayMs,
  messages,
  flood,
}: Step): Promise<{ line: string; broken: string[] }> {
  const receivers = await startReceivers(takesAll());
  const workplace = createWorkplace(`
api.port = 0
${CHANNELS.map(
  ({ name, perSecond }) => `[channel.${name}]
provider = "webhook"
endpoint.url = "${receivers.urlOf(name)}"
rate_limit.rate.frequency = ${perSecond}`,
).join('\n')}
`);
  const store = join(workplace.folder, 'data/postpoint.db');
  const traceFile = join(workplace.folder, 'trace');
  const front = straceCommand({
    traceFile,
    syscalls: ['fsync'],
    paths: [store, `${store}-wal`],
    inject: [`fsync:delay_exit=${delayMs * 1_000}:when=${SYNCS_OF_START + 1}+`],
  });
  let service: RunningService | null = null;
  try {
    service = await startService(workplace, ['serve'], {}, front);
    const { url } = service;
    const broken: string[] = [];
    const syncsOfStart = countLines(traceFile);
    const health = watchHealth(url);
    const clients = startHonestClients({ url: () => url, clients: CLIENTS, gapMs: 0, messages });
    await clients.done;
    const accepted = clients.ledger.accepted.size;
    if (accepted !== messages) broken.push(`${accepted} of ${messages} accepted`);
    const syncs = countLines(traceFile) - syncsOfStart;
    if (syncs > accepted / 2) broken.push(`${syncs} syncs for ${accepted} accepted: they do not share them`);
    await untilNothingIsOpen(url, REST_WITHIN_MS);
    const healthMs = medianOf(await health.stop());
    if (healthMs > delayMs * HEALTH_SHARE_OF_SYNC) broken.push(`/healthz took ${healthMs.toFixed(0)} ms`);

    const statuses = flood ? await floodWith(url, clients.ledger) : [];
    const refused = statuses.filter((status) => status === 503).length;
    if (flood && refused === 0) broken.push('nothing of the flood was refused');
    await untilNothingIsOpen(url, REST_WITHIN_MS);
    const peakBytes = readProcessFigures(service.process.pid)?.peakRssBytes ?? null;
    const memoryMib = peakBytes === null ? null : Math.round(peakBytes / 1_048_576);
    const code = await service.end('SIGTERM');
    if (code !== 0) broken.push(`it ended with ${code}`);

    const log = await readLogOfFile(store);
    const ledgers = { driver: clients.ledger, arrivals: receivers.arrivals, log, channels: CHANNELS };
    broken.push(...brokenPromises(ledgers));
    const { copies } = countCopies(ledgers);
    if (copies > 0) broken.push(`${copies} copies, though every receiver answered at once`);
    const odd = [...statuses, ...clients.refusals.keys()].filter((status) => ![0, 200, 503].includes(status));
    if (odd.length > 0) broken.push(`answers with ${[...new Set(odd)].join(', ')}`);
    const flooded = flood ? `, ${refused} of ${FLOOD_REQUESTS} MB at once refused` : '';
    const line = `${delayMs} ms a sync: ${accepted} accepted in ${syncs} syncs, /healthz ${healthMs.toFixed(0)} ms (median)${flooded}, ${copies} copies, ${memoryMib} MiB at most`;
    return { line, broken };
  } finally {
    service?.process.kill('SIGKILL');
    await receivers.close();
    workplace.remove();
  }
}

/** Asks over and over for what needs no disk. */
function watchHealth(url: string) {
  let running = true;
  const durations = (async () => {
    const durationsMs: number[] = [];
    while (running) {
      const askedMs = performance.now();
      await (await fetch(`${url}/healthz`)).arrayBuffer();
      durationsMs.push(performance.now() - askedMs);
      await sleep(20);
    }
    return durationsMs;
  })();
  return {
    stop() {
      running = false;
      return durations;
    },
  };
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** Large messages all at once. @returns their statuses. */
function floodWith(url: string, ledger: DriverLedger): Promise<number[]> {
  return Promise.all(
    Array.from({ length: FLOOD_REQUESTS }, async (_, number) => {
      const token = `m${FIRST_OF_FLOOD + number}m`;
      const response = await fetch(`${url}/api/text`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ msg: `${token} ${FLOOD_TEXT}` }),
      });
      const { id } = (await response.json()) as { id: string };
      if (response.status === 200) ledger.accepted.set(id, { token, key: '' });
      return response.status;
    }),
  );
}

function countLines(file: string): number {
  return readFileSync(file, 'utf8').split('\n').length - 1;
}
