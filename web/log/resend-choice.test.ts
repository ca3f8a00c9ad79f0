import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Attempt, DetailedDelivery, DetailedMessage, OutcomeKind } from '../api/types.ts';
import { copyRisk, failedChannels } from './resend-choice.ts';

function attempt(outcome: OutcomeKind | null): Attempt {
  return {
    number: 1,
    part: 1,
    started_at: '2026-11-26T00:00:00.000Z',
    duration_ms: 1,
    outcome,
    http_status: null,
    platform_code: null,
    response: null,
    error: null,
    possible_duplicate: false,
  };
}

function delivery(
  channel: string,
  status: DetailedDelivery['status'],
  ...outcomes: (OutcomeKind | null)[]
): DetailedDelivery {
  return {
    id: `${channel}-${outcomes.length}`,
    channel,
    provider: 'webhook',
    status,
    resent_at: null,
    attempt_count: outcomes.length,
    next_attempt_at: null,
    finished_at: null,
    error: null,
    attempts: outcomes.map(attempt),
  };
}

const message: DetailedMessage = {
  id: '01',
  request_id: null,
  msg_type: 'text',
  msg: 'm',
  created_at: '2026-11-26T00:00:00.000Z',
  deliveries: [
    delivery('refused', 'failed', 'transient', 'permanent'),
    delivery('held', 'failed', 'unknown'),
    delivery('done', 'delivered', 'ok'),
    delivery('waiting', 'retrying', 'transient'),
    delivery('half', 'failed', 'ok', 'permanent'),
    delivery('again', 'failed', 'permanent'),
    delivery('again', 'delivered', 'ok'),
  ],
};

test('what has failed and was not made up for is resent', () => {
  assert.deepEqual(failedChannels(message), ['refused', 'held', 'half']);
});

const risks = {
  refused: null,
  held: 'unknown',
  done: 'delivered',
  waiting: 'open',
  half: 'unknown',
  again: 'delivered',
  stranger: null,
};
for (const [channel, want] of Object.entries(risks)) {
  test(`a copy on ${channel}: ${want ?? 'no risk'}`, () => assert.equal(copyRisk(message, channel), want));
}
