import type { BenchProgram } from '../program.ts';
import { FIGURES, loadTable } from '../support/load-table.ts';
import { type Measured, measureSubject, withBench } from '../support/measure-load.ts';
import { processFiguresMissing } from '../support/process-cost.ts';
import { type Figure, measureInTurn, ratio } from '../support/rounds.ts';
import { backlogSize, createBacklog, createStoreFolder, onCopy } from '../support/store-folder.ts';
import { postpoint } from '../support/subjects.ts';

const CONNECTIONS = 64;
const CHANNEL = 'sink';

export const backlog: BenchProgram = {
  name: 'backlog',
  about: 'accept, delivery and memory with a million queued deliveries, against an empty store',
  async run(context) {
    const why = processFiguresMissing();
    if (why !== null) return { kind: 'not_run', why };
    const queued = backlogSize(context);
    context.say(`making a store with ${queued} queued deliveries`);
    const stores = { empty: createStoreFolder(), [`${queued} queued`]: createBacklog(CHANNEL, queued) };
    try {
      return await withBench(async (bench) => {
        const options = { connections: CONNECTIONS, measureMs: context.measureMs };
        const cases = Object.entries(WAYS).flatMap(([way, path]) =>
          Object.entries(stores).map(([name, store]) => ({
            name: `${way}, ${name}`,
            measure: () =>
              onCopy(store, (copy) => {
                const channels = [{ name: CHANNEL, url: `${bench.sinkUrl}/${path}` }];
                return measureSubject(bench, postpoint(name, { channels, folder: copy.path }), options);
              }),
          })),
        );
        const measured = await measureInTurn(context, cases);
        const rows = Object.keys(WAYS).map((way) => {
          const toEmpty = (figure: Figure<Measured>) =>
            ratio(measured[`${way}, ${queued} queued`] ?? [], measured[`${way}, empty`] ?? [], figure);
          return [way, toEmpty(FIGURES.accepted), toEmpty(FIGURES.arrived), toEmpty(FIGURES.peakMemory)];
        });
        const head = ['', 'accepted/s', 'arrived/s', 'peak memory'];
        const toEmpty = { title: `${queued} queued, to an empty store`, head, rows };
        return { kind: 'measured', tables: [toEmpty, loadTable('Loads', measured)], rounds: measured };
      });
    } finally {
      for (const store of Object.values(stores)) store.remove();
    }
  },
};

/** By the path of the sink. */
const WAYS = { paused: 'busy', delivering: '' } as const;
