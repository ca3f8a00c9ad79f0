import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { startSandbox } from '../../src/sandbox/server.ts';
import { createWorkplace, eventually, postText, startService } from '../support/service.ts';

// Goal: a channel that gets another platform under its old name takes its queue along. Method: the real command, stopped
// with a queue at one stand-in and started again with the other.

const sandbox = await startSandbox({
  groups: [
    { platform: 'workweixin_bot', secret: null },
    { platform: 'feishu_bot', secret: null },
  ],
});
const configOf = (platform: string) => `
api.port = 0
[channel.ops]
provider = "${platform}"
endpoint.url = "${sandbox.groups.find((group) => group.platform === platform)?.endpointUrl}"
rate_limit.minute.burst = ${platform === 'workweixin_bot' ? 1 : 90}
`;
const place = createWorkplace(configOf('workweixin_bot'));
after(async () => {
  place.remove();
  await sandbox.close();
});

/** WeCom takes it in two parts, Feishu in one. */
const LONG = Array.from({ length: 60 }, (_, n) => `第 ${n} 行：服务 API 在 5 分钟内错误率超过 5%。\n`).join(
  '',
);
const SHORT = Array.from({ length: 7 }, (_, n) => `message ${n}`);

interface Shown {
  readonly deliveries: readonly {
    readonly status: string;
    readonly provider: string;
    readonly attempts: readonly { outcome: string; part: number; possible_duplicate: boolean }[];
  }[];
}

async function get<T>(url: string): Promise<T> {
  return (await fetch(url)).json() as Promise<T>;
}

const shownBy = (platform: string) =>
  sandbox
    .received()
    .find((group) => group.platform === platform)
    ?.arrivals.flatMap(({ verdict, posts }) => (verdict === 'shown' ? posts : []))
    .map(({ display }) => display) ?? [];

const queueOf = async (url: string) =>
  (await get<{ items: { queue_depth: number }[] }>(`${url}/api/channels`)).items[0]?.queue_depth;

test('what is queued goes to the new platform, and the service says so', { timeout: 90_000 }, async () => {
  let service = await startService(place);
  const ids = [];
  for (const msg of [LONG, ...SHORT]) ids.push((await postText(service.url, { msg })).body.id);
  await eventually('the first part at WeCom', () => shownBy('workweixin_bot')[0]);
  assert.equal(await queueOf(service.url), 8);
  assert.equal(await service.end('SIGTERM'), 0);

  writeFileSync(join(place.folder, 'config.toml'), configOf('feishu_bot'), { mode: 0o600 });
  service = await startService(place);
  await eventually('all at Feishu', () => (shownBy('feishu_bot').length === 8 ? true : undefined), 30_000);
  await eventually('an empty queue', async () => ((await queueOf(service.url)) === 0 ? true : undefined));
  assert.deepEqual(shownBy('feishu_bot').toSorted(), [LONG, ...SHORT].toSorted());
  assert.equal(shownBy('workweixin_bot').length, 1);
  assert.match(service.output(), /warn\tops\t此通道换了平台.*"数量": 8/);

  const messages = [];
  for (const id of ids)
    messages.push((await get<{ message: Shown }>(`${service.url}/api/messages/${id}`)).message);
  for (const { deliveries } of messages)
    assert.deepEqual(
      deliveries.map(({ status, provider }) => [status, provider]),
      [['delivered', 'feishu_bot']],
    );
  assert.deepEqual(
    messages[0]?.deliveries[0]?.attempts.map(({ outcome, part, possible_duplicate: copy }) => [
      outcome,
      part,
      copy,
    ]),
    [
      ['ok', 1, false],
      ['ok', 1, true],
    ],
  );
  assert.equal(await service.end('SIGTERM'), 0);
});
