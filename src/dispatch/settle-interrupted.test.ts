import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AttemptEnd, LeftBehind } from '../store/in-flight.ts';
import type { RecordAttemptCommand } from '../store/store.ts';
import type { DeliveryPolicy } from './retry-decision.ts';
import { settleInterrupted } from './settle-interrupted.ts';

const error = { zh: '忙', en: 'busy' };
const END: AttemptEnd = {
  durationMs: 12.5,
  outcome: { kind: 'transient', httpStatus: 503, platformCode: null, response: 'busy', error },
  next: { kind: 'retry', waitMs: 10_000, error },
};
const retry: DeliveryPolicy = {
  retry: { count: 0, intervalMs: 10_000, factor: 1, jitter: false },
  onUncertain: 'retry',
};

async function settle(left: LeftBehind, policy = retry) {
  const recorded: RecordAttemptCommand[] = [];
  const failed: string[] = [];
  const attempt = {
    attemptId: 1,
    deliveryId: 2,
    messageId: 'm',
    attemptNumber: 1,
    channel: 'group',
    retriesUsed: 0,
  };
  const counts = await settleInterrupted({
    store: {
      listInterrupted: async () => [attempt],
      recordAttempt: async (command) => void recorded.push(command),
    },
    leftBehind: () => left,
    policyOf: () => policy,
    random: () => 0.5,
    onFailed: (channel) => failed.push(channel),
  });
  const [command] = recorded;
  assert.ok(command);
  assert.deepEqual(failed, command.next.kind === 'failed' ? ['group'] : []);
  return { command, counts };
}

test('an answer that was read is recorded as it was', async () => {
  const { command, counts } = await settle({ kind: 'ended', end: END });
  assert.deepEqual(command, { attemptId: 1, deliveryId: 2, ...END });
  assert.deepEqual(counts, { recovered: 1, notSent: 0, unknown: 0 });
});

test('a request that had not left goes again at once and uses up no retry, also where none is configured', async () => {
  const { command, counts } = await settle({ kind: 'not_sent' });
  assert.equal(command.outcome.kind, 'transient');
  assert.equal(command.next.kind, 'again');
  assert.deepEqual(counts, { recovered: 0, notSent: 1, unknown: 0 });
});

for (const { onUncertain, count, want } of [
  { onUncertain: 'retry', count: 5, want: 'retry' },
  { onUncertain: 'retry', count: 0, want: 'failed' },
  { onUncertain: 'hold', count: 5, want: 'failed' },
] as const) {
  test(`a request that may have left is unknown: ${onUncertain}, ${count} retries`, async () => {
    const policy: DeliveryPolicy = { retry: { ...retry.retry, count }, onUncertain };
    const { command, counts } = await settle({ kind: 'maybe_sent' }, policy);
    assert.deepEqual([command.outcome.kind, command.next.kind], ['unknown', want]);
    assert.deepEqual(counts, { recovered: 0, notSent: 0, unknown: 1 });
  });
}
