import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSimulatedClock } from '../../test/support/simulated-clock.ts';
import { createResolver } from './resolve-host.ts';

const address = (last: number) => [{ address: `10.0.0.${last}`, family: 4 }];

test('one name is looked up once at a time, and anew after that', async () => {
  let lookups = 0;
  const resolve = createResolver(async () => address(++lookups), createSimulatedClock());
  assert.deepEqual(await Promise.all([resolve('a'), resolve('a')]), [address(1), address(1)]);
  assert.deepEqual(await resolve('a'), address(2));
});

test('while a lookup hangs the last addresses serve, for ten minutes; a prompt failure is believed', async () => {
  const clock = createSimulatedClock();
  let mode: 'ok' | 'hang' | 'fail' = 'ok';
  const resolve = createResolver((host) => {
    if (mode === 'hang' && host === 'a') return new Promise(() => {});
    return mode === 'fail' ? Promise.reject(new Error('gone')) : Promise.resolve(address(1));
  }, clock);
  await resolve('a');
  await resolve('b');
  mode = 'hang';
  const slow = resolve('a');
  await clock.advance(1_000);
  assert.deepEqual(await slow, address(1));
  mode = 'fail';
  await assert.rejects(resolve('b'), /gone/);
  await clock.advance(600_000);
  let settled = false;
  void resolve('a').finally(() => (settled = true));
  await clock.advance(60_000);
  assert.equal(settled, false, 'too old to be used');
});
