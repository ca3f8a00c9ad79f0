import { parentPort } from 'node:worker_threads';
import { brokenPromises } from '../check/invariants.ts';
import { simulate } from './simulate.ts';

/** Lives simulated time for each seed that it is given. */

/** Of eight seeds one lives a whole day, the others a morning: many seeds find more than much time. */
const hoursOf = (seed: number) => (seed % 8 === 0 ? 24 : 3);

export interface LivedTime {
  readonly hours: number;
  /** Each with its seed, which replays it. */
  readonly broken: readonly string[];
  readonly crashes: number;
  readonly messages: number;
}

parentPort?.on('message', async (seed: number) => {
  const hours = hoursOf(seed);
  const day = await simulate({ seed, hours });
  const lived: LivedTime = {
    hours,
    broken: brokenPromises(day).map((sentence) => `seed ${seed}: ${sentence}`),
    crashes: day.faults.crashes,
    messages: day.driver.accepted.size,
  };
  parentPort?.postMessage(lived);
});
