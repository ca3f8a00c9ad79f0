import { spawnSync } from 'node:child_process';
import { cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { builtMain } from '../../bin/built-service.js';

const ROOT = join(import.meta.dirname, '../..');

/** What figures depend on beside the program. */
export function describeMachine() {
  const all = cpus();
  return {
    processors: `${all.length} x ${all[0]?.model.trim() ?? 'unknown'}`,
    memory: `${Math.round(totalmem() / 1_073_741_824)} GiB`,
    system: `${type()} ${release()}`,
    node: `Node.js ${process.version}`,
    commit: `commit ${commit()}`,
    service: builtMain(ROOT) === null ? 'service from its sources' : 'built service',
  };
}

/** With `-dirty` where the files differ from it. */
function commit(): string {
  const { status, stdout } = spawnSync('git', ['describe', '--always', '--dirty', '--exclude', '*'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return status === 0 ? stdout.trim() : 'unknown';
}
