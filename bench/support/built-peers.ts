import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'rolldown';

const root = join(import.meta.dirname, '../..');
const folder = join(root, 'build/bench-peers');

/** The peers as JavaScript, as a team would run them: to load what strips their types takes 0.14 s of a start. */
export async function buildPeers(): Promise<void> {
  const files = globSync('bench/peers/*.ts', { cwd: root });
  await build({
    input: Object.fromEntries(files.map((file) => [basename(file, '.ts'), join(root, file)])),
    platform: 'node',
    external: /^[^./]/,
    output: { dir: folder, cleanDir: true, format: 'esm', entryFileNames: '[name].js' },
  });
}

/** @param name of a file in `bench/peers/`, without `.ts`. */
export function builtPeer(name: string): string {
  return join(folder, `${name}.js`);
}
