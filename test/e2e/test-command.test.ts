import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startCountingReceiver } from '../support/counting-receiver.ts';
import {
  createWorkplace,
  eventually,
  postText,
  type RunningService,
  runPostpoint,
  startService,
} from '../support/service.ts';

// Goal: `postpoint test` beside a running service takes part in the windows of its channels, and writes no push log.

const LIMIT = 3;

const receiver = await startCountingReceiver();
const place = createWorkplace(`
api.port = 0
[provider.webhook]
endpoint.url = "${receiver.url}"
rate_limit.rate.frequency = 0
rate_limit.minute.burst = ${LIMIT}
`);
let running: RunningService | null = null;
after(async () => {
  await running?.end('SIGKILL');
  place.remove();
  await receiver.close();
});

/** What the only window has left. */
async function leftOf(url: string): Promise<number | undefined> {
  const answer = await fetch(`${url}/api/channels`);
  const { items } = (await answer.json()) as { items: { windows: { left: number }[] }[] };
  return items[0]?.windows[0]?.left;
}

test('the service counts the requests of `postpoint test` as its own', async () => {
  const before = await runPostpoint(place, ['test']);
  assert.equal(before.code, 0, before.output);

  const service = await startService(place);
  running = service;
  // No service had made a store yet.
  assert.equal(await leftOf(service.url), LIMIT);
  const { code, output } = await runPostpoint(place, ['test']);
  assert.equal(code, 0, output);
  assert.doesNotMatch(output, /\twarn\t/);
  assert.equal(await leftOf(service.url), LIMIT - 1);

  for (let number = 1; number <= LIMIT; number++) await postText(service.url, { msg: `m${number}` });
  await eventually('the limit is used up', async () => (await leftOf(service.url)) === 0 || undefined);
  const { items } = (await (await fetch(`${service.url}/api/messages?status=queued`)).json()) as {
    items: { msg: string }[];
  };
  assert.equal(items.length, 1);
  const log = (await (await fetch(`${service.url}/api/messages`)).json()) as { items: unknown[] };
  assert.equal(log.items.length, LIMIT);
  assert.equal(receiver.bodies.length, 1 + LIMIT);
  assert.equal(await service.end('SIGTERM'), 0);
});
