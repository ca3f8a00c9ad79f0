import { basename, dirname } from 'node:path';
import { isSea } from 'node:sea';

/** How this process was started. */
interface Start {
  readonly isExecutable: boolean;
  /** The program as it was typed. */
  readonly argv0: string;
  /** The script that Node.js runs. */
  readonly script: string;
  /** `npm_command`: npm or npx runs the script. */
  readonly npmCommand: string | undefined;
}

/** The command as the user can type it again. */
export function commandNameOf({ isExecutable, argv0, script, npmCommand }: Start): string {
  if (isExecutable) return argv0;
  const file = basename(script);
  const isCheckout = file === 'postpoint.js' && basename(dirname(script)) === 'bin';
  // There no `postpoint` is on the path.
  if (npmCommand !== undefined || isCheckout) return 'npx postpoint';
  return /\.[cm]?js$/.test(file) ? `node ${file}` : 'postpoint';
}

export const COMMAND = commandNameOf({
  isExecutable: isSea(),
  argv0: process.argv0,
  script: process.argv[1] ?? '',
  npmCommand: process.env.npm_command,
});
