import { parentPort, workerData } from 'node:worker_threads';
import { allBehaviours } from './behaviours.ts';
import { openEnclosure } from './enclosure.ts';

/** Plays the named behaviours on a thread of its own, so that what they flood is not the loop that measures. */
const names = workerData as readonly string[];
const behaviours = allBehaviours('http://127.0.0.1:9/canary');
const hosts = await Promise.all(
  names.map(async (name) => {
    const behaviour = behaviours.find((candidate) => candidate.name === name);
    if (behaviour === undefined) throw new Error(`no behaviour ${name}`);
    return (await openEnclosure(behaviour.receiver)).host;
  }),
);
parentPort?.postMessage(hosts);
