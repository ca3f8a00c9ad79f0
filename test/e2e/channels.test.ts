import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { sandboxConfigToml } from '../../src/sandbox/config-toml.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { startHttpProxy, startSocks5Proxy } from '../support/proxies.ts';
import { createWorkplace, eventually, postText, startService, type Workplace } from '../support/service.ts';
import { testCertificates } from '../support/test-certificates.ts';

// Goal: a message reaches every platform over real HTTP, directly and through every kind of proxy, and its readers
// see what was written. Method: the real command against the stand-ins.

const TEXT = '测试 *粗* _斜_ ~删~ `码` <b> & "引" @all @here @everyone <!channel> #标签\n> 第二行 100% 🙂';

const workplaces: Workplace[] = [];
after(() => {
  for (const place of workplaces) place.remove();
});

test('every platform, by JSON and by form', { timeout: 60_000 }, async () => {
  const sandbox = await startSandbox();
  const place = createWorkplace(`api.port = 0\n${sandboxConfigToml(sandbox)}`);
  workplaces.push(place);
  const service = await startService(place);

  assert.equal((await postText(service.url, { msg: TEXT })).status, 200);
  const form = await fetch(`${service.url}/api/text`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `msg=${encodeURIComponent(`${TEXT} by form`)}&to=${sandbox.groups.map(({ platform }) => platform).join(',')}`,
  });
  assert.equal(form.status, 200);

  for (const { id } of sandbox.groups) {
    const arrivals = await eventually(`two messages in ${id}`, () => {
      const group = sandbox.received().find((view) => view.id === id);
      return (group?.arrivals.length ?? 0) >= 2 ? group?.arrivals : undefined;
    });
    assert.deepEqual(
      arrivals.map(({ verdict, why }) => [verdict, why]),
      [
        ['shown', null],
        ['shown', null],
      ],
      id,
    );
    // Where a platform has no escape, a zero-width character stands before what it would take for a mention.
    const shown = arrivals.flatMap(({ posts }) =>
      posts.map(({ display }) => display.replace(/[\u200b\u2060]/g, '')),
    );
    // Channels are not `ordered`: the second may overtake the first.
    assert.deepEqual(shown.toSorted(), [TEXT, `${TEXT} by form`], id);
    assert.deepEqual(
      arrivals.flatMap(({ posts }) => posts.flatMap(({ mentions }) => mentions)),
      [],
      id,
    );
  }
  assert.equal(await service.end('SIGTERM'), 0);
  await sandbox.close();
});

test('through http, https and socks5 proxies, with a login, global and per channel, and past them with "no"', {
  timeout: 60_000,
}, async () => {
  const sandbox = await startSandbox({ groups: [{ platform: 'webhook', secret: null }] });
  const target = sandbox.groups.find(({ platform }) => platform === 'webhook');
  assert.ok(target);
  const login = 'user:PROXYCANARY';
  const http = await startHttpProxy({ login });
  const https = await startHttpProxy({ login, cert: testCertificates.localhost });
  const socks = await startSocks5Proxy({ login });
  const channel = (name: string, proxy: string | null) => `
[channel.${name}]
provider = "webhook"
endpoint.url = "${target.endpointUrl}?via=${name}"
${proxy === null ? '' : `proxy = "${proxy}"`}
`;
  const place = createWorkplace(`
api.port = 0
delivery.proxy = "http://${login}@localhost:${http.port}"
${channel('by-default', null)}
${channel('by-https', `https://${login}@localhost:${https.port}`)}
${channel('by-socks', `socks5://${login}@localhost:${socks.port}`)}
${channel('direct', 'no')}
`);
  workplaces.push(place);
  const authorities = join(place.folder, 'authorities.pem');
  writeFileSync(authorities, testCertificates.localhost);
  const service = await startService(place, ['serve'], { NODE_EXTRA_CA_CERTS: authorities });

  const { body } = await postText(service.url, { msg: 'hello' });
  const deliveries = await eventually('all delivered', async () => {
    const answer = await fetch(`${service.url}/api/messages/${body.id}`);
    const { message } = (await answer.json()) as {
      message: { deliveries: { channel: string; status: string }[] };
    };
    return message.deliveries.every(({ status }) => status === 'delivered') ? message.deliveries : undefined;
  });
  assert.deepEqual(
    deliveries.map(({ channel: name }) => name),
    ['by-default', 'by-https', 'by-socks', 'direct'],
  );
  for (const [proxy, asked] of [
    ['http', http.asked],
    ['https', https.asked],
    ['socks5', socks.asked],
  ] as const) {
    assert.equal(asked.length, 1, `${proxy} proxy was asked for ${asked.join()}`);
  }
  assert.equal(await service.end('SIGTERM'), 0);
  assert.doesNotMatch(service.output(), /PROXYCANARY/);
  for (const proxy of [http, https, socks]) await proxy.close();
  await sandbox.close();
});
