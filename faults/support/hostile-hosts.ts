import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { keyOf } from '../zoo/enclosure.ts';

/** Receivers of `faults/zoo` that behave badly, in a thread of their own. */
export interface HostileHosts {
  /** One webhook address for each, in their order. */
  readonly urls: readonly string[];
  close(): Promise<void>;
}

/** @param behaviours names from the zoo. */
export async function startHostileHosts(behaviours: readonly string[]): Promise<HostileHosts> {
  const worker = new Worker(new URL('../zoo/hostile-worker.ts', import.meta.url), { workerData: behaviours });
  const [hosts] = (await once(worker, 'message')) as [readonly string[]];
  return {
    urls: hosts.map((host) => `http://${host}/${keyOf('webhook')}`),
    async close() {
      await worker.terminate();
    },
  };
}
