import { SCENES } from './scenes.ts';

/** `node play-scene.ts NAME`: prints what was broken as one line of JSON. The bug is in the environment. */

const scene = Object.entries(SCENES).find(([name]) => name === process.argv[2])?.[1];
if (scene === undefined) throw new Error(`no scene ${process.argv[2]}`);
let broken: readonly string[];
try {
  broken = await scene.play();
} catch (error) {
  broken = [`broke down: ${error instanceof Error ? error.stack : error}`];
}
// A service that a bug keeps alive must not keep us.
process.stdout.write(`${JSON.stringify(broken)}\n`, () => process.exit());
