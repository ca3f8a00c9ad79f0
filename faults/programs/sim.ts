import { brokenPromises } from '../check/invariants.ts';
import type { FaultProgram } from '../program.ts';
import { simulate } from '../simulation/simulate.ts';

const DAY_HOURS = 24;
const SHORT_SECONDS = 20;
const FULL_DAYS = 2_000;

export const sim: FaultProgram = {
  name: 'sim',
  about: 'simulated days of traffic with crashes, store faults, lost answers and clock steps, one seed each',
  async run({ seed, full, say }) {
    const broken: string[] = [];
    let days = 0;
    let crashes = 0;
    let messages = 0;
    const startedMs = performance.now();
    const isOver = () => (full ? days >= FULL_DAYS : performance.now() - startedMs > SHORT_SECONDS * 1_000);
    while (!isOver()) {
      const daySeed = seed + days;
      const day = await simulate({ seed: daySeed, hours: DAY_HOURS });
      broken.push(...brokenPromises(day).map((sentence) => `seed ${daySeed}: ${sentence}`));
      days++;
      crashes += day.faults.crashes;
      messages += day.driver.accepted.size;
      if (days % 100 === 0) say(`${days} days`);
    }
    return {
      kind: 'measured',
      value: `${broken.length} broken promises in ${days} days, ${crashes} crashes, ${messages} messages`,
      bound: '0 broken promises',
      broken,
    };
  },
};
