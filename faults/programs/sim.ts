import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { FaultProgram } from '../program.ts';
import type { LivedTime } from '../simulation/lives-worker.ts';

const SHORT_SECONDS = 20;
const FULL_SEEDS = 2_000;

export const sim: FaultProgram = {
  name: 'sim',
  about:
    'simulated hours and days of traffic with crashes, store faults, lost answers and clock steps, one seed each',
  async run({ seed, full, say }) {
    const lived: LivedTime[] = [];
    let begun = 0;
    const startedMs = performance.now();
    const isOver = () => (full ? begun >= FULL_SEEDS : performance.now() - startedMs > SHORT_SECONDS * 1_000);

    async function liveOn(): Promise<void> {
      const worker = new Worker(new URL('../simulation/lives-worker.ts', import.meta.url));
      try {
        while (!isOver()) {
          worker.postMessage(seed + begun++);
          const [life] = (await once(worker, 'message')) as [LivedTime];
          lived.push(life);
          if (lived.length % 100 === 0) say(`${lived.length} seeds`);
        }
      } finally {
        await worker.terminate();
      }
    }

    await Promise.all(Array.from({ length: availableParallelism() }, liveOn));
    const broken = lived.flatMap((life) => life.broken);
    const sum = (of: (life: LivedTime) => number) => lived.reduce((total, life) => total + of(life), 0);
    return {
      kind: 'measured',
      value: `${broken.length} broken promises in ${lived.length} seeds of ${sum((life) => life.hours)} hours, ${sum((life) => life.crashes)} crashes, ${sum((life) => life.messages)} messages`,
      bound: '0 broken promises',
      broken,
    };
  },
};
