import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { makeStore } from './support/make-store.ts';
import { createRandom } from './support/random.ts';

/*
 * Makes a store with a long past: `node bench/make-store.ts --messages 5000000 [--path data/bench.db] [--seed 1]`.
 * The same arguments give the same rows. 5 million messages took 55 s and 2.1 GB.
 */

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '5000000' },
    path: { type: 'string', default: 'data/bench.db' },
    seed: { type: 'string', default: '1' },
  },
});
const count = Number(values.messages);
if (!Number.isInteger(count) || count < 1) throw new Error('--messages: a number from 1');
const startedMs = performance.now();
makeStore(resolve(values.path), count, createRandom(Number(values.seed)));
process.stdout.write(
  `${count} messages in ${Math.round((performance.now() - startedMs) / 1000)} s: ${values.path}\n`,
);
