import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { PLANTED_BUGS, type PlantedBug } from '../canary/planted-bugs.ts';
import { SCENES, type SceneName } from '../canary/scenes.ts';
import type { FaultProgram } from '../program.ts';
import { inParallel } from '../support/in-parallel.ts';
import { patchedEnvironment, type SourcePatch } from '../support/patched-source.ts';

const PLAY_SCENE = join(import.meta.dirname, '../canary/play-scene.ts');
const AT_ONCE = 2;

/** The short run leaves out the scenes that start the service, but for these. */
const QUICK_SCENES: readonly SceneName[] = [
  'days',
  'days without a crash',
  'strangers ask',
  'redirects',
  'a limit outlives a kill',
];

export const canary: FaultProgram = {
  name: 'canary',
  about: 'bugs planted in the service: each must turn the program that watches for it red',
  async run({ full, say }) {
    const wanted = PLANTED_BUGS.filter(({ scene }) => full || QUICK_SCENES.includes(scene));
    const bugs = wanted.filter(({ scene }) => SCENES[scene].missing() === null);
    for (const scene of scenesOf(wanted)) {
      const why = SCENES[scene].missing();
      if (why !== null) say(`"${scene}" cannot be played: ${why}`);
    }
    // A scene that is red without any bug would find everything.
    const falseAlarms = await inTurn(
      scenesOf(bugs),
      (scene) => scene,
      async (scene) => {
        const broken = await play(scene, []);
        say(`"${scene}" without a bug: ${broken[0] ?? 'nothing broken'}`);
        return broken.length === 0 ? [] : [`"${scene}" is red without a bug: ${broken[0]}`];
      },
    );
    const survivors = await inTurn(
      bugs,
      ({ scene }) => scene,
      async (bug) => {
        const startedMs = performance.now();
        const survivor = await survives(bug);
        say(`${((performance.now() - startedMs) / 1_000).toFixed(0)} s  ${survivor ?? `found: ${bug.name}`}`);
        return survivor;
      },
    );
    const surviving = survivors.filter((sentence) => sentence !== null);
    return {
      kind: 'measured',
      value: `${bugs.length - surviving.length} of ${bugs.length} planted bugs found`,
      bound: `${bugs.length} of ${bugs.length}`,
      broken: [...falseAlarms.flat(), ...surviving],
    };
  },
};

function scenesOf(bugs: readonly PlantedBug[]): readonly SceneName[] {
  return [...new Set(bugs.map(({ scene }) => scene))];
}

/** Several at once, then those whose scene must be alone. */
async function inTurn<Item, Result>(
  items: readonly Item[],
  sceneOf: (item: Item) => SceneName,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const isAlone = (item: Item) => SCENES[sceneOf(item)].alone;
  const together = await inParallel(
    items.filter((item) => !isAlone(item)),
    AT_ONCE,
    work,
  );
  return [...together, ...(await inParallel(items.filter(isAlone), 1, work))];
}

/** @returns null when the scene finds the bug. */
async function survives({ name, scene, finds, patches }: PlantedBug): Promise<string | null> {
  const broken = await play(scene, patches);
  if (broken.some((sentence) => finds.test(sentence))) return null;
  return `survived: ${name}; "${scene}" said ${JSON.stringify(broken.slice(0, 3))}`;
}

/** In a process of its own: a bug may sit in code that runs there, and it may hang. */
async function play(scene: SceneName, patches: readonly SourcePatch[]): Promise<readonly string[]> {
  const env = { ...process.env, ...patchedEnvironment(patches) };
  const child = spawn(process.execPath, [PLAY_SCENE, scene], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const endWithUs = () => child.kill('SIGTERM');
  process.once('exit', endWithUs);
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  process.off('exit', endWithUs);
  try {
    return JSON.parse(output) as string[];
  } catch {
    return [`no result: ${errors.slice(0, 500)}`];
  }
}
