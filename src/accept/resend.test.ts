import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Delivery } from '../core/delivery.ts';
import type { Logger } from '../log/logger.ts';
import { type ResendCommand, type ResendResult, StoreError } from '../store/store.ts';
import { createResend } from './resend.ts';

// Goal: names become channels, lanes are woken, and the log says what a person did. Method: a store double.

const channels = [
  { name: 'ops', channelId: 1, endpointId: 1 },
  { name: 'dev', channelId: 2, endpointId: 2 },
];
const delivery: Delivery = {
  id: '9',
  channel: 'dev',
  provider: 'webhook',
  status: 'queued',
  resentAtMs: null,
  attemptCount: 0,
  nextAttemptAtMs: null,
  finishedAtMs: null,
  error: null,
};

function setUp(result: ResendResult | Error = { kind: 'resent', deliveries: [{ channelId: 2, delivery }] }) {
  const asked: ResendCommand[] = [];
  const woken: number[][] = [];
  const logged: string[] = [];
  const ignore = () => undefined;
  const resend = createResend({
    store: {
      async resend(command) {
        asked.push(command);
        if (result instanceof Error) throw result;
        return result;
      },
    },
    logger: {
      debug: ignore,
      info: (subject, text, fields) => logged.push(`${subject} ${text} ${JSON.stringify(fields)}`),
      warn: ignore,
      error: ignore,
    } satisfies Logger,
    lang: 'en',
    channels,
    wake: (ids) => woken.push([...ids]),
  });
  return { resend, asked, woken, logged };
}

for (const { name, names, command } of [
  {
    name: 'no channels: the failed ones of all',
    names: null,
    command: { channelIds: [1, 2], onlyFailed: true },
  },
  { name: 'a name', names: ['dev'], command: { channelIds: [2], onlyFailed: false } },
]) {
  test(`resend: ${name}`, async () => {
    const { resend, asked, woken, logged } = setUp();
    assert.deepEqual(await resend({ messageId: 'm', channels: names }), {
      kind: 'resent',
      deliveries: [delivery],
    });
    assert.deepEqual(asked, [{ messageId: 'm', ...command }]);
    assert.deepEqual(woken, [[2]]);
    assert.deepEqual(logged, ['dev resend: queued {"message":"m"}']);
  });
}

test('resend: an unknown channel never reaches the store', async () => {
  const { resend, asked } = setUp();
  assert.deepEqual(await resend({ messageId: 'm', channels: ['dev', 'toString'] }), {
    kind: 'unknown_channel',
    name: 'toString',
  });
  assert.deepEqual(asked, []);
});

for (const kind of ['unknown_message', 'nothing_failed'] as const) {
  test(`resend: ${kind} wakes nobody`, async () => {
    const { resend, woken, logged } = setUp({ kind });
    assert.deepEqual(await resend({ messageId: 'm', channels: null }), { kind });
    assert.deepEqual([woken, logged], [[], []]);
  });
}

for (const [kind, why] of [
  ['closed', 'stopping'],
  ['overloaded', 'overloaded'],
  ['unavailable', 'store'],
] as const) {
  test(`resend: a store that is ${kind}`, async () => {
    const { resend } = setUp(new StoreError(kind, 'x'));
    assert.deepEqual(await resend({ messageId: 'm', channels: null }), { kind: 'unavailable', why });
  });
}

test('resend: a bug is no refusal', async () => {
  const { resend } = setUp(new TypeError('bug'));
  await assert.rejects(resend({ messageId: 'm', channels: null }), TypeError);
});
