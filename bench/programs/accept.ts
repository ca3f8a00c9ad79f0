import { straceCommand, straceMissing } from '../../faults/support/strace.ts';
import type { BenchProgram } from '../program.ts';
import { goalsTable } from '../support/goals.ts';
import { FIGURES, loadTable } from '../support/load-table.ts';
import { type Measured, measureSubject, withBench } from '../support/measure-load.ts';
import { processFiguresMissing } from '../support/process-cost.ts';
import { type Case, measureInTurn, ratio } from '../support/rounds.ts';
import { bare, oneTransaction, postpoint, type Subject } from '../support/subjects.ts';

const CONNECTIONS = [1, 64, 512];
const SLOW_DISK_CONNECTIONS = 64;
const FSYNC_MS = 4;

export const accept: BenchProgram = {
  name: 'accept',
  about:
    'accept with the channels paused, by 1, 64 and 512 connections, and with a disk whose fsync takes 4 ms',
  async run(context) {
    const why = processFiguresMissing();
    if (why !== null) return { kind: 'not_run', why };
    const noStrace = straceMissing();
    return withBench(async (bench) => {
      const channels = [{ name: 'sink', url: `${bench.sinkUrl}/busy` }];
      const paused = postpoint('PostPoint', { channels });
      const front = straceCommand({
        traceFile: '/dev/null',
        syscalls: ['fsync', 'fdatasync'],
        inject: [`fsync,fdatasync:delay_exit=${FSYNC_MS * 1_000}`],
      });
      const slowOurs = postpoint(`PostPoint, fsync ${FSYNC_MS} ms`, { channels, front });
      const slowPeer = {
        ...oneTransaction(front),
        name: `one transaction per request, fsync ${FSYNC_MS} ms`,
      };
      const caseOf = (subject: Subject, connections: number): Case<Measured> => ({
        name: nameOf(subject, connections),
        measure: () => measureSubject(bench, subject, { connections, measureMs: context.measureMs }),
      });
      const measured = await measureInTurn(context, [
        ...CONNECTIONS.flatMap((connections) =>
          [bare, paused].map((subject) => caseOf(subject, connections)),
        ),
        ...(noStrace === null ? [slowOurs, slowPeer] : []).map((subject) =>
          caseOf(subject, SLOW_DISK_CONNECTIONS),
        ),
      ]);
      const of = (subject: Subject, connections: number) => measured[nameOf(subject, connections)] ?? [];
      const toBare = {
        title: 'PostPoint to bare node:http',
        head: ['connections', 'accepted/s', 'accept p99'],
        rows: CONNECTIONS.map((connections) => [
          String(connections),
          ratio(of(paused, connections), of(bare, connections), FIGURES.accepted),
          ratio(of(paused, connections), of(bare, connections), FIGURES.acceptP99),
        ]),
      };
      const slowDisk =
        noStrace === null
          ? ratio(
              of(slowOurs, SLOW_DISK_CONNECTIONS),
              of(slowPeer, SLOW_DISK_CONNECTIONS),
              FIGURES.accepted,
              1,
            )
          : `not run: ${noStrace}`;
      const tables = [goalsTable({ slowDisk }), toBare, loadTable('Channels paused', measured)];
      return { kind: 'measured', tables, rounds: measured };
    });
  },
};

function nameOf({ name }: Subject, connections: number): string {
  return `${name}, ${connections} connections`;
}
