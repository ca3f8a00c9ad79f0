import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { endpointHash } from '../../src/channel/endpoint-hash.ts';
import { Secret } from '../../src/core/secret.ts';
import { webhook } from '../../src/providers/webhook.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import type { LogEntryWithAttempts } from '../../src/store/store.ts';
import {
  createWorkplace,
  eventually,
  type RunningService,
  startService,
} from '../../test/support/service.ts';
import { brokenPromises } from '../check/invariants.ts';
import type { Arrival, CheckedChannel, DriverLedger } from '../check/ledgers.ts';
import type { FaultProgram } from '../program.ts';
import { startHonestClients } from '../support/honest-clients.ts';
import { readProcessFigures } from '../support/process-figures.ts';
import { queueDeliveries } from '../support/queue-deliveries.ts';
import { startReceivers, takesAll } from '../support/receivers.ts';

const LIVE: CheckedChannel = { name: 'live', ordered: false, endpoint: 'live', perMinute: 0, perSecond: 0 };
/** Its endpoint is paused, so that what is queued for it stays. */
const HELD = 'held';

const MEMORY_MIB = 200;
/** What the backlog may add to the time of a start. */
const START_MS = 2_000;
/** The size to which SQLite cuts its log of writes back (`journal_size_limit`). */
const WAL_MIB = 64;
const DESCRIPTORS = 120;
const SAMPLE_EVERY_MS = 50;

export const backlog: FaultProgram = {
  name: 'backlog',
  about:
    'up to a million queued deliveries and a reader that pins the log of writes: memory, start and files stay small',
  async run({ full }) {
    if (process.platform !== 'linux') return { kind: 'not_run', why: 'memory is read from /proc' };
    const queued = full ? 1_000_000 : 100_000;
    const receivers = await startReceivers(takesAll());
    const workplace = createWorkplace(`
api.port = 0
${[LIVE.name, HELD]
  .map(
    (name) => `[channel.${name}]
provider = "webhook"
endpoint.url = "${receivers.urlOf(name)}"
rate_limit.rate.frequency = 0`,
  )
  .join('\n')}
`);
    const store = join(workplace.folder, 'data/postpoint.db');
    let service: RunningService | null = null;
    try {
      const broken: string[] = [];
      const start = async () => {
        const startedMs = performance.now();
        const started = await startService(workplace);
        service = started;
        return { running: started, tookMs: performance.now() - startedMs };
      };
      const empty = await start();
      await empty.running.end('SIGTERM');
      queueMany(store, queued, endpointHash(webhook, new Secret(receivers.urlOf(HELD))));
      const { running, tookMs } = await start();
      const samples = sampleFigures(running);
      const clients = startHonestClients({
        url: () => running.url,
        clients: 8,
        gapMs: 0,
        text: (token) => `${token} ${'x'.repeat(10_000)}`,
        to: [LIVE.name],
      });
      const untilAccepted = (count: number) =>
        eventually(`${count} accepted`, () => clients.ledger.accepted.size >= count || undefined, 300_000);

      const messages = full ? 2_000 : 300;
      await untilAccepted(messages);
      const beforeMib = sizeMib(`${store}-wal`);
      // Someone else reads the file and does not come to an end: a backup, a forgotten shell.
      const reader = new DatabaseSync(store, { readOnly: true });
      reader.exec('BEGIN; SELECT count(*) FROM channel');
      const walMib = () => sizeMib(`${store}-wal`);
      await eventually(
        'a log of writes beyond its limit',
        () => walMib() > WAL_MIB + messages / 50 || undefined,
        120_000,
      );
      reader.close();
      const pinnedMib = walMib();
      await eventually('a log of writes within its limit', () => walMib() <= WAL_MIB || undefined, 60_000);
      await untilAccepted(clients.ledger.accepted.size + messages);
      const afterMib = walMib();
      await clients.stop();
      await eventually(
        'all delivered',
        () => receivers.arrivals.length >= clients.ledger.accepted.size || undefined,
        120_000,
      );
      const most = await samples.stop();
      const askedMs = performance.now();
      await running.end('SIGTERM');
      const endMs = performance.now() - askedMs;

      broken.push(...(await brokenOf(store, clients.ledger, receivers.arrivals, queued)));
      if (tookMs - empty.tookMs > START_MS)
        broken.push(
          `a start took ${tookMs.toFixed(0)} ms, without the backlog ${empty.tookMs.toFixed(0)} ms`,
        );
      if (most.memoryMib > MEMORY_MIB) broken.push(`${most.memoryMib} MiB of memory`);
      if (beforeMib > WAL_MIB || afterMib > WAL_MIB)
        broken.push(`the log of writes has ${beforeMib}, then ${afterMib} MiB`);
      if (most.descriptors > DESCRIPTORS) broken.push(`${most.descriptors} open files and sockets`);
      return {
        kind: 'measured',
        value: `${queued} queued: started in ${tookMs.toFixed(0)} ms (empty ${empty.tookMs.toFixed(0)} ms), stopped in ${endMs.toFixed(0)} ms, ${clients.ledger.accepted.size} more accepted and delivered, <= ${most.memoryMib} MiB, WAL ${beforeMib} MiB, ${pinnedMib} while a reader pinned it, ${afterMib} after, <= ${most.descriptors} descriptors`,
        bound: `0 lost, start <= ${START_MS} ms more, memory <= ${MEMORY_MIB} MiB, WAL <= ${WAL_MIB} MiB, descriptors <= ${DESCRIPTORS}`,
        broken,
      };
    } finally {
      (service as RunningService | null)?.process.kill('SIGKILL');
      await receivers.close();
      workplace.remove();
    }
  },
};

/** Puts deliveries into the store of a service that does not run; their endpoint is paused for a day. */
function queueMany(path: string, count: number, heldHash: string): void {
  const db = new DatabaseSync(path);
  try {
    const { id: channelId } = db.prepare('SELECT id FROM channel WHERE name = ?').get(HELD) as { id: number };
    db.exec('BEGIN');
    db.prepare('UPDATE endpoint SET paused_until_ms = ? WHERE hash = ?').run(
      Date.now() + 86_400_000,
      heldHash,
    );
    queueDeliveries(db, channelId, count);
    db.exec('COMMIT');
  } finally {
    db.close();
  }
}

/** Looks at a running service again and again; `stop` gives the most that was seen. */
function sampleFigures({ process: { pid } }: RunningService) {
  const most = { memoryMib: 0, descriptors: 0 };
  let running = true;
  const sampling = (async () => {
    while (running) {
      const figures = readProcessFigures(pid);
      most.memoryMib = Math.max(most.memoryMib, Math.round((figures?.rssBytes ?? 0) / 1_048_576));
      most.descriptors = Math.max(most.descriptors, figures?.openFiles ?? 0);
      await sleep(SAMPLE_EVERY_MS);
    }
  })();
  return {
    async stop() {
      running = false;
      await sampling;
      return most;
    },
  };
}

/** The messages of this run by the checker, the backlog by its number. */
async function brokenOf(
  path: string,
  driver: DriverLedger,
  arrivals: readonly Arrival[],
  queued: number,
): Promise<string[]> {
  const store = await openSqliteStore({
    path,
    onFatal(error) {
      throw error;
    },
  });
  try {
    const log: LogEntryWithAttempts[] = [];
    for (const id of driver.accepted.keys()) {
      const entry = await store.getMessage(id);
      if (entry !== null) log.push(entry);
    }
    const held = (await store.countOpen()).find(({ channel }) => channel === HELD)?.count ?? 0;
    return [
      ...brokenPromises({ driver, arrivals, log, channels: [LIVE] }),
      ...(held === queued ? [] : [`lost: ${held} of ${queued} are still queued`]),
    ];
  } finally {
    await store.close();
  }
}

function sizeMib(path: string): number {
  return Math.round((statSync(path, { throwIfNoEntry: false })?.size ?? 0) / 1_048_576);
}
