import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';

// Goal: data flows one way and imports follow it. Method: read every import of `src` and hold it against this table.

/** Room -> the rooms that it may import. A room that is not listed here may not exist. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  texts: ['core'],
  log: ['core'],
  providers: ['core', 'texts'],
  config: ['core', 'texts', 'providers'],
  store: ['core'],
  accept: ['core', 'texts', 'log', 'store'],
  channel: ['core', 'texts', 'providers'],
  dispatch: ['core', 'texts', 'store'],
  pushlog: ['core', 'store'],
  http: ['core', 'texts', 'config', 'log', 'accept', 'pushlog', 'store'],
  // Written from the platforms' documents: it must be able to prove our providers wrong.
  sandbox: ['core', 'texts'],
  app: [
    'core',
    'texts',
    'log',
    'config',
    'providers',
    'store',
    'accept',
    'channel',
    'dispatch',
    'pushlog',
    'http',
    'sandbox',
  ],
  cli: ['core', 'texts', 'log', 'config', 'providers', 'channel', 'sandbox', 'app'],
};

/** A test may also import what it tests against. */
const TEST_EXTRAS: Readonly<Record<string, readonly string[]>> = {
  dispatch: ['store'],
};

const root = join(import.meta.dirname, '..');
const WHOLE_IMPORT = /import[^'"]*?(?:from\s*)?\(?\s*'(\.[^']+)'/g;
const IMPORT = /(?:from|import)\s*\(?\s*'(\.[^']+)'/g;

function roomOf(file: string): string {
  return relative(join(root, 'src'), file).split(/[\\/]/)[0] ?? '';
}

const files = globSync('src/**/*.ts', { cwd: root }).map((file) => join(root, file));

test('there are files to check', () => assert.ok(files.length > 50, `${files.length} files`));

test('every import follows the arrows', () => {
  const against: string[] = [];
  for (const file of files) {
    const room = roomOf(file);
    const isTest = file.endsWith('.test.ts');
    const allowed = [room, ...(ARROWS[room] ?? []), ...(isTest ? (TEST_EXTRAS[room] ?? []) : [])];
    for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
      const target = join(dirname(file), specifier);
      const inTestFolder = target.startsWith(join(root, 'test'));
      if (inTestFolder ? isTest : target.startsWith(join(root, 'src')) && allowed.includes(roomOf(target)))
        continue;
      if (target === join(root, 'package.json')) continue;
      against.push(`${relative(root, file)} imports ${specifier}`);
    }
  }
  assert.deepEqual(against, []);
});

/** The pages may share nothing but their texts and what is pure: everything else of `src` belongs to the service. */
const WEB_MAY_IMPORT = /^src[\\/](core[\\/]|texts[\\/]((zh|en)[\\/]pages|texts)\.ts$)/;

test('the pages import only their texts and pure things, and nothing imports the pages', () => {
  const against: string[] = [];
  for (const file of globSync('{web,src,bin,scripts}/**/*.{ts,tsx}', { cwd: root })) {
    const isWeb = file.startsWith('web');
    for (const [line = '', specifier = ''] of readFileSync(join(root, file), 'utf8').matchAll(WHOLE_IMPORT)) {
      const target = relative(root, join(root, dirname(file), specifier));
      const isAllowed = isWeb
        ? target.startsWith('web') || WEB_MAY_IMPORT.test(target)
        : !target.startsWith('web');
      // The catalogue of all texts is for its type alone: it would bring every sentence of the service along.
      const isWhole = isWeb && target.endsWith('texts.ts') && !line.startsWith('import type');
      if (!isAllowed || isWhole) against.push(`${file} imports ${specifier}`);
    }
  }
  assert.deepEqual(against, []);
});

test('every room is in the table', () => {
  assert.deepEqual([...new Set(files.map(roomOf))].sort(), Object.keys(ARROWS).sort());
});
