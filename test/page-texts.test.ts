import assert from 'node:assert/strict';
import { test } from 'node:test';
import { providers } from '../src/providers/registry.ts';
import { pages as en } from '../src/texts/en/pages.ts';
import { pages as zh } from '../src/texts/zh/pages.ts';

// Goal: the pages, which know no provider, have a name for each platform, the one that its provider has or shorter.

for (const { id, label } of providers) {
  test(`the pages know ${id}`, () => {
    const inChinese: Readonly<Record<string, string>> = zh.providers;
    const inEnglish: Readonly<Record<string, string>> = en.providers;
    assert.ok(label.zh.includes(inChinese[id] ?? '?'), `${label.zh}: ${inChinese[id]}`);
    assert.ok(label.en.includes(inEnglish[id] ?? '?'), `${label.en}: ${inEnglish[id]}`);
  });
}
