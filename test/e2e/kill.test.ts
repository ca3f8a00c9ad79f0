import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CountingReceiver, startCountingReceiver } from '../support/counting-receiver.ts';
import {
  createWorkplace,
  eventually,
  postText,
  type RunningService,
  startService,
} from '../support/service.ts';

// Goal: what was answered with 200 arrives, whenever the process is killed. Method: the real command, SIGKILL in the
// middle of traffic, honest clients that repeat an unanswered request with the same key.

const KILLS = 5;
const CLIENTS = 8;

const receiver: CountingReceiver = await startCountingReceiver(5);
const workplace = createWorkplace(`
api.port = 0
delivery.retry.interval = 0.05
[provider.webhook]
endpoint.url = "${receiver.url}"
rate_limit.rate.frequency = 0
`);
let service: RunningService = await startService(workplace);
after(async () => {
  service.process.kill('SIGKILL');
  await receiver.close();
  workplace.remove();
});

test(`nothing accepted is lost in ${KILLS} kills, and every copy is flagged`, {
  timeout: 60_000,
}, async () => {
  const accepted = new Map<string, string>();
  let posting = true;
  let count = 0;

  async function client(): Promise<void> {
    while (posting) {
      const text = `message ${++count}`;
      for (;;) {
        try {
          const { status, body } = await postText(service.url, { msg: text }, { 'x-ppt-request-id': text });
          if (status === 200) {
            accepted.set(text, body.id);
            break;
          }
        } catch {
          // The process is gone; the next one listens on another port.
        }
        await sleep(10);
      }
    }
  }
  const clients = Array.from({ length: CLIENTS }, client);

  for (let kill = 0; kill < KILLS; kill++) {
    await sleep(150 + 40 * kill);
    assert.equal(await service.end('SIGKILL'), 'SIGKILL');
    service = await startService(workplace);
  }
  posting = false;
  await Promise.all(clients);
  assert.ok(accepted.size > 50, `${accepted.size} accepted`);

  await eventually('nothing open', async () => {
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    return /^postpoint_open_deliveries\{channel="webhook"\} 0$/m.test(metrics) ? true : undefined;
  });

  const copies = new Map<string, number>();
  for (const body of receiver.bodies) {
    const { msg } = JSON.parse(body) as { msg: string };
    copies.set(msg, (copies.get(msg) ?? 0) + 1);
  }
  for (const [text, id] of accepted) {
    const times = copies.get(text) ?? 0;
    assert.ok(times >= 1, `${text} (${id}) was accepted and never arrived`);
    if (times === 1) continue;
    const response = await fetch(`${service.url}/api/messages/${id}`);
    const { message } = (await response.json()) as {
      message: { deliveries: { attempts: { possible_duplicate: boolean }[] }[] };
    };
    const flagged =
      message.deliveries[0]?.attempts.filter((attempt) => attempt.possible_duplicate).length ?? 0;
    assert.ok(flagged >= times - 1, `${text} arrived ${times} times, ${flagged} attempts say so`);
  }
});
