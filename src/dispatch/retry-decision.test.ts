import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Verdict } from '../core/outcome.ts';
import { type DeliveryPolicy, decideNextStep, retryWaitMs } from './retry-decision.ts';

const error = { zh: '忙', en: 'busy' };
const policy: DeliveryPolicy = {
  retry: { count: 2, intervalMs: 10_000, factor: 3, jitter: false },
  onUncertain: 'retry',
};
const verdict = (kind: Verdict['kind'], pauseMs?: number): Verdict => ({
  kind,
  platformCode: null,
  error: kind === 'ok' ? null : error,
  ...(pauseMs === undefined ? {} : { pauseMs }),
});

const cases = [
  { name: 'ok', outcome: verdict('ok'), want: { kind: 'delivered' } },
  { name: 'ok with parts to come', outcome: verdict('ok'), moreParts: true, want: { kind: 'next_part' } },
  { name: 'permanent', outcome: verdict('permanent'), want: { kind: 'failed', error, stopsEndpoint: null } },
  { name: 'transient', outcome: verdict('transient'), want: { kind: 'retry', waitMs: 10_000, error } },
  {
    name: 'second retry',
    outcome: verdict('transient'),
    used: 1,
    want: { kind: 'retry', waitMs: 30_000, error },
  },
  {
    name: 'transient by a fault of ours, with no retry left',
    outcome: { ...verdict('transient'), ownFault: true },
    used: 2,
    want: { kind: 'pause', waitMs: 5_000, error, scope: 'endpoint' },
  },
  { name: 'unknown', outcome: verdict('unknown'), want: { kind: 'retry', waitMs: 10_000, error } },
  {
    name: 'rate limited, stated',
    outcome: verdict('rate_limited', 600_000),
    used: 2,
    want: { kind: 'pause', waitMs: 600_000, error, scope: 'endpoint' },
  },
  {
    name: 'rate limited, not stated',
    outcome: verdict('rate_limited'),
    want: { kind: 'pause', waitMs: 60_000, error, scope: 'endpoint' },
  },
  {
    name: 'rate limited, growing: doubles with each in a row',
    outcome: { ...verdict('rate_limited', 2_000), pauseGrowsToMs: 60_000 },
    limits: 3,
    want: { kind: 'pause', waitMs: 16_000, error, scope: 'endpoint' },
  },
  {
    name: 'rate limited, growing: up to its bound',
    outcome: { ...verdict('rate_limited', 2_000), pauseGrowsToMs: 60_000 },
    limits: 30,
    want: { kind: 'pause', waitMs: 60_000, error, scope: 'endpoint' },
  },
  {
    name: 'rate limited for the whole machine',
    outcome: { ...verdict('rate_limited', 5_000), pausesPlatform: true },
    want: { kind: 'pause', waitMs: 5_000, error, scope: 'platform' },
  },
];
for (const { name, outcome, moreParts = false, used = 0, limits = 0, want } of cases) {
  test(name, () =>
    assert.deepEqual(
      decideNextStep({ outcome, moreParts, retriesUsed: used, limitsInARow: limits }, policy, 0.5),
      want,
    ),
  );
}

test('retries used up: failed, and both languages say after how many and why', () => {
  const next = decideNextStep(
    { outcome: verdict('transient'), moreParts: false, retriesUsed: 2, limitsInARow: 0 },
    policy,
    0.5,
  );
  assert.ok(next.kind === 'failed');
  assert.match(next.error.zh, /2.*忙/);
  assert.match(next.error.en, /2.*busy/);
});

test('the endpoint is gone: failed, and the stop has its reason and its cure in both languages', () => {
  const outcome = { ...verdict('permanent'), endpointGone: true };
  const next = decideNextStep({ outcome, moreParts: false, retriesUsed: 0, limitsInARow: 0 }, policy, 0.5);
  assert.ok(next.kind === 'failed' && next.stopsEndpoint !== null);
  assert.deepEqual(next.error, error);
  assert.equal(next.stopsEndpoint.when, 'now');
  assert.match(next.stopsEndpoint.reason.zh, /resume.*忙/);
  assert.match(next.stopsEndpoint.reason.en, /resume.*busy/);
});

test('the endpoint may be gone: it stops only when that is said again', () => {
  const outcome = { ...verdict('permanent'), endpointSuspect: true };
  const next = decideNextStep({ outcome, moreParts: false, retriesUsed: 0, limitsInARow: 0 }, policy, 0.5);
  assert.equal(next.kind === 'failed' && next.stopsEndpoint?.when, 'repeated');
});

test('unknown with on_uncertain = "hold": stopped at once', () => {
  const hold = { ...policy, onUncertain: 'hold' } as const;
  const next = decideNextStep(
    { outcome: verdict('unknown'), moreParts: false, retriesUsed: 0, limitsInARow: 0 },
    hold,
    0.5,
  );
  assert.ok(next.kind === 'failed');
  assert.match(next.error.en, /hold/);
});

test('a wait is interval x factor^k, at most 15 minutes, and jitter spreads it by 10 % at most', () => {
  const policies = fc.record({
    count: fc.integer({ min: 0, max: 100 }),
    intervalMs: fc.double({ min: 0, max: 900_000, noNaN: true }),
    factor: fc.double({ min: 1, max: 10, noNaN: true }),
    jitter: fc.boolean(),
  });
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(policies, fc.integer({ min: 0, max: 99 }), random, (retry, used, number) => {
      const waitMs = retryWaitMs(retry, used, number);
      const plainMs = Math.min(retry.intervalMs * retry.factor ** used, 900_000);
      const spread = retry.jitter ? 0.1 : 0;
      assert.ok(Number.isInteger(waitMs));
      assert.ok(Math.abs(waitMs - plainMs) <= plainMs * spread + 0.5, `${waitMs} for ${plainMs}`);
    }),
  );
});
