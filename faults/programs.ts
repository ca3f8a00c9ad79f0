import type { FaultProgram } from './program.ts';
import { backlog } from './programs/backlog.ts';
import { diskfull } from './programs/diskfull.ts';
import { iofault } from './programs/iofault.ts';
import { kill9 } from './programs/kill9.ts';
import { powercut } from './programs/powercut.ts';
import { sim } from './programs/sim.ts';
import { slowdisk } from './programs/slowdisk.ts';

/** Every program, in the order in which they run. */
export const programs: readonly FaultProgram[] = [sim, kill9, powercut, iofault, diskfull, slowdisk, backlog];
