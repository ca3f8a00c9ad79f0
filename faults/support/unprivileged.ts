import { spawnSync } from 'node:child_process';

/** Whether a process that we start must obey file modes; for root's processes `front` sees to it. */
export type FileModes =
  | { readonly kind: 'obeyed'; readonly front: readonly string[] }
  | { readonly kind: 'missing'; readonly why: string };

const WITHOUT_RIGHTS = ['setpriv', '--inh-caps=-all', '--bounding-set=-all'];

export function obeysFileModes(): FileModes {
  if (process.platform === 'win32') return { kind: 'missing', why: 'Windows has no file modes' };
  if (process.getuid?.() !== 0) return { kind: 'obeyed', front: [] };
  const [command = '', ...args] = WITHOUT_RIGHTS;
  const { status } = spawnSync(command, [...args, 'true']);
  return status === 0
    ? { kind: 'obeyed', front: WITHOUT_RIGHTS }
    : { kind: 'missing', why: 'root is bound by no file modes, and setpriv is not there' };
}
