import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { loadConfig } from '../../src/config/load.ts';
import { providers } from '../../src/providers/registry.ts';
import { type CountingReceiver, startCountingReceiver } from '../support/counting-receiver.ts';
import { createWorkplace, eventually, type RunningService, startService } from '../support/service.ts';

// Goal: every example of the READMEs runs as it stands there. Method: cut them out, change the port, run them.

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);

interface Example {
  readonly language: string;
  readonly code: string;
}

function examplesOf(text: string): Example[] {
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = '', code = '']) => ({
    language,
    code,
  }));
}

/** How an example is run; a program that is not on this machine is named in the skip. */
const RUNNERS: Readonly<Record<string, { readonly program: string; readonly file: string }>> = {
  bash: { program: 'bash', file: 'example.sh' },
  python: { program: 'python3', file: 'example.py' },
  php: { program: 'php', file: 'example.php' },
  javascript: { program: process.execPath, file: 'example.mjs' },
};

async function isMissing(program: string): Promise<boolean> {
  return run(program, ['--version']).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
  );
}

for (const name of ['README.md', 'README.en.md']) {
  const text = readFileSync(join(root, name), 'utf8');
  const examples = examplesOf(text);

  describe(name, () => {
    let receiver: CountingReceiver;
    let service: RunningService;
    const place = createWorkplace(null);
    before(async () => {
      receiver = await startCountingReceiver();
      const config = `api.port = 0\n[provider.webhook]\nendpoint.url = "${receiver.url}"\n`;
      writeFileSync(join(place.folder, 'config.toml'), config, { mode: 0o600 });
      service = await startService(place);
    });
    after(async () => {
      await service.end('SIGTERM');
      await receiver.close();
      place.remove();
    });

    for (const [language, { program, file }] of Object.entries(RUNNERS)) {
      test(`${language} example sends`, async (t) => {
        if (await isMissing(program)) return t.skip(`${program} is not installed`);
        const [example] = examples.filter((candidate) => candidate.language === language);
        assert.ok(example, `no ${language} example`);
        const code = example.code.replaceAll('http://localhost:39270', service.url);
        const sends = code.split('/api/text').length - 1;
        const before = receiver.bodies.length;
        const path = join(place.folder, file);
        writeFileSync(path, code);
        await run(program, [path], { env: { ...process.env, no_proxy: '*', NO_PROXY: '*' } });
        await eventually('arrival', () => (receiver.bodies.length >= before + sends ? true : undefined));
      });
    }

    test('the form example arrives with its & and %', () => {
      const sent = receiver.bodies.map((body) => (JSON.parse(body) as { msg: string }).msg);
      assert.ok(
        sent.some((msg) => /^CPU 100% & /.test(msg)),
        sent.join(' | '),
      );
    });

    for (const [index, { code }] of examples.filter(({ language }) => language === 'toml').entries()) {
      test(`configuration ${index + 1} is valid`, () => {
        writeFileSync(join(place.folder, 'example.toml'), code, { mode: 0o600 });
        const env = { NOTIFY_TOKEN: 'x', POSTPOINT_TOKEN: 'y' };
        const loaded = loadConfig({ file: 'example.toml', cwd: place.folder, env, providers });
        assert.deepEqual(loaded.ok ? [] : loaded.problems, []);
      });
    }

    test('every provider has a configuration', () => {
      const toml = examples.filter(({ language }) => language === 'toml').map(({ code }) => code);
      for (const id of CONTRACT_PROVIDERS) assert.ok(toml.join().includes(`[provider.${id}]`), id);
    });
  });
}

const CONTRACT_PROVIDERS = [
  'workweixin_bot',
  'feishu_bot',
  'dingtalk_bot',
  'slack_bot',
  'discord_bot',
  'mattermost_bot',
  'webhook',
];

test('both READMEs have the same sections, examples and tables', () => {
  const outline = (name: string) => {
    const text = readFileSync(join(root, name), 'utf8');
    return {
      headings: [...text.matchAll(/^(#+) /gm)].map(([, level]) => level),
      languages: examplesOf(text).map(({ language }) => language),
      codes: [...text.matchAll(/^\| [^|]*\| (`\w+`) \|/gm)].map(([, code]) => code),
      rows: [...text.matchAll(/^\|/gm)].length,
    };
  };
  assert.deepEqual(outline('README.en.md'), outline('README.md'));
});
