import type { FaultProgram } from './program.ts';
import { backlog } from './programs/backlog.ts';
import { badfile } from './programs/badfile.ts';
import { canary } from './programs/canary.ts';
import { descriptors } from './programs/descriptors.ts';
import { diskfull } from './programs/diskfull.ts';
import { fuzz } from './programs/fuzz.ts';
import { idem } from './programs/idem.ts';
import { iofault } from './programs/iofault.ts';
import { isolate } from './programs/isolate.ts';
import { kill9 } from './programs/kill9.ts';
import { longtexts } from './programs/longtexts.ts';
import { overload } from './programs/overload.ts';
import { points } from './programs/points.ts';
import { powercut } from './programs/powercut.ts';
import { rate } from './programs/rate.ts';
import { sim } from './programs/sim.ts';
import { slowdisk } from './programs/slowdisk.ts';
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
  powercut,
  iofault,
  diskfull,
  slowdisk,
  badfile,
  backlog,
  descriptors,
  zoo,
  rate,
  isolate,
  overload,
  longtexts,
  soak,
  fuzz,
  canary,
];
