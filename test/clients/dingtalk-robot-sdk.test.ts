import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { type ClientSandbox, openClientSandbox } from '../support/client-sandbox.ts';
import { eventually } from '../support/service.ts';

// Goal: a DingTalk client of somebody else takes the stand-in for DingTalk, signature included.

interface Message {
  atAll(): this;
  atPhone(phone: string): this;
  setTitle(title: string): this;
  add(text: string): this;
}
interface Robot {
  /** A plain property: the one way to another host. */
  webhook: string;
  /** Returns before the answer is there. */
  send(message: Message): void;
}
const require = createRequire(import.meta.url);
const sdk = require('dingtalk-robot-sdk') as {
  new (options: { accessToken: string; secret?: string }): Robot;
  readonly Text: new (content: string) => Message;
  readonly Markdown: new () => Message;
};

const dingtalk = { platform: 'dingtalk_bot' } as const;

function robotOf({ group }: ClientSandbox, secret: string | null): Robot {
  const accessToken = new URL(group.endpointUrl).searchParams.get('access_token') ?? '';
  const robot = new sdk(secret === null ? { accessToken } : { accessToken, secret });
  robot.webhook = group.endpointUrl;
  return robot;
}

/** Sends and waits until the stand-in has ruled on it. */
async function send(opened: ClientSandbox, robot: Robot, message: Message): Promise<void> {
  const before = opened.arrivals().length;
  robot.send(message);
  await eventually('a ruling', () => opened.arrivals()[before]);
}

test('dingtalk-robot-sdk: signed text and markdown, with mentions', async (t) => {
  const opened = await openClientSandbox(t, dingtalk);
  const robot = robotOf(opened, opened.group.secret);
  await send(opened, robot, new sdk.Text('磁盘 95% & <b>'));
  await send(opened, robot, new sdk.Text('@13800000000 请看').atPhone('13800000000'));
  await send(opened, robot, new sdk.Markdown().setTitle('t').add('#### **天气**\n').atAll());
  assert.deepEqual(opened.shown(), [
    ['磁盘 95% & <b>'],
    ['@13800000000 请看', '13800000000'],
    ['天气\n', 'all'],
  ]);
});

test('dingtalk-robot-sdk: a wrong secret and a missing one are told to be such', async (t) => {
  const opened = await openClientSandbox(t, dingtalk);
  const said = t.mock.method(console, 'error', () => {});
  await send(opened, robotOf(opened, 'SECwrong'), new sdk.Text('a'));
  await send(opened, robotOf(opened, null), new sdk.Text('a'));
  assert.deepEqual(
    opened.arrivals().map(({ verdict, why }) => `${verdict}: ${why?.en}`),
    [
      'refused: The signature does not match',
      'refused: The signature is missing: this robot checks signatures',
    ],
  );
  await eventually('both complaints', () => said.mock.calls[1]);
  for (const { arguments: words } of said.mock.calls) {
    assert.partialDeepStrictEqual(words, ['Send Failed:', { errcode: 310000 }]);
  }
});
