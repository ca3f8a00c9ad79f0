import { parentPort } from 'node:worker_threads';
import { brokenPromises } from '../check/invariants.ts';
import { simulate } from './simulate.ts';

/** Lives one simulated day for each seed that it is given. */

const DAY_HOURS = 24;

export interface LivedDay {
  /** Each with its seed, which replays it. */
  readonly broken: readonly string[];
  readonly crashes: number;
  readonly messages: number;
}

parentPort?.on('message', async (seed: number) => {
  const day = await simulate({ seed, hours: DAY_HOURS });
  const lived: LivedDay = {
    broken: brokenPromises(day).map((sentence) => `seed ${seed}: ${sentence}`),
    crashes: day.faults.crashes,
    messages: day.driver.accepted.size,
  };
  parentPort?.postMessage(lived);
});
