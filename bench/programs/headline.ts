import type { BenchProgram } from '../program.ts';
import { goalsTable } from '../support/goals.ts';
import { FIGURES, loadTable } from '../support/load-table.ts';
import { type LoadOptions, type Measured, measureKept, withBench } from '../support/measure-load.ts';
import { processFiguresMissing } from '../support/process-cost.ts';
import { type Figure, ratio, spread } from '../support/rounds.ts';
import { bare, bullmq, postpoint, redisMissing, type Subject } from '../support/subjects.ts';

const CONNECTIONS = 64;
/** A rate at which every subject keeps up, so that latencies compare. */
const CALM_PER_SECOND = 200;

export const headline: BenchProgram = {
  name: 'headline',
  about: 'accept, delivery, latency, processor time and memory against bare node:http and against BullMQ',
  async run(context) {
    const why = processFiguresMissing();
    if (why !== null) return { kind: 'not_run', why };
    const noRedis = redisMissing();
    return withBench(async (bench) => {
      const { measureMs } = context;
      const busyUrl = `${bench.sinkUrl}/busy`;
      const sinkUrl = `${bench.sinkUrl}/`;
      const paused = postpoint('PostPoint, paused', { channels: [{ name: 'sink', url: busyUrl }] });
      const delivering = postpoint('PostPoint, delivering', { channels: [{ name: 'sink', url: sinkUrl }] });
      const peerPaused = bullmq('BullMQ always, paused', 'always', null);
      const peerDelivering = bullmq('BullMQ always, delivering', 'always', sinkUrl);
      const peerEverysec = bullmq('BullMQ everysec, delivering', 'everysec', sinkUrl);

      const saturated: LoadOptions = { connections: CONNECTIONS, measureMs };
      const delivered: LoadOptions = { ...saturated, untilDelivered: true };
      const calm: LoadOptions = { ...saturated, perSecond: CALM_PER_SECOND };
      const calmName = ({ name }: Subject) => `${name}, ${CALM_PER_SECOND}/s`;
      const kept = (subjects: readonly Subject[], options: LoadOptions) =>
        subjects.map((subject) => ({ name: subject.name, subject, options }));
      const peers = (...subjects: Subject[]) => (noRedis === null ? subjects : []);
      const measured = await measureKept(context, bench, [
        // Each is beside what it is compared with.
        ...kept([...peers(peerPaused), paused, bare], saturated),
        ...kept([delivering, ...peers(peerDelivering, peerEverysec)], delivered),
        ...kept([delivering, ...peers(peerDelivering)], calm).map((one) => ({
          ...one,
          name: calmName(one.subject),
        })),
      ]);
      const of = (name: string) => measured[name] ?? [];
      const toBare = (ours: Subject, figure: Figure<Measured>) => ratio(of(ours.name), of(bare.name), figure);
      const toPeer = (ours: string, theirs: string, figure: Figure<Measured>) =>
        noRedis === null ? ratio(of(ours), of(theirs), figure) : `not run: ${noRedis}`;
      const pair = [delivering.name, peerDelivering.name] as const;
      const calmPair = [calmName(delivering), calmName(peerDelivering)] as const;
      const goals = goalsTable({
        acceptPaused: toBare(paused, FIGURES.accepted),
        acceptDelivering: toBare(delivering, FIGURES.accepted),
        p99Delivering: toBare(delivering, FIGURES.acceptP99),
        p99Paused: toBare(paused, FIGURES.acceptP99),
        peerDelivering: toPeer(...pair, FIGURES.accepted),
        peerPaused: toPeer(paused.name, peerPaused.name, FIGURES.accepted),
        peerDelivered: toPeer(...pair, FIGURES.arrived),
        notStarved: spread(
          of(delivering.name),
          (round) => FIGURES.arrived(round) / FIGURES.accepted(round),
          2,
        ),
        peerCpu: toPeer(...pair, FIGURES.cpu),
        arrivalP50: toPeer(...calmPair, FIGURES.arrivalP50),
        arrivalP99: toPeer(...calmPair, FIGURES.arrivalP99),
        memoryPeak: toPeer(...pair, FIGURES.peakMemory),
      });
      const table = loadTable(`${CONNECTIONS} connections`, measured);
      return { kind: 'measured', tables: [goals, table], rounds: measured };
    });
  },
};
