import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSandbox } from '../../src/sandbox/server.ts';
import {
  createWorkplace,
  postText,
  type RunningService,
  runPostpoint,
  startService,
} from '../support/service.ts';

// Goal: channels whose addresses reach one group, each written in another way, have one limit together. Method: the real
// command, `postpoint test` beside it, and the stand-ins of the platforms that count.

const SPELLINGS = 3;

const sandbox = await startSandbox({ groups: [{ platform: 'discord_bot' }, { platform: 'telegram_bot' }] });
const [discord = '', telegram = ''] = sandbox.groups.map(({ endpointUrl }) => endpointUrl);
const addresses = [
  ['discord_bot', discord],
  ['discord_bot', discord.replace('/api/', '/api/v10/')],
  ['discord_bot', `${discord}?wait=false&thread_id=42#thread`],
  ['telegram_bot', telegram],
  ['telegram_bot', `${telegram}&message_thread_id=5`],
  ['telegram_bot', telegram.replace('?', '?message_thread_id=6&').replace('sendMessage', 'sendmessage')],
];
const channels = addresses.map(
  ([provider, url], number) => `
[channel.c${number}]
provider = "${provider}"
endpoint.url = "${url}"
rate_limit.minute.burst = ${SPELLINGS}
`,
);
const place = createWorkplace(`api.port = 0\n${channels.join('')}`);
let running: RunningService | null = null;
after(async () => {
  await running?.end('SIGKILL');
  place.remove();
  await sandbox.close();
});

/** What the windows of a minute have left, channel by channel. */
async function leftOf(url: string): Promise<(number | undefined)[]> {
  const answer = await fetch(`${url}/api/channels`);
  const { items } = (await answer.json()) as {
    items: { windows: { window_ms: number; left: number }[] }[];
  };
  return items.map(({ windows }) => windows.find((window) => window.window_ms === 60_000)?.left);
}

const arrived = () => sandbox.received().map(({ arrivals }) => arrivals.map(({ verdict }) => verdict));

test('one group has one limit, in however many ways its address is written', {
  timeout: 60_000,
}, async () => {
  const service = await startService(place);
  running = service;
  // One request for each spelling, which is all that a minute allows.
  const { code, output } = await runPostpoint(place, ['test']);
  assert.equal(code, 0, output);
  assert.deepEqual(arrived(), Array(2).fill(Array(SPELLINGS).fill('shown')));
  assert.deepEqual(await leftOf(service.url), Array(addresses.length).fill(0));

  assert.equal((await postText(service.url, { msg: 'one too many' })).status, 200);
  // Longer than the window of a second.
  await sleep(1_500);
  assert.deepEqual(arrived(), Array(2).fill(Array(SPELLINGS).fill('shown')));
  assert.equal(await service.end('SIGTERM'), 0);
});
