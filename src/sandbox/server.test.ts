import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { test } from 'node:test';
import { texts } from '../texts/texts.ts';
import { sandboxConfigToml } from './config-toml.ts';
import { PLATFORM_IDS } from './platforms.ts';
import { startSandbox } from './server.ts';
import { send, steppedClock, withSandbox } from './testing.ts';

const hook = { platform: 'webhook', secret: null } as const;
const text = { 'content-type': 'text/plain' };

test('by default there is one group of each platform, at an address of the right shape', async () => {
  const sandbox = await startSandbox();
  assert.deepEqual(
    sandbox.groups.map(({ platform }) => platform),
    PLATFORM_IDS,
  );
  assert.match(sandbox.url, /^http:\/\/127\.0\.0\.1:\d+\/$/);
  for (const { endpointUrl } of sandbox.groups) assert.ok(endpointUrl.startsWith(sandbox.url));
  await sandbox.close();
});

test('the config names every group once', () =>
  withSandbox([hook, { ...hook, key: `a$${'{B}"'}` }, { platform: 'dingtalk_bot' }], async ({ sandbox }) => {
    const toml = sandboxConfigToml(sandbox);
    assert.match(
      toml,
      /^\[provider\.webhook\]\nendpoint\.url = "http:\/\/127\.0\.0\.1:\d+\/webhook\/demo"$/m,
    );
    assert.match(
      toml,
      /^\[channel\.webhook-2\]\nprovider = "webhook"\nendpoint\.url = ".*\/webhook\/a\\u0024\{B\}\\""$/m,
    );
    assert.match(toml, /^\[provider\.dingtalk_bot\]\n.*\nsecret = "SECpostpoint-demo-secret"$/m);
    assert.ok(sandboxConfigToml(sandbox, 'en').startsWith(`# ${texts.en.sandbox.configHead}\n`));
  }));

test('the page is served with a strict policy and asks nobody else', async () => {
  await withSandbox([hook], async ({ sandbox }) => {
    for (const [path, type] of [
      ['', 'text/html'],
      ['page.js', 'text/javascript'],
      ['page.css', 'text/css'],
    ] as const) {
      const got = await send(sandbox.url + path, { method: 'GET', headers: { 'content-type': '' } });
      assert.equal(got.status, 200);
      assert.ok(got.headers['content-type']?.startsWith(type));
      const csp = String(got.headers['content-security-policy']);
      assert.ok(
        csp.startsWith(
          "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'",
        ),
      );
      assert.doesNotMatch(got.body, /innerHTML|insertAdjacentHTML|https?:\/\/(?!127)|<script>|style="/);
      assert.equal(got.headers['x-content-type-options'], 'nosniff');
    }
  });
});

test('the page has every text it uses, in both languages', () =>
  withSandbox([hook], async ({ sandbox }) => {
    const script = (await send(`${sandbox.url}page.js`, { method: 'GET' })).body;
    const served = JSON.parse((await send(`${sandbox.url}_sandbox/texts`, { method: 'GET' })).body);
    const used = [...script.matchAll(/\bt\(\)\.(\w+)/g)].map((match) => match[1] ?? '');
    assert.ok(used.length > 10);
    for (const key of used) for (const lang of ['zh', 'en']) assert.ok(served[lang][key], `${lang} ${key}`);
  }));

const hosts = [
  { host: 'localhost:1', status: 200 },
  { host: '127.0.0.1', status: 200 },
  { host: '[::1]:80', status: 200 },
  { host: 'evil.example', status: 403 },
  { host: 'localhost.evil.example', status: 403 },
  { host: '127.0.0.1.evil.example:80', status: 403 },
];
for (const { host, status } of hosts) {
  test(`Host ${host} gives ${status}`, () =>
    withSandbox([hook], async ({ sandbox, url }) => {
      assert.equal((await send(sandbox.url, { method: 'GET', headers: { host } })).status, status);
      assert.equal((await send(url, { headers: { host, ...text }, body: 'a' })).status, status);
    }));
}

test('a page of another site can neither reset nor plan faults', () =>
  withSandbox([hook], async ({ sandbox, url }) => {
    await send(url, { headers: text, body: 'a' });
    for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }]) {
      assert.equal((await send(`${sandbox.url}_sandbox/reset`, { headers })).status, 403);
      assert.equal(
        (await send(`${sandbox.url}_sandbox/faults`, { headers, body: { kind: 'hang' } })).status,
        403,
      );
    }
    assert.equal(sandbox.received()[0]?.counts.shown, 1);
    assert.equal((await send(`${sandbox.url}_sandbox/reset`)).status, 200);
    assert.equal(sandbox.received()[0]?.counts.shown, 0);
  }));

test('messages are listed with what was refused and why; header values stay out', () =>
  withSandbox([hook, { platform: 'slack_bot' }], async ({ sandbox, url }) => {
    await send(url, { headers: { ...text, authorization: 'Bearer hidden' }, body: '<b>a</b>' });
    await send(`${sandbox.groups[1]?.endpointUrl}x`, { body: { text: 'a' } });
    const got = await send(`${sandbox.url}_sandbox/messages`, { method: 'GET' });
    assert.doesNotMatch(got.body, /hidden/);
    const { groups } = JSON.parse(got.body);
    assert.equal(groups[0].arrivals[0].posts[0].display, '<b>a</b>');
    assert.equal(groups[1].arrivals[0].status, 403);
    assert.equal(groups[1].arrivals[0].why.zh, texts.zh.sandbox.why.unknownKey);
  }));

test('the last messages and as many refusals are kept; the counts go on', async () => {
  const sandbox = await startSandbox({ clock: steppedClock(), groups: [hook], keep: 2 });
  const url = sandbox.groups[0]?.endpointUrl ?? '';
  for (const body of ['a', 'b', 'c']) await send(url, { headers: text, body });
  await send(`${url}x`, { headers: text, body: 'd' });
  const [view] = sandbox.received();
  assert.deepEqual(
    view?.arrivals.map(({ posts, verdict }) => posts[0]?.display ?? verdict),
    ['b', 'c', 'refused'],
  );
  assert.deepEqual(view?.counts, { shown: 3, refused: 1, repeats: 0 });
  await sandbox.close();
});

test('a body without measure is answered and not kept', () =>
  withSandbox([hook], async ({ sandbox, url }) => {
    const got = await send(url, { headers: text, body: 'a'.repeat(3 * 1024 * 1024) });
    assert.equal(got.status, 413);
    assert.ok((sandbox.received()[0]?.arrivals[0]?.request.body.length ?? 0) <= 65_536);
  }));

test('live events tell each arrival and a reset', () =>
  withSandbox([hook], async ({ sandbox, url }) => {
    const seen = await new Promise<string>((resolve, reject) => {
      const watch = httpRequest(`${sandbox.url}_sandbox/events`, (response) => {
        let got = '';
        response.on('error', () => resolve(got));
        response.on('data', (chunk: Buffer) => {
          got += chunk;
          if (got.includes('event: reset')) {
            watch.destroy();
            resolve(got);
          }
        });
        void send(url, { headers: text, body: 'live' }).then(
          () => send(`${sandbox.url}_sandbox/reset`),
          reject,
        );
      });
      watch.on('error', reject);
      watch.end();
    });
    assert.match(seen, /event: arrival\ndata: \{"group":"webhook","counts":\{"shown":1,.*"display":"live"/);
  }));

test('nothing else has an address', () =>
  withSandbox([hook], async ({ sandbox }) => {
    for (const path of ['x', '_sandbox/x', 'page/index.html', '../server.ts', '/etc/passwd']) {
      assert.equal((await send(sandbox.url + path, { method: 'GET' })).status, 404, path);
    }
  }));
