import type { FaultProgram } from './program.ts';
import { canary } from './programs/canary.ts';
import { fuzz } from './programs/fuzz.ts';
import { idem } from './programs/idem.ts';
import { isolate } from './programs/isolate.ts';
import { kill9 } from './programs/kill9.ts';
import { overload } from './programs/overload.ts';
import { points } from './programs/points.ts';
import { rate } from './programs/rate.ts';
import { sim } from './programs/sim.ts';
import { soak } from './programs/soak.ts';
import { term } from './programs/term.ts';
import { zoo } from './programs/zoo.ts';

/** Every program, in the order in which they run. */
export const programs: readonly FaultProgram[] = [
  //
  sim,
  kill9,
  points,
  term,
  idem,
  zoo,
  rate,
  isolate,
  overload,
  soak,
  fuzz,
  canary,
];
