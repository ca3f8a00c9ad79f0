import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { providers } from '../providers/registry.ts';
import { LANGS } from '../texts/texts.ts';
import { CHANNEL_KEYS, GLOBAL_KEYS } from './keys.ts';
import { loadConfig } from './load.ts';
import { configTemplate } from './template.ts';

const folder = mkdtempSync(join(tmpdir(), 'postpoint-template-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function load(toml: string) {
  writeFileSync(join(folder, 'config.toml'), toml, { mode: 0o600 });
  const env = { POSTPOINT_TOKEN: 'x', WEBHOOK_TOKEN: 'x' };
  return loadConfig({ file: 'config.toml', cwd: folder, env, providers });
}

/** Removes the one `#` of lines that are TOML; prose has a space behind its `#`. */
const uncomment = (text: string) => text.replace(/^#(?=[a-z[])/gm, '');

for (const lang of LANGS) {
  const template = configTemplate(providers, lang);

  test(`the template (${lang}) as written has one problem: no channel`, () => {
    const loaded = load(template);
    assert.deepEqual(loaded.ok || loaded.problems.map((problem) => problem.key), [null]);
  });

  for (const { id } of providers) {
    test(`the template (${lang}) passes with ${id} uncommented`, () => {
      const start = template.indexOf(`#[provider.${id}]`);
      const end = template.indexOf('\n\n', start);
      const loaded = load(
        template.slice(0, start) + uncomment(template.slice(start, end)) + template.slice(end),
      );
      assert.deepEqual(loaded.ok && loaded.config.channels.map((channel) => channel.name), [id]);
    });
  }

  test(`the template (${lang}) shows the defaults: all of it uncommented gives what one channel alone gives`, () => {
    const all = load(uncomment(template));
    const one = load('[provider.slack_bot]\nendpoint.url = "http://x/"');
    assert.ok(all.ok && one.ok, JSON.stringify(all));
    for (const part of ['delivery', 'api', 'store', 'log'] as const)
      assert.deepEqual(all.config[part], one.config[part]);
    assert.equal(all.config.channels.length, providers.length + 1);
  });

  test(`the examples of the template (${lang}) are valid`, () => {
    const loaded = load(uncomment(template).replace(/^##/gm, '').replaceAll('whsec_…', 'whsec_AAAA'));
    assert.ok(loaded.ok, JSON.stringify(loaded));
  });

  test(`the template (${lang}) holds every key`, () => {
    for (const { key } of CHANNEL_KEYS)
      assert.match(template, new RegExp(`^##?${RegExp.escape(key)} = `, 'm'));
    for (const { key } of GLOBAL_KEYS)
      assert.match(template, new RegExp(`^##?${RegExp.escape(key.split('.').slice(1).join('.'))} = `, 'm'));
  });
}
