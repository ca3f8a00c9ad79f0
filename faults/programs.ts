import type { FaultProgram } from './program.ts';
import { fuzz } from './programs/fuzz.ts';
import { isolate } from './programs/isolate.ts';
import { kill9 } from './programs/kill9.ts';
import { overload } from './programs/overload.ts';
import { rate } from './programs/rate.ts';
import { sim } from './programs/sim.ts';
import { soak } from './programs/soak.ts';
import { zoo } from './programs/zoo.ts';

/** Every program, in the order in which they run. */
export const programs: readonly FaultProgram[] = [
  //
  sim,
  kill9,
  zoo,
  rate,
  isolate,
  overload,
  soak,
  fuzz,
];
