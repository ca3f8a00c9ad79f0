import assert from 'node:assert/strict';
import { test } from 'node:test';
import { discordRates } from './discord-rates.ts';
import { completeGroups } from './group.ts';
import type { PlatformRequest } from './stand-in.ts';
import { VECTOR_MS } from './testing.ts';

const at = (monotonicMs: number): PlatformRequest => ({
  method: 'POST',
  path: '',
  query: new URLSearchParams(),
  headers: {},
  body: Buffer.alloc(0),
  bodyTooLarge: false,
  ip: '127.0.0.1',
  wallMs: VECTOR_MS + monotonicMs,
  monotonicMs,
});

test('50 requests per second over all webhooks of an address, told as global', () => {
  const rates = discordRates();
  const groups = completeGroups(Array.from({ length: 11 }, () => ({ platform: 'discord_bot' })));
  const check = (nth: number, ms: number) => {
    const group = groups[Math.floor(nth / 5)];
    assert.ok(group);
    return rates.check(at(ms), group, 10)?.answer ?? null;
  };
  for (let nth = 0; nth < 50; nth++) assert.equal(check(nth, 0), null);
  const limited = check(50, 400);
  assert.deepEqual(JSON.parse(limited?.body ?? ''), {
    message: 'You are being rate limited.',
    retry_after: 0.6,
    global: true,
  });
  assert.equal(limited?.headers['x-ratelimit-global'], 'true');
  assert.equal(check(50, 1_000), null);
});

test('10,000 invalid requests within ten minutes ban the address', () => {
  const rates = discordRates();
  for (let nth = 0; nth < 9_999; nth++) rates.countInvalid(at(0));
  assert.equal(rates.checkIp(at(0)), null);
  rates.countInvalid(at(0));
  const banned = rates.checkIp(at(599_999));
  assert.equal(banned?.answer.body, 'error code: 1015');
  assert.equal(banned?.answer.headers['x-ratelimit-limit'], undefined);
  assert.equal(rates.checkIp(at(600_000)), null);
});
