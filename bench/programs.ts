import type { BenchProgram } from './program.ts';
import { accept } from './programs/accept.ts';
import { backlog } from './programs/backlog.ts';
import { deliver } from './programs/deliver.ts';
import { headline } from './programs/headline.ts';
import { latency } from './programs/latency.ts';
import { log } from './programs/log.ts';
import { pace } from './programs/pace.ts';
import { start } from './programs/start.ts';

/** Every program, in the order in which they run. */
export const programs: readonly BenchProgram[] = [
  //
  headline,
  accept,
  deliver,
  latency,
  backlog,
  start,
  pace,
  log,
];
