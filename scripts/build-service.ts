import { globSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import type { Plugin } from 'rolldown';
import { BUILT_FOLDER, listSources, MADE_FROM_FILE } from '../bin/built-service.js';

// Puts src/ and the packages that it uses into a few files, which start faster. npm runs this after `npm ci`.

const root = join(import.meta.dirname, '..');
const folder = join(root, BUILT_FOLDER);
const workers = globSync('src/**/*-worker.ts', { cwd: root });

/** What Fastify would load for a route's schema or an injected request: two fifths of the code, and `server.ts` has neither. */
const LAZY_PACKAGES = ['@fastify/ajv-compiler', '@fastify/fast-json-stringify-compiler', 'light-my-request'];

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
    external: LAZY_PACKAGES,
    plugins: [keepPlaces(), leaveOutUnused(), takeBuiltins(), escapeNonAscii()],
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

/**
 * What Fastify loads for features that nobody here asks for: HTTP/2 and a server's TLS, some ms of a start.
 * Should one be asked for one day, it fails at once.
 */
function leaveOutUnused(): Plugin {
  return {
    name: 'leave-out-unused',
    transform: {
      filter: { id: /[\\/]fastify[\\/]lib[\\/]server\.js$/ },
      handler(code, id) {
        const less = code.replaceAll(/require\('(?:node:https|node:http2)'\)/g, 'null');
        if (less === code) throw new Error(`${id} no longer loads what is left out here`);
        return less;
      },
    },
  };
}

/**
 * What Node.js has built in is taken, not imported: an import reads every export, and some of them load half of Node.js
 * (`WebSocket` of `node:http`, the streams of `node:fs`).
 */
function takeBuiltins(): Plugin {
  const IMPORT = /^import (?:([\w$]+)(?:, )?)?(?:\{([^}]*)\}|\* as ([\w$]+))? ?from "(node:[\w/]+)";$/gm;
  return {
    name: 'take-builtins',
    renderChunk: (code) =>
      code.replaceAll(
        IMPORT,
        (_whole, whole: string | undefined, names: string | undefined, all: string | undefined, module) => {
          const taken = `globalThis.process.getBuiltinModule("${module}");`;
          const lines = [whole, all].flatMap((name) => name ?? []).map((name) => `const ${name} = ${taken}`);
          if (names !== undefined) lines.push(`const {${names.replaceAll(' as ', ': ')}} = ${taken}`);
          return lines.join('\n');
        },
      ),
  };
}

/**
 * One character past ASCII makes V8 read the whole file as UTF-8 and keep it with two bytes for each character. A `String.raw`
 * with such a character must be a pattern: there the escape means the same.
 */
function escapeNonAscii(): Plugin {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII begins with them
  const NON_ASCII = /[^\x00-\x7f]/g;
  return {
    name: 'escape-non-ascii',
    // Not in `renderChunk`: after that, rolldown writes every string anew.
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type === 'chunk') file.code = file.code.replaceAll(NON_ASCII, escapeUnit);
      }
    },
  };
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
