import type { BenchTable } from '../program.ts';

interface Goal {
  readonly figure: string;
  readonly floor: string;
  readonly aim: string;
}

/** What is to be reached: medians of at least three rounds in one run, on 2 cores shared with load and sink. */
export const GOALS = {
  acceptPaused: {
    figure: 'accept with the channels paused, to bare node:http',
    floor: '≥ 0.50',
    aim: '≥ 0.65',
  },
  acceptDelivering: {
    figure: 'accept while everything is delivered to one webhook sink, to bare',
    floor: '≥ 0.28',
    aim: '≥ 0.37',
  },
  p99Delivering: { figure: 'accept p99, delivering, to bare', floor: '≤ 4', aim: '≤ 2.6' },
  p99Paused: { figure: 'accept p99, paused, to bare', floor: '≤ 2.2', aim: '≤ 1.5' },
  peerDelivering: {
    figure: 'accept, delivering, to Fastify + BullMQ + Redis `always`',
    floor: '≥ 2.3',
    aim: '≥ 3.0',
  },
  peerPaused: { figure: 'accept, paused, to the same', floor: '≥ 2.0', aim: '≥ 2.6' },
  peerDelivered: { figure: 'delivered per second, to the same', floor: '≥ 2.5', aim: '≥ 4' },
  notStarved: {
    figure: 'delivered per second, to accepted per second at saturation',
    floor: '≥ 0.90',
    aim: '≥ 0.99',
  },
  peerCpu: { figure: 'CPU per message, to BullMQ `always`', floor: '≤ 0.30', aim: '≤ 0.20' },
  arrivalP50: {
    figure: 'accept → arrival at 200 messages/s, p50, to the same',
    floor: '≤ 0.7',
    aim: '≤ 0.5',
  },
  arrivalP99: {
    figure: 'accept → arrival at 200 messages/s, p99, to the same',
    floor: '≤ 0.8',
    aim: '≤ 0.45',
  },
  slowDisk: {
    figure: 'with an fsync of 4 ms: accept, to one transaction per request',
    floor: '≥ 15',
    aim: '≥ 25',
  },
  memoryIdle: { figure: "memory: idle, to bare's", floor: '≤ 1.7', aim: '≤ 1.3' },
  memoryPeak: { figure: "memory: peak, to BullMQ's", floor: '≤ 1.0', aim: '≤ 0.8' },
  startToBare: { figure: 'start to first accepted message, to bare', floor: '≤ 3', aim: '≤ 2' },
  startToPeer: { figure: "start to first accepted message, to BullMQ's", floor: '≤ 0.7', aim: '≤ 0.45' },
  longLog: { figure: 'accept with a long log, to an empty store', floor: '≥ 0.8', aim: '≥ 0.9' },
  searching: { figure: 'accept p99 while a search runs, to without', floor: '≤ 1.5', aim: '≤ 1.2' },
  pace: {
    figure: 'share of its allowed rate that a saturated limited channel uses',
    floor: '≥ 0.90',
    aim: '≥ 0.97',
  },
} as const satisfies Readonly<Record<string, Goal>>;

/** @param reached what was measured, or why it was not. */
export function goalsTable(reached: Partial<Record<keyof typeof GOALS, string>>): BenchTable {
  const rows = Object.entries(reached).map(([key, value]) => {
    const { figure, floor, aim } = GOALS[key as keyof typeof GOALS];
    return [figure, value, floor, aim];
  });
  return { title: 'Against the goals', head: ['figure', 'value', 'floor', 'aim'], rows };
}
