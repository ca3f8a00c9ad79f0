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
export const PATCHES_VARIABLE = 'POSTPOINT_FAULT_PATCHES';

/**
 * The environment in which the real command runs with these patches, in its threads too. A patch whose `find` does not
 * occur exactly once ends the process at once, so that none ever stops applying unnoticed.
 */
export function patchedEnvironment(patches: readonly SourcePatch[]): Record<string, string> {
  const hook = pathToFileURL(join(import.meta.dirname, 'apply-patches.ts'));
  return { NODE_OPTIONS: `--import ${hook.href}`, [PATCHES_VARIABLE]: JSON.stringify(patches) };
}

/** A statement that kills the process with SIGKILL when it is reached for the `hit`-th time; nothing after it runs. */
export function killAtHit(hit: number): string {
  return `if ((globalThis.pointHits = (globalThis.pointHits ?? 0) + 1) === ${hit}) process.kill(process.pid, 'SIGKILL');`;
}
