import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCountingReceiver } from '../support/counting-receiver.ts';
import {
  createWorkplace,
  eventually,
  postText,
  runPostpoint,
  startService,
  type Workplace,
} from '../support/service.ts';

// Goal: the command as its user meets it: start, stop, and every way in which it cannot start.

const root = join(import.meta.dirname, '../..');
const workplaces: Workplace[] = [];
const workplace = (configToml: string | null) => {
  const place = createWorkplace(configToml);
  workplaces.push(place);
  return place;
};
after(() => {
  for (const place of workplaces) place.remove();
});

const configFor = (url: string, more = '') => `
api.port = 0
${more}
[provider.webhook]
endpoint.url = "${url}"
`;
const NOWHERE = configFor('http://127.0.0.1:9/');

test('a message arrives, its log can be read, and SIGTERM ends it with 0', async () => {
  const receiver = await startCountingReceiver();
  const place = workplace(configFor(receiver.url));
  const service = await startService(place);
  const { status, body } = await postText(service.url, { msg: '测试，测试，测试' });
  assert.deepEqual([status, body.code, body.msg], [200, 'ok', 'success']);
  await eventually('arrival', () => receiver.bodies[0]);
  assert.deepEqual(JSON.parse(receiver.bodies[0] ?? ''), {
    id: body.id,
    msg_type: 'text',
    msg: '测试，测试，测试',
  });

  const delivered = await eventually('delivered', async () => {
    const { message } = (await (await fetch(`${service.url}/api/messages/${body.id}`)).json()) as {
      message: { deliveries: { status: string; attempts: { outcome: string }[] }[] };
    };
    return message.deliveries[0]?.status === 'delivered' ? message.deliveries[0] : undefined;
  });
  assert.deepEqual(
    delivered.attempts.map(({ outcome }) => outcome),
    ['ok'],
  );

  assert.equal(await service.end('SIGTERM'), 0);
  assert.match(
    service.output(),
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d{4}\tinfo\twebhook\t成功\t\{"耗时": "[\d.]+ms"/m,
  );
  await receiver.close();
});

test('SIGTERM: what is in flight is finished, what waits stays for the next start', async () => {
  const receiver = await startCountingReceiver(400);
  const place = workplace(
    configFor(receiver.url).replace('[provider.webhook]', '[provider.webhook]\nordered = true'),
  );
  const first = await startService(place);
  await postText(first.url, { msg: 'one' });
  await postText(first.url, { msg: 'two' });
  await eventually('the first in flight', () => receiver.bodies[0]);
  assert.equal(await first.end('SIGTERM'), 0);
  assert.equal(receiver.bodies.length, 1);
  const second = await startService(place);
  await eventually('the second', () => receiver.bodies[1]);
  assert.equal(await second.end('SIGTERM'), 0);
  assert.deepEqual(
    receiver.bodies.map((body) => (JSON.parse(body) as { msg: string }).msg),
    ['one', 'two'],
  );
  await receiver.close();
});

test('what outlasts the grace is recorded as unknown, with its reason, before the process ends', async () => {
  const receiver = await startCountingReceiver(60_000);
  const place = workplace(`delivery.shutdown_grace = 1\n${configFor(receiver.url)}`);
  const first = await startService(place);
  const { body } = await postText(first.url, { msg: 'slow' });
  await eventually('in flight', () => receiver.bodies[0]);
  const ending = first.end('SIGTERM');
  await eventually('new requests get 503', async () => {
    const { status } = await postText(first.url, { msg: 'too late' });
    return status === 503 ? true : undefined;
  });
  assert.equal((await fetch(`${first.url}/readyz`)).status, 503);
  assert.equal((await fetch(`${first.url}/healthz`)).status, 200);
  assert.equal(await ending, 0);

  const second = await startService(place);
  const { message } = (await (await fetch(`${second.url}/api/messages/${body.id}`)).json()) as {
    message: { deliveries: { attempts: { outcome: string; duration_ms: number | null }[] }[] };
  };
  const [attempt] = message.deliveries[0]?.attempts ?? [];
  assert.equal(attempt?.outcome, 'unknown');
  assert.ok(attempt.duration_ms !== null && attempt.duration_ms >= 900, `${attempt.duration_ms} ms`);
  await second.end('SIGKILL');
  await receiver.close();
});

test('a second signal ends it at once', { skip: process.platform === 'win32' }, async () => {
  const receiver = await startCountingReceiver(60_000);
  const service = await startService(workplace(configFor(receiver.url)));
  await postText(service.url, { msg: 'slow' });
  await eventually('in flight', () => receiver.bodies[0]);
  service.process.kill('SIGINT');
  await sleep(300);
  const askedMs = performance.now();
  await service.end('SIGINT');
  assert.ok(performance.now() - askedMs < 3_000);
  await receiver.close();
});

test('npm start and npx: a SIGTERM for npm stops the service', {
  skip: process.platform === 'win32',
}, async () => {
  const place = workplace(NOWHERE);
  const npm = spawn('npm', ['start', '--prefix', root, '--', '-c', join(place.folder, 'config.toml')], {
    cwd: place.folder,
    env: { ...process.env, LC_ALL: 'zh_CN.UTF-8' },
  });
  let output = '';
  npm.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const port = await eventually('it listens', () => /:(\d+)\/api\/text/.exec(output)?.[1]);
  npm.kill('SIGTERM');
  await eventually('it is gone', () =>
    fetch(`http://127.0.0.1:${port}/healthz`).then(
      () => undefined,
      () => true,
    ),
  );
});

test('an idempotency key holds across a restart', async () => {
  const place = workplace(NOWHERE);
  const first = await startService(place);
  const key = { 'x-ppt-request-id': 'a-unique-uuid-v4-string' };
  const before = await postText(first.url, { msg: 'once' }, key);
  assert.equal(before.body.request_id, 'a-unique-uuid-v4-string');
  await first.end('SIGKILL');
  const second = await startService(place);
  const again = await Promise.all(
    Array.from({ length: 10 }, () => postText(second.url, { msg: 'once' }, key)),
  );
  for (const { status, body } of again) assert.deepEqual([status, body], [200, before.body]);
  await second.end('SIGTERM');
});

test('a taken port: exit 1, and it says so', async () => {
  const service = await startService(workplace(NOWHERE));
  const { port } = new URL(service.url);
  const { code, output } = await runPostpoint(
    workplace(NOWHERE.replace('api.port = 0', `api.port = ${port}`)),
    ['serve'],
  );
  assert.equal(code, 1);
  assert.match(output, new RegExp(`${port}.*占用`));
  await service.end('SIGTERM');
});

test('a second process on the same store: exit 1, and it says so', async () => {
  const place = workplace(NOWHERE);
  const service = await startService(place);
  const { code, output } = await runPostpoint(place, ['serve']);
  assert.equal(code, 1);
  assert.match(output, /另一个 PostPoint 进程/);
  await service.end('SIGTERM');
});

test('a bad configuration: exit 2, every problem with file, line and key, and no secret', async () => {
  const place = workplace(
    'delivery.timeout = "CANARY"\n[provider.feishu_bot]\nendpoint.url = "CANARY-not-a-url"\nsecrt = "CANARY"\n',
  );
  const { code, output } = await runPostpoint(place, ['serve']);
  assert.equal(code, 2);
  assert.match(output, /config\.toml:1 .*delivery\.timeout/);
  assert.match(output, /config\.toml:3 .*provider\.feishu_bot\.endpoint\.url/);
  assert.match(output, /config\.toml:4 .*provider\.feishu_bot\.secrt.*provider\.feishu_bot\.secret/);
  assert.doesNotMatch(output, /CANARY-not-a-url/);
});

test('an absent file after -c: exit 2', async () => {
  const { code, output } = await runPostpoint(workplace(null), ['serve', '-c', 'nowhere.toml']);
  assert.equal(code, 2);
  assert.match(output, /nowhere\.toml/);
});

test('an unusable store: exit 1', async () => {
  const { code, output } = await runPostpoint(workplace(`store.url = "sqlite:config.toml"\n${NOWHERE}`), [
    'serve',
  ]);
  assert.equal(code, 1);
  assert.match(output, /存储/);
});

test('the store and its folder are for their owner only', {
  skip: process.platform === 'win32',
}, async () => {
  const place = workplace(NOWHERE);
  const service = await startService(place);
  const path = join(place.folder, 'data', 'postpoint.db');
  assert.ok(existsSync(path));
  assert.equal(statSync(path).mode & 0o077, 0);
  assert.equal(statSync(join(place.folder, 'data')).mode & 0o077, 0);
  await service.end('SIGTERM');
});
