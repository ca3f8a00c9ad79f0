import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { sandboxConfigToml } from '../../src/sandbox/config-toml.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { createWorkplace, eventually, postText, startService } from '../support/service.ts';

// Goal: a text that is longer than the platform takes arrives whole: numbered parts, in order, together, and a fault in
// the middle costs a retry of that part alone.

const sandbox = await startSandbox({ groups: [{ platform: 'feishu_bot' }] });
const place = createWorkplace(`api.port = 0\ndelivery.retry.interval = 0.2\n${sandboxConfigToml(sandbox)}`);
after(async () => {
  place.remove();
  await sandbox.close();
});

const MARKER = /^\((\d+)\/(\d+)\)\s?/;
const line = (n: number) => `第 ${n} 行：服务 API-Gateway 在 5 分钟内错误率超过 5%，请值班同学处理。🙂\n`;
const TEXT = Array.from({ length: 600 }, (_, n) => line(n)).join('');

test('a long text is split, and goes on where it failed', { timeout: 60_000 }, async () => {
  const service = await startService(place);
  const group = () => sandbox.received()[0];
  // Planned before the text is sent, or a fast machine has shown all parts by then: the first part arrives, the second fails.
  for (const fault of [{ kind: 'delay', delayMs: 0 }, { kind: 'fail' }]) await planFault(fault);
  const { body } = await postText(service.url, { msg: TEXT });
  const delivery = async () => {
    const answer = await fetch(`${service.url}/api/messages/${body.id}`);
    const { message } = (await answer.json()) as {
      message: { deliveries: { status: string; attempts: { part: number; outcome: string }[] }[] };
    };
    return message.deliveries[0];
  };
  await eventually('the fault', async () =>
    (await delivery())?.attempts.find(({ outcome }) => outcome === 'rate_limited'),
  );
  await postText(service.url, { msg: 'after it' });

  const attempts = await eventually('all of it', async () => {
    const seen = await delivery();
    return seen?.status === 'delivered' ? seen.attempts : undefined;
  });
  const posts = group()?.arrivals.flatMap(({ verdict, posts }) => (verdict === 'shown' ? posts : [])) ?? [];
  const shown = posts.map(({ display }) => display);
  const parts = shown.filter((display) => display !== 'after it');
  const numbers = parts.map((part) => MARKER.exec(part)?.slice(1).map(Number));
  assert.ok(parts.length > 1, `${parts.length} parts`);
  assert.deepEqual(
    numbers,
    parts.map((_, index) => [index + 1, parts.length]),
  );
  assert.equal(parts.map((part) => part.replace(MARKER, '')).join(''), TEXT);

  const failed = attempts.filter(({ outcome }) => outcome !== 'ok');
  assert.equal(failed.length, 1);
  assert.equal(attempts.length, parts.length + 1);
  assert.deepEqual(
    attempts.filter(({ outcome }) => outcome === 'ok').map(({ part }) => part),
    parts.map((_, index) => index + 1),
  );
  assert.equal(await service.end('SIGTERM'), 0);
});

async function planFault(fault: object): Promise<void> {
  const planned = await fetch(`${sandbox.url}_sandbox/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fault),
  });
  assert.equal(planned.ok, true);
}
