import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

// Goal: the sandbox's page looks like the others. It is served by itself, without a build, so that it has its own list
// of colours; what has one name in both must be one colour.

function coloursOf(file: string): ReadonlyMap<string, string> {
  const css = readFileSync(join(import.meta.dirname, '..', file), 'utf8');
  return new Map(
    [...css.matchAll(/^ {2}(--[\w-]+): (.+);$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
}

test('a colour with one name is the same on all pages', () => {
  const pages = coloursOf('web/app.css');
  const shared = [...coloursOf('src/sandbox/page/page.css')].filter(([name]) => pages.has(name));
  assert.ok(shared.length > 10, `${shared.length} in common`);
  assert.deepEqual(
    shared.filter(([name, value]) => pages.get(name) !== value),
    [],
  );
});
