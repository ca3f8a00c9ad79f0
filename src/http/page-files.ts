import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

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
export function readPageFiles(folder: string): PageFiles | null {
  const shell = join(folder, 'index.html');
  if (!existsSync(shell)) return null;
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => extname(name) in TYPES)
    .map((name) => name.replaceAll('\\', '/'));
  return {
    shell: readFileSync(shell, 'utf8'),
    files: names.sort().map((name) => readPageFile(folder, name)),
  };
}

function readPageFile(folder: string, name: string): PageFile {
  const path = join(folder, name);
  const identity = readFileSync(path);
  const bodies: PageBodies = {
    identity,
    ...(existsSync(`${path}.br`) && { br: readFileSync(`${path}.br`) }),
    ...(existsSync(`${path}.gz`) && { gzip: readFileSync(`${path}.gz`) }),
  };
  return { name, type: TYPES[extname(name)] ?? 'application/octet-stream', bodies, hash: hashOf(identity) };
}

export function hashOf(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
}
