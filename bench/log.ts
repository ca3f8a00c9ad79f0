import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openSearchForReading, readProgress } from '../src/store/sqlite/search/search-file.ts';
import { type CountingReceiver, startCountingReceiver } from '../test/support/counting-receiver.ts';
import { createWorkplace, type RunningService, startService } from '../test/support/service.ts';
import { askLog, postFor } from './support/log-load.ts';
import { LOG_QUESTIONS, type LogQuestion } from './support/log-questions.ts';
import { makeStore } from './support/make-store.ts';
import { createRandom } from './support/random.ts';
import { percentile, printTable } from './support/table.ts';

/*
 * The push log on a large store, asked through the API of the real service, and what searches and the index cost
 * accepts and deliveries: `node bench/log.ts [--path data/bench.db] [--runs 200] [--rounds 3]`. A store that is not
 * there is made by `node bench/make-store.ts`. Waits until the search index is complete.
 */

const LOAD_MS = 5_000;
const LOAD_STORE_MESSAGES = 300_000;

const { values } = parseArgs({
  options: {
    path: { type: 'string', default: 'data/bench.db' },
    runs: { type: 'string', default: '200' },
    /** 0 leaves the load out. */
    rounds: { type: 'string', default: '3' },
  },
});
const receiver = await startCountingReceiver();
await measurePages(resolve(values.path), Number(values.runs));
if (Number(values.rounds) > 0) await measureLoad(Number(values.rounds));
await receiver.close();

async function measurePages(path: string, runs: number): Promise<void> {
  const service = await serve(path);
  const indexedMs = await waitForIndex(path);
  process.stdout.write(`waited ${Math.round(indexedMs / 1000)} s for the search index\n`);
  const rows = [];
  for (const question of LOG_QUESTIONS) rows.push(await measureQuestion(service.url, question, runs));
  await service.end('SIGTERM');
  printTable(['question', 'rows', 'goal ms', 'p50 ms', 'p99 ms', 'max ms', 'calls', 'all calls ms'], rows);
}

/** Each run asks at another place, so that no cache of pages answers for the store. */
async function measureQuestion(url: string, { name, goalMs, parameters }: LogQuestion, runs: number) {
  const random = createRandom(7);
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const startedMs = performance.now();
    await askLog(url, parameters(random));
    times.push(performance.now() - startedMs);
  }
  const { rows, calls, ms } = await askToTheEnd(url, parameters(createRandom(7)));
  const shown = [percentile(times, 0.5), percentile(times, 0.99), Math.max(...times)];
  return [name, rows, goalMs, ...shown.map((time) => time.toFixed(1)), calls, ms.toFixed(0)];
}

/** As the page does: on with the cursor while a search had to stop, until a page is full. */
async function askToTheEnd(url: string, parameters: Record<string, string>) {
  const startedMs = performance.now();
  let rows = 0;
  let cursor: string | null = null;
  for (let calls = 1; ; calls++) {
    const page = await askLog(url, cursor === null ? parameters : { ...parameters, cursor });
    rows += page.items.length;
    cursor = page.next_cursor;
    if (page.searched_until === null || rows >= 50) return { rows, calls, ms: performance.now() - startedMs };
  }
}

/** What else goes on while texts are posted. `off`: a folder stands where the index would be. */
const CONDITIONS = ['no index', 'index complete', 'index being made', 'searches'] as const;
type Condition = (typeof CONDITIONS)[number];

async function measureLoad(rounds: number): Promise<void> {
  const workplace = createWorkplace(null);
  const original = join(workplace.folder, 'original.db');
  makeStore(original, LOAD_STORE_MESSAGES, createRandom(1));
  await index(original);
  const results = new Map(
    CONDITIONS.map((condition) => [condition, { accepts: [] as number[], deliveries: [] as number[] }]),
  );
  for (let round = 0; round < rounds; round++) {
    for (const condition of CONDITIONS) {
      const { accepts, deliveries } = await measureUnder(
        condition,
        original,
        join(workplace.folder, 'copy.db'),
      );
      results.get(condition)?.accepts.push(accepts);
      results.get(condition)?.deliveries.push(deliveries);
    }
  }
  workplace.remove();
  printTable(
    ['meanwhile', 'accepts/s (median)', 'all rounds', 'deliveries/s (median)', 'all rounds'],
    [...results].map(([condition, { accepts, deliveries }]) => [
      condition,
      percentile(accepts, 0.5).toFixed(0),
      accepts.map(Math.round).join(' '),
      percentile(deliveries, 0.5).toFixed(0),
      deliveries.map(Math.round).join(' '),
    ]),
  );
}

async function measureUnder(condition: Condition, original: string, path: string) {
  for (const suffix of ['', '-wal', '-shm', '.search', '.search-wal', '.search-shm']) {
    rmSync(path + suffix, { recursive: true, force: true });
  }
  copyFileSync(original, path);
  if (condition === 'no index') mkdirSync(`${path}.search`);
  else if (condition !== 'index being made') copyFileSync(`${original}.search`, `${path}.search`);
  const service = await serve(path);
  let searching = condition === 'searches';
  const searches = searching ? search(service, () => searching) : Promise.resolve();
  await postFor(service.url, 'paced', 1_000);
  const accepts = await postFor(service.url, 'paced', LOAD_MS);
  const before = receiver.bodies.length;
  await postFor(service.url, 'ops', LOAD_MS);
  const deliveries = (receiver.bodies.length - before) / (LOAD_MS / 1000);
  searching = false;
  await searches;
  await service.end('SIGTERM');
  receiver.bodies.length = 0;
  return { accepts, deliveries };
}

/** One person who searches without a pause, for something else each time. */
async function search({ url }: RunningService, goesOn: () => boolean): Promise<void> {
  const random = createRandom(3);
  while (goesOn()) {
    for (const { parameters } of LOG_QUESTIONS) if (goesOn()) await askLog(url, parameters(random));
  }
}

async function serve(path: string): Promise<RunningService> {
  return startService(createWorkplace(configFor(path, receiver)));
}

function configFor(path: string, { url }: CountingReceiver): string {
  const unlimited = ['ops', 'dev', 'db', 'biz', 'rare'].map(
    (name) => `[channel.${name}]
provider = "webhook"
endpoint.url = "${url}${name}"
rate_limit.rate.frequency = 0`,
  );
  return `api.port = 0
store.url = "sqlite:${path}"
${unlimited.join('\n')}
[channel.paced]
provider = "webhook"
endpoint.url = "${url}paced"
`;
}

async function index(path: string): Promise<void> {
  const service = await serve(path);
  await waitForIndex(path);
  await service.end('SIGTERM');
}

/** @returns how long it took, ms. */
async function waitForIndex(path: string): Promise<number> {
  const startedMs = performance.now();
  const store = new DatabaseSync(path, { readOnly: true });
  const { last } = store.prepare('SELECT max(seq) AS last FROM message').get() as { last: number };
  store.close();
  for (;;) {
    await sleep(500);
    if (indexedTo(path) > last - 64) return performance.now() - startedMs;
  }
}

function indexedTo(path: string): number {
  let search: DatabaseSync | undefined;
  try {
    search = openSearchForReading(path);
    return readProgress(search).messageSeq;
  } catch {
    return 0;
  } finally {
    search?.close();
  }
}
