import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { sandboxConfigToml } from '../../src/sandbox/config-toml.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { createWorkplace, eventually, postText, startService } from '../support/service.ts';

// Goal: a revoked hook is called once and then left alone, also after a restart, until a person says otherwise.

const sandbox = await startSandbox({ groups: [{ platform: 'workweixin_bot' }] });
const key = new URL(sandbox.groups[0]?.endpointUrl ?? '').searchParams.get('key') ?? '';
const place = createWorkplace(
  `api.port = 0\n${sandboxConfigToml(sandbox).replace(key, '00000000-dead-0000-0000-000000000000')}`,
);
after(async () => {
  place.remove();
  await sandbox.close();
});

interface Shown {
  readonly status: string;
  readonly error: string;
  readonly attempts: readonly unknown[];
}

async function ended(url: string, id: string): Promise<Shown> {
  return eventually('the delivery ends', async () => {
    const answer = await fetch(`${url}/api/messages/${id}`);
    const { message } = (await answer.json()) as { message: { deliveries: Shown[] } };
    const [delivery] = message.deliveries;
    return delivery?.status === 'failed' ? delivery : undefined;
  });
}

const requests = () => sandbox.received().reduce((sum, { counts }) => sum + counts.refused, 0);

async function stateOf(url: string) {
  const answer = await fetch(`${url}/api/channels`);
  const { items } = (await answer.json()) as {
    items: { name: string; state: string; reason: string | null }[];
  };
  return items[0];
}

test('a revoked hook stops its channel until a person resumes it', { timeout: 60_000 }, async () => {
  let service = await startService(place);
  const first = await postText(service.url, { msg: 'one' });
  const refused = await ended(service.url, first.body.id);
  assert.equal(refused.attempts.length, 1);
  assert.match(refused.error, /93000/);
  assert.equal(requests(), 1);
  const stopped = await stateOf(service.url);
  assert.equal(stopped?.state, 'stopped');
  assert.match(stopped?.reason ?? '', /93000/);

  const second = await postText(service.url, { msg: 'two' });
  const unsent = await ended(service.url, second.body.id);
  assert.deepEqual([unsent.attempts, requests()], [[], 1]);
  assert.match(unsent.error, /93000/);
  const metrics = await (await fetch(`${service.url}/metrics`)).text();
  const { name } = (await stateOf(service.url)) ?? {};
  for (const line of [
    `postpoint_failed_deliveries_total{channel="${name}"} 2`,
    `postpoint_channel_state{channel="${name}",state="stopped"} 1`,
  ])
    assert.ok(metrics.includes(line), line);

  assert.equal(await service.end('SIGTERM'), 0);
  service = await startService(place);
  const third = await postText(service.url, { msg: 'three' });
  await ended(service.url, third.body.id);
  assert.equal(requests(), 1);

  const resumed = await fetch(`${service.url}/api/channels/workweixin_bot/resume`, { method: 'POST' });
  assert.equal(resumed.status, 200);
  assert.equal((await stateOf(service.url))?.state, 'active');
  const fourth = await postText(service.url, { msg: 'four' });
  assert.equal((await ended(service.url, fourth.body.id)).attempts.length, 1);
  assert.equal(requests(), 2);
  assert.equal((await fetch(`${service.url}/api/channels/nobody/resume`, { method: 'POST' })).status, 404);
  assert.equal(await service.end('SIGTERM'), 0);
});
