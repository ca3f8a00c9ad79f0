import type { FaultProgram } from './program.ts';
import { canary } from './programs/canary.ts';
import { idem } from './programs/idem.ts';
import { kill9 } from './programs/kill9.ts';
import { points } from './programs/points.ts';
import { sim } from './programs/sim.ts';
import { term } from './programs/term.ts';

/** Every program, in the order in which they run. */
export const programs: readonly FaultProgram[] = [sim, kill9, points, term, idem, canary];
