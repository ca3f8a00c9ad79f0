import type { BenchProgram } from '../program.ts';
import { goalsTable } from '../support/goals.ts';
import { withBench } from '../support/measure-load.ts';
import { type MeasuredStart, measureStart } from '../support/measure-start.ts';
import { processFiguresMissing } from '../support/process-cost.ts';
import { measureInTurn, ratio, spread } from '../support/rounds.ts';
import { backlogSize, createBacklog, onCopy } from '../support/store-folder.ts';
import { bare, bullmq, postpoint, redisMissing, type Subject } from '../support/subjects.ts';

const CHANNEL = 'sink';

export const start: BenchProgram = {
  name: 'start',
  about: 'start of the process to the first accepted message, and memory when idle for 5 s',
  async run(context) {
    const why = processFiguresMissing();
    if (why !== null) return { kind: 'not_run', why };
    const noRedis = redisMissing();
    return withBench(async ({ sinkUrl }) => {
      const queued = backlogSize(context);
      // It pauses the channel for an hour: the backlog stays what it is.
      const channels = [{ name: CHANNEL, url: `${sinkUrl}/busy` }];
      const empty = postpoint('PostPoint, empty', { channels });
      const peer = bullmq('Fastify + BullMQ + Redis', 'always', `${sinkUrl}/`);
      context.say(`making a store with ${queued} queued deliveries`);
      const backlog = createBacklog(CHANNEL, queued);
      try {
        const caseOf = (subject: Subject) => ({ name: subject.name, measure: () => measureStart(subject) });
        const full = `PostPoint, ${queued} queued`;
        const measured = await measureInTurn(context, [
          caseOf(bare),
          caseOf(empty),
          {
            name: full,
            measure: () =>
              onCopy(backlog, (copy) => measureStart(postpoint(full, { channels, folder: copy.path }))),
          },
          ...(noRedis === null ? [caseOf(peer)] : []),
        ]);
        const of = ({ name }: Subject) => measured[name] ?? [];
        const goals = goalsTable({
          startToBare: ratio(of(empty), of(bare), startMs),
          startToPeer: noRedis === null ? ratio(of(empty), of(peer), startMs) : `not run: ${noRedis}`,
          memoryIdle: ratio(of(empty), of(bare), idleMiB),
        });
        const rows = Object.entries(measured).map(([name, rounds]) => [
          name,
          spread(rounds, startMs),
          spread(rounds, idleMiB),
        ]);
        const table = { title: 'Start', head: ['', 'first accepted message, ms', 'idle, MiB'], rows };
        return { kind: 'measured', tables: [goals, table], rounds: measured };
      } finally {
        backlog.remove();
      }
    });
  },
};

const startMs = (measured: MeasuredStart) => measured.startMs;
const idleMiB = (measured: MeasuredStart) => measured.idleMiB;
