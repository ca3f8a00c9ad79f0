import { globSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import type { Plugin } from 'rolldown';
import { BUILT_FOLDER, listSources, MADE_FROM_FILE } from '../bin/built-service.ts';

// Puts src/ and the packages that it uses into a few files, which start faster. npm runs this after `npm ci`.

const root = join(import.meta.dirname, '..');
const folder = join(root, BUILT_FOLDER);
const workers = globSync('src/**/*-worker.ts', { cwd: root });

const rolldown = await import('rolldown').catch(() => null);
if (rolldown === null) {
  process.stdout.write('service: not built; npm ci without --omit=dev installs rolldown\n');
} else {
  const madeFrom = listSources(root);
  await rolldown.build({
    input: {
      postpoint: join(root, 'src/cli/main.ts'),
      ...Object.fromEntries(workers.map((file) => [basename(file, '.ts'), join(root, file)])),
    },
    platform: 'node',
    plugins: [keepPlaces()],
    output: { dir: folder, cleanDir: true, format: 'esm', entryFileNames: '[name].js' },
  });
  writeFileSync(join(folder, MADE_FROM_FILE), madeFrom);
}

/** A module still finds the files that stand beside its source; a thread runs what was built of its module. */
function keepPlaces(): Plugin {
  const PLACE = /new URL\('\.\/(\w+-worker)\.ts', import\.meta\.url\)|import\.meta\.(url|dirname)/g;
  return {
    name: 'keep-places',
    transform: {
      filter: { id: /[\\/]src[\\/].*\.ts$/, code: 'import.meta' },
      handler(code, id) {
        const source = relative(folder, id).replaceAll('\\', '/');
        return code.replaceAll(PLACE, (_whole, worker: string | undefined, place: string) => {
          if (worker !== undefined) return `new URL('./${worker}.js', import.meta.url)`;
          return place === 'url'
            ? `new URL('${source}', import.meta.url).href`
            : `(import.meta.dirname + '/${dirname(source)}')`;
        });
      },
    },
  };
}
