import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { platformsPage } from '../scripts/generate-platforms.ts';
import type { Provider } from '../src/providers/provider.ts';
import { providers } from '../src/providers/registry.ts';

// Goal: docs/platforms.md says what the providers say. Method: the generator, and its own check of the file.

const page = platformsPage(providers);

test('the page in the repository is up to date: node scripts/generate-platforms.ts', () => {
  const script = join(import.meta.dirname, '../scripts/generate-platforms.ts');
  const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
});

test('every platform and every code has its row', () => {
  for (const { id, codes } of providers) {
    assert.ok(page.includes(`| \`${id}\` |`), id);
    for (const [code, { meaning }] of Object.entries(codes)) {
      assert.ok(page.includes(`| \`${code}\` | `), `${id} ${code}`);
      assert.ok(page.includes(meaning.zh.replaceAll('<', '&lt;')), `${id} ${code}`);
    }
  }
});

test('every row has as many cells as its head, and text is no markup', () => {
  const [webhook] = providers.filter(({ id }) => id === 'webhook');
  assert.ok(webhook);
  const odd: Provider = {
    ...webhook,
    codes: {
      'a|b': {
        kind: 'permanent',
        meaning: { zh: '一|二\n<三>', en: 'x | y' },
        source: 's <t> (read 2026-11-23)',
      },
    },
  };
  for (const text of [page, platformsPage([odd])]) {
    let cells = 0;
    for (const line of text.split('\n')) {
      const here = line.startsWith('|') ? line.replaceAll('\\|', '').split('|').length : 0;
      if (cells > 0 && here > 0) assert.equal(here, cells, line);
      cells = here;
    }
  }
  assert.ok(platformsPage([odd]).includes('| 一\\|二 &lt;三><br>x \\| y |'));
});
