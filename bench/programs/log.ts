import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import type { BenchContext, BenchProgram } from '../program.ts';
import { goalsTable } from '../support/goals.ts';
import { FIGURES, loadTable } from '../support/load-table.ts';
import { searchOnAndOn } from '../support/log-client.ts';
import { measurePages } from '../support/log-pages.ts';
import { makeStore } from '../support/make-store.ts';
import { type Bench, type Measured, measureLoad, withBench } from '../support/measure-load.ts';
import { processFiguresMissing } from '../support/process-cost.ts';
import { createRandom } from '../support/random.ts';
import { type Case, measureInTurn, ratio } from '../support/rounds.ts';
import { startIndexing, waitForIndex } from '../support/search-index.ts';
import { createStoreFolder, type StoreFolder, storeFile } from '../support/store-folder.ts';
import { postpoint } from '../support/subjects.ts';

/** 5 million messages took 55 s and 2.1 GB, and their index some minutes more. */
const MESSAGES = 5_000_000;
const LOAD_MESSAGES = 300_000;
const QUICK_PART = 10;
const CONNECTIONS = 64;
const RUNS_PER_ROUND = 50;

/** What else is there, or goes on, while texts are posted. */
const CONDITIONS = [
  'empty store',
  'no index',
  'index complete',
  'index being made',
  'searches without a pause',
  'a search every half second',
  'long log',
] as const;
type Condition = (typeof CONDITIONS)[number];

const SEARCH_PAUSE_MS: Partial<Record<Condition, number>> = {
  'searches without a pause': 0,
  'a search every half second': 500,
};

/** One channel of a made store takes everything, one that is new is paused by its receiver. */
const DELIVERING = 'ops';
const PAUSED = 'paused';
const OTHERS = ['dev', 'db', 'biz', 'rare'];

export const log: BenchProgram = {
  name: 'log',
  about:
    'the push log asked through the API on a long store; what its length, its index and searches cost accepts',
  async run(context) {
    const why = processFiguresMissing();
    if (why !== null) return { kind: 'not_run', why };
    const { rounds, logStorePath, say } = context;
    const part = context.quick ? QUICK_PART : 1;
    if (!existsSync(logStorePath)) {
      say(`making ${logStorePath} with ${MESSAGES / part} messages`);
      makeStore(logStorePath, MESSAGES / part, createRandom(1));
    }
    const stores = { empty: createStoreFolder(), indexed: createStoreFolder(), long: createStoreFolder() };
    try {
      return await withBench(async (bench) => {
        const pages = await askLongLog(bench, context, rounds * RUNS_PER_ROUND);
        say('making the stores for the loads');
        copyStore(logStorePath, storeFile(stores.long));
        makeStore(storeFile(stores.indexed), LOAD_MESSAGES / part, createRandom(1));
        await makeIndex(bench, stores.indexed);
        const measured = await measureInTurn(
          context,
          CONDITIONS.flatMap((condition) => [
            caseOf(bench, stores, condition, PAUSED, context.measureMs),
            caseOf(bench, stores, condition, DELIVERING, context.measureMs),
          ]),
        );
        const of = (condition: Condition) => measured[nameOf(condition, PAUSED)] ?? [];
        const goals = goalsTable({
          longLog: ratio(of('long log'), of('empty store'), FIGURES.accepted),
          searching: ratio(of('searches without a pause'), of('index complete'), FIGURES.acceptP99),
        });
        return { kind: 'measured', tables: [goals, pages, loadTable('Loads', measured)], rounds: measured };
      });
    } finally {
      for (const store of Object.values(stores)) store.remove();
    }
  },
};

async function askLongLog({ sinkUrl }: Bench, { logStorePath, say }: BenchContext, runs: number) {
  const channels = channelsOf(sinkUrl);
  const settings = `store.url = "sqlite:${logStorePath}"`;
  const service = await postpoint('PostPoint', { channels, settings }).start();
  try {
    const indexedMs = await waitForIndex(service.url, logStorePath);
    say(`waited ${Math.round(indexedMs / 1_000)} s for the search index`);
    return { title: `The push log of ${logStorePath}`, ...(await measurePages(service.url, runs)) };
  } finally {
    await service.stop();
  }
}

async function makeIndex({ sinkUrl }: Bench, folder: StoreFolder): Promise<void> {
  const service = await postpoint('PostPoint', {
    channels: channelsOf(sinkUrl),
    folder: folder.path,
  }).start();
  await waitForIndex(service.url, storeFile(folder));
  await service.stop();
}

interface Stores {
  readonly empty: StoreFolder;
  readonly indexed: StoreFolder;
  readonly long: StoreFolder;
}

function caseOf(
  bench: Bench,
  stores: Stores,
  condition: Condition,
  channel: string,
  measureMs: number,
): Case<Measured> {
  return {
    name: nameOf(condition, channel),
    async measure() {
      const folder = prepare(stores, condition);
      const service = await postpoint(condition, {
        channels: channelsOf(bench.sinkUrl),
        folder: folder.path,
      }).start();
      if (condition === 'index being made') await startIndexing(service.url);
      const pauseMs = SEARCH_PAUSE_MS[condition];
      const endSearches = pauseMs === undefined ? null : searchOnAndOn(service.url, pauseMs);
      try {
        return await measureLoad(bench, service, { connections: CONNECTIONS, to: [channel], measureMs });
      } finally {
        await endSearches?.();
        await service.stop();
        // A copy of gigabytes for each measurement would cost more than the measurement: the long log grows by its rows.
        if (folder !== stores.long) folder.remove();
      }
    },
  };
}

function prepare({ empty, indexed, long }: Stores, condition: Condition): StoreFolder {
  if (condition === 'long log') return long;
  const folder = (condition === 'empty store' ? empty : indexed).copy();
  const searchFile = `${storeFile(folder)}.search`;
  if (condition === 'index being made' || condition === 'no index')
    for (const suffix of ['', '-wal', '-shm']) rmSync(searchFile + suffix, { force: true });
  // A folder stands where the index would be.
  if (condition === 'no index') mkdirSync(searchFile);
  return folder;
}

function copyStore(from: string, to: string): void {
  for (const suffix of ['', '-wal', '.search', '.search-wal'])
    if (existsSync(from + suffix)) copyFileSync(from + suffix, to + suffix);
}

function channelsOf(sinkUrl: string) {
  return [
    { name: PAUSED, url: `${sinkUrl}/busy` },
    ...[DELIVERING, ...OTHERS].map((name) => ({ name, url: `${sinkUrl}/${name}` })),
  ];
}

function nameOf(condition: Condition, channel: string): string {
  return `${channel === PAUSED ? 'paused' : 'delivering'}, ${condition}`;
}
