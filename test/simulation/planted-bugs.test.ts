import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { bugsTable } from '../../faults/canary/bugs-table.ts';
import { PLANTED_BUGS } from '../../faults/canary/planted-bugs.ts';
import { SCENES } from '../../faults/canary/scenes.ts';
import { programs } from '../../faults/programs.ts';

// Goal: no fault program is trusted that has never been seen to fail, and the page says what made it.

test('each fault program has a planted bug that turns it red', () => {
  const proved = new Set<string | null>(PLANTED_BUGS.map(({ scene }) => SCENES[scene].program));
  const unproved = programs.map(({ name }) => name).filter((name) => !proved.has(name));
  assert.deepEqual(unproved, ['canary']);
});

test('each scene has a planted bug', () => {
  const played = new Set<string>(PLANTED_BUGS.map(({ scene }) => scene));
  assert.deepEqual(
    Object.keys(SCENES).filter((name) => !played.has(name)),
    [],
  );
});

test('docs/reliability.md has the table of planted bugs as they are', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/reliability.md'), 'utf8');
  assert.ok(page.includes(bugsTable()), `docs/reliability.md must contain:\n${bugsTable()}`);
});
