import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** One change of a source file of the service, made while it is loaded: the file on disk stays as it is. */
export interface SourcePatch {
  /** From the repository's root: `src/accept/accept.ts`. */
  readonly file: string;
  /** Must occur exactly once in the file. */
  readonly find: string;
  readonly replace: string;
}

/** Where the preloaded hook finds its patches. */
const PATCHES_VARIABLE = 'POSTPOINT_FAULT_PATCHES';

/** The patches that this process runs with itself. */
export function inheritedPatches(): SourcePatch[] {
  return JSON.parse(process.env[PATCHES_VARIABLE] ?? '[]') as SourcePatch[];
}

/**
 * The environment in which a process runs with these patches and those that this one has, in all its threads. A patch
 * whose `find` does not occur exactly once ends the process at once, so that none ever stops applying unnoticed.
 */
export function patchedEnvironment(patches: readonly SourcePatch[]): Record<string, string> {
  const hook = pathToFileURL(join(import.meta.dirname, 'apply-patches.ts'));
  return {
    NODE_OPTIONS: `--import ${hook.href}`,
    // What was built has no sources to change.
    POSTPOINT_FROM_SOURCES: '1',
    [PATCHES_VARIABLE]: JSON.stringify([...inheritedPatches(), ...patches]),
  };
}

/** A statement that kills the process with SIGKILL when it is reached for the `hit`-th time; nothing after it runs. */
export function killAtHit(hit: number): string {
  return `if ((globalThis.pointHits = (globalThis.pointHits ?? 0) + 1) === ${hit}) process.kill(process.pid, 'SIGKILL');`;
}
