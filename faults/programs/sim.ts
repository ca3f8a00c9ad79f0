import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { FaultProgram } from '../program.ts';
import type { LivedDay } from '../simulation/days-worker.ts';

const SHORT_SECONDS = 20;
const FULL_DAYS = 2_000;

export const sim: FaultProgram = {
  name: 'sim',
  about: 'simulated days of traffic with crashes, store faults, lost answers and clock steps, one seed each',
  async run({ seed, full, say }) {
    const lived: LivedDay[] = [];
    let begun = 0;
    const startedMs = performance.now();
    const isOver = () => (full ? begun >= FULL_DAYS : performance.now() - startedMs > SHORT_SECONDS * 1_000);

    async function liveDays(): Promise<void> {
      const worker = new Worker(new URL('../simulation/days-worker.ts', import.meta.url));
      try {
        while (!isOver()) {
          worker.postMessage(seed + begun++);
          const [day] = (await once(worker, 'message')) as [LivedDay];
          lived.push(day);
          if (lived.length % 100 === 0) say(`${lived.length} days`);
        }
      } finally {
        await worker.terminate();
      }
    }

    await Promise.all(Array.from({ length: availableParallelism() }, liveDays));
    const broken = lived.flatMap((day) => day.broken);
    const sum = (of: (day: LivedDay) => number) => lived.reduce((total, day) => total + of(day), 0);
    return {
      kind: 'measured',
      value: `${broken.length} broken promises in ${lived.length} days, ${sum((day) => day.crashes)} crashes, ${sum((day) => day.messages)} messages`,
      bound: '0 broken promises',
      broken,
    };
  },
};
