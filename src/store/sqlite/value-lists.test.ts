import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Turns } from '../store.ts';
import type { Request } from './group-commit.ts';
import { listOfRequest, requestOfList, withTurnLists, withTurns } from './value-lists.ts';

const error = { zh: '错误', en: 'error' };
const outcome = {
  kind: 'ok',
  httpStatus: 200,
  platformCode: '0',
  response: '{"errcode":0}',
  error: null,
} as const;
const record = { attemptId: 2 ** 40, deliveryId: 7, durationMs: 1.25, outcome };

const requests: { what: string; request: Request }[] = [
  {
    what: 'an accept',
    request: {
      name: 'accept',
      argument: {
        message: {
          id: '01A',
          requestId: 'key',
          msgType: 'text',
          text: '告警\0\ud800',
          createdAtMs: 1_764_000_000_000,
        },
        channelIds: [3, 1],
      },
    },
  },
  {
    what: 'an accept without a key and without channels',
    request: {
      name: 'accept',
      argument: {
        message: { id: '01B', requestId: null, msgType: 'text', text: '', createdAtMs: 0 },
        channelIds: [],
      },
    },
  },
  {
    what: 'an attempt that delivered',
    request: { name: 'recordAttempt', argument: { ...record, next: { kind: 'delivered' } } },
  },
  {
    what: 'an attempt whose end nobody saw',
    request: {
      name: 'recordAttempt',
      argument: {
        ...record,
        durationMs: null,
        outcome: { kind: 'unknown', httpStatus: null, platformCode: null, response: null, error },
        next: { kind: 'again', error },
      },
    },
  },
  {
    what: 'an attempt that stops its endpoint',
    request: {
      name: 'recordAttempt',
      argument: {
        ...record,
        outcome: { ...outcome, kind: 'permanent', error },
        next: { kind: 'failed', error, stopsEndpoint: { reason: error, when: 'repeated' } },
      },
    },
  },
  {
    what: 'any other command',
    request: { name: 'resend', argument: { messageId: '01A', channelIds: [1], onlyFailed: true } },
  },
];

for (const { what, request } of requests) {
  test(`${what} crosses whole`, () => {
    assert.deepEqual(requestOfList(structuredClone(listOfRequest(request))), request);
  });
}

const turns: Turns = {
  turns: [
    {
      attemptId: 9,
      attemptNumber: 2,
      deliveryId: 8,
      messageId: '01A',
      text: '第一行\n第二行',
      retriesUsed: 1,
      partIndex: 3,
      possibleDuplicate: true,
      limitsInARow: 4,
    },
  ],
  failedUnsent: 5,
  waitMs: 0.5,
  heldUp: true,
  textWanted: 5,
};

test('turns come back whole', () => {
  const reply = structuredClone(withTurnLists('takeTurns', { ok: true, value: turns }));
  assert.deepEqual(reply.ok && withTurns('takeTurns', reply.value), turns);
});

test('what is not a reply with turns stays what it is', () => {
  const refused = { ok: false, kind: 'unavailable', message: 'full' } as const;
  assert.equal(withTurnLists('takeTurns', refused), refused);
  const done = { ok: true, value: undefined } as const;
  assert.equal(withTurnLists('recordAttempt', done), done);
  assert.equal(withTurns('recordAttempt', undefined), undefined);
});
