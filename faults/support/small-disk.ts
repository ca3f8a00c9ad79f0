import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** A file system of its own with little room, in memory. */
export interface SmallDisk {
  readonly folder: string;
  /** Takes all the room that is left. */
  fill(): void;
  free(): void;
  /** `ro`, `rw`, `size=32m`: see mount(8). */
  remount(options: string): void;
  unmount(): void;
}

/** @returns why it cannot be had here. */
export function smallDiskMissing(): string | null {
  if (process.platform !== 'linux') return 'tmpfs is there on Linux only';
  return process.getuid?.() === 0 ? null : 'only root can mount a small disk';
}

export function mountSmallDisk(folder: string, sizeMib: number): SmallDisk {
  mkdirSync(folder, { recursive: true });
  mount('-t', 'tmpfs', '-o', `size=${sizeMib}m,mode=700`, 'tmpfs', folder);
  const ballast = join(folder, 'ballast');
  return {
    folder,
    fill: () => fillFile(ballast),
    free: () => rmSync(ballast, { force: true }),
    remount: (options) => mount('-o', `remount,${options}`, folder),
    unmount() {
      // Lazily where something is still open: the machine must be left as it was found.
      if (spawnSync('umount', [folder]).status !== 0) spawnSync('umount', ['-l', folder]);
    },
  };
}

function mount(...args: string[]): void {
  const { status, stderr } = spawnSync('mount', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`mount ${args.join(' ')}: ${stderr}`);
}

function fillFile(path: string): void {
  const file = openSync(path, 'a');
  try {
    for (const bytes of [1_048_576, 4_096]) writeUntilFull(file, Buffer.alloc(bytes));
  } finally {
    closeSync(file);
  }
}

function writeUntilFull(file: number, chunk: Buffer): void {
  try {
    for (;;) writeSync(file, chunk);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  }
}
