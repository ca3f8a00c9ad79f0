import type { BenchTable } from '../program.ts';
import type { Measured } from './measure-load.ts';
import { type Rounds, spread } from './rounds.ts';

/** What is asked of measurements again and again. */
export const FIGURES = {
  accepted: ({ acceptedPerSecond }: Measured) => acceptedPerSecond,
  arrived: ({ arrivedPerSecond }: Measured) => arrivedPerSecond,
  acceptP99: ({ accept }: Measured) => accept.p99 ?? Number.NaN,
  arrivalP50: ({ arrival }: Measured) => arrival.p50 ?? Number.NaN,
  arrivalP99: ({ arrival }: Measured) => arrival.p99 ?? Number.NaN,
  cpu: ({ cpuUsPerMessage }: Measured) => cpuUsPerMessage,
  peakMemory: ({ peakMiB }: Measured) => peakMiB,
} as const;

const HEAD = [
  '',
  'accepted/s',
  'accept p50 ms',
  'p99',
  'p99.9',
  'arrived/s',
  'arrival p50 ms',
  'p99',
  'p99.9',
  'CPU µs/message',
  'peak MiB',
  'refused',
];

/** Everything that a measurement under load gives, one row for each case. */
export function loadTable(title: string, measured: Rounds<Measured>): BenchTable {
  const rows = Object.entries(measured).map(([name, rounds]) => [
    name,
    spread(rounds, FIGURES.accepted),
    spread(rounds, ({ accept }) => accept.p50 ?? Number.NaN, 2),
    spread(rounds, FIGURES.acceptP99, 2),
    spread(rounds, ({ accept }) => accept.p999 ?? Number.NaN, 2),
    spread(rounds, FIGURES.arrived),
    spread(rounds, FIGURES.arrivalP50, 2),
    spread(rounds, FIGURES.arrivalP99, 2),
    spread(rounds, ({ arrival }) => arrival.p999 ?? Number.NaN, 2),
    spread(rounds, FIGURES.cpu),
    spread(rounds, FIGURES.peakMemory),
    spread(rounds, ({ refused }) => refused),
  ]);
  return { title, head: HEAD, rows };
}
