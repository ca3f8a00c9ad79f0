import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { PLANTED_BUGS, type PlantedBug } from '../canary/planted-bugs.ts';
import type { SceneName } from '../canary/scenes.ts';
import type { FaultProgram } from '../program.ts';
import { inParallel } from '../support/in-parallel.ts';
import { patchedEnvironment, type SourcePatch } from '../support/patched-source.ts';
import { straceMissing } from '../support/strace.ts';

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
    const why = straceMissing();
    const canPlay = (scene: SceneName) => scene !== 'power fails' || why === null;
    if (full && why !== null) say(`"power fails" cannot be played: ${why}`);
    const bugs = PLANTED_BUGS.filter(({ scene }) => canPlay(scene) && (full || QUICK_SCENES.includes(scene)));
    const scenes = [...new Set(bugs.map(({ scene }) => scene))];
    // A scene that is red without any bug would find everything.
    const falseAlarms = await inParallel(scenes, AT_ONCE, async (scene) => {
      const broken = await play(scene, []);
      say(`"${scene}" without a bug: ${broken[0] ?? 'nothing broken'}`);
      return broken.length === 0 ? [] : [`"${scene}" is red without a bug: ${broken[0]}`];
    });
    const survivors = await inParallel(bugs, AT_ONCE, async (bug) => {
      const startedMs = performance.now();
      const survivor = await survives(bug);
      say(`${((performance.now() - startedMs) / 1_000).toFixed(0)} s  ${survivor ?? `found: ${bug.name}`}`);
      return survivor;
    });
    const surviving = survivors.filter((sentence) => sentence !== null);
    return {
      kind: 'measured',
      value: `${bugs.length - surviving.length} of ${bugs.length} planted bugs found`,
      bound: `${bugs.length} of ${bugs.length}`,
      broken: [...falseAlarms.flat(), ...surviving],
    };
  },
};

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
