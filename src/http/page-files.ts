import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { contentHash } from './content-hash.ts';

/** One file of the built pages, in every form that a caller may get it. */
export interface PageFile {
  /** Below `/pages/`: `assets/log-Bx1.js`. */
  readonly name: string;
  readonly type: string;
  readonly bodies: PageBodies;
  /** A strong validator of the file as it is; each form of it has its own. */
  readonly hash: string;
}

export interface PageBodies {
  readonly identity: Buffer;
  readonly br?: Buffer;
  readonly gzip?: Buffer;
}

export interface PageFiles {
  /** The page around everything; the routes of all pages answer with it. */
  readonly shell: string;
  readonly files: readonly PageFile[];
}

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.md': 'text/plain; charset=utf-8',
};

/**
 * Reads what `scripts/build-pages.ts` wrote, once: no later request reaches the file system.
 *
 * @returns null where the pages have not been built.
 */
export async function readPageFiles(folder: string): Promise<PageFiles | null> {
  const shell = await readIfThere(join(folder, 'index.html'));
  if (shell === undefined) return null;
  const names = (await readdir(folder, { recursive: true }))
    .filter((name) => extname(name) in TYPES)
    .map((name) => name.replaceAll('\\', '/'));
  return {
    shell: shell.toString(),
    files: await Promise.all(names.sort().map((name) => readPageFile(folder, name))),
  };
}

async function readPageFile(folder: string, name: string): Promise<PageFile> {
  const path = join(folder, name);
  const [identity, br, gzip] = await Promise.all([
    readFile(path),
    readIfThere(`${path}.br`),
    readIfThere(`${path}.gz`),
  ]);
  return {
    name,
    type: TYPES[extname(name)] ?? 'application/octet-stream',
    bodies: { identity, ...(br && { br }), ...(gzip && { gzip }) },
    hash: contentHash(identity),
  };
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
