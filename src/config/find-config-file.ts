import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

export const CONFIG_FILE_NAME = 'config.toml';

export type FoundConfigFile =
  | { readonly kind: 'found'; readonly file: string }
  /** `-c` names a file that does not exist. */
  | { readonly kind: 'missing'; readonly file: string }
  /** No `-c`, and none where it is looked for. */
  | { readonly kind: 'none' };

/**
 * The file of `-c`, else `config.toml` in the working directory, else beside the executable. Paths are absolute.
 *
 * @param executableDir null: not looked at.
 */
export function findConfigFile(options: {
  readonly cwd: string;
  readonly executableDir: string | null;
  readonly explicit: string | null;
}): FoundConfigFile {
  const { cwd, executableDir, explicit } = options;
  if (explicit !== null) {
    const file = resolve(cwd, explicit);
    return { kind: existsSync(file) ? 'found' : 'missing', file };
  }
  for (const folder of [cwd, executableDir]) {
    if (folder === null) continue;
    const file = resolve(folder, CONFIG_FILE_NAME);
    if (existsSync(file)) return { kind: 'found', file };
  }
  return { kind: 'none' };
}
