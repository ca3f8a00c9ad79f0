import type { BenchProgram } from '../program.ts';
import { loadTable } from '../support/load-table.ts';
import { measureSubject, withBench } from '../support/measure-load.ts';
import { processFiguresMissing } from '../support/process-cost.ts';
import { measureInTurn } from '../support/rounds.ts';
import { bullmq, postpoint, redisMissing } from '../support/subjects.ts';

const PER_SECOND = 10;
/** At ten messages a second a percentile needs more time than under load. */
const TIMES_LONGER = 4;

export const latency: BenchProgram = {
  name: 'latency',
  about: 'one quiet message at a time, ten a second: accept → arrival',
  async run(context) {
    const why = processFiguresMissing();
    if (why !== null) return { kind: 'not_run', why };
    return withBench(async (bench) => {
      const sinkUrl = `${bench.sinkUrl}/`;
      const ours = postpoint('PostPoint', { channels: [{ name: 'sink', url: sinkUrl }] });
      const peers = redisMissing() === null ? [bullmq('BullMQ always', 'always', sinkUrl)] : [];
      const options = { connections: 4, perSecond: PER_SECOND, measureMs: context.measureMs * TIMES_LONGER };
      const measured = await measureInTurn(
        context,
        [ours, ...peers].map((subject) => ({
          name: subject.name,
          measure: () => measureSubject(bench, subject, options),
        })),
      );
      const tables = [loadTable(`${PER_SECOND} messages/s`, measured)];
      return { kind: 'measured', tables, rounds: measured };
    });
  },
};
