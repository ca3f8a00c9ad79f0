import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSimulatedClock } from '../../test/support/simulated-clock.ts';
import type { Connection } from './connection.ts';
import { createIdleConnections } from './idle-connections.ts';

function fakeConnection(wasRead = false): Connection {
  let open = true;
  let tell = () => {};
  return {
    isOpen: () => open,
    wasReadThisTurn: () => wasRead,
    write: () => undefined,
    isFlushed: () => true,
    listen: () => undefined,
    onClosed(listener) {
      tell = listener;
    },
    destroy() {
      open = false;
      tell();
    },
  };
}

test('the one used last is taken first, under its own key', () => {
  const idle = createIdleConnections(createSimulatedClock());
  const [a, b, other] = [fakeConnection(), fakeConnection(), fakeConnection()];
  idle.put('x', a, 1_000);
  idle.put('x', b, 1_000);
  idle.put('y', other, 1_000);
  assert.deepEqual([idle.take('x'), idle.take('x'), idle.take('x')], [b, a, null]);
  idle.close();
  assert.equal(other.isOpen(), false);
});

test('one that was just read from is taken when there is no other', () => {
  const idle = createIdleConnections(createSimulatedClock());
  const [rested, read] = [fakeConnection(), fakeConnection(true)];
  idle.put('x', rested, 1_000);
  idle.put('x', read, 1_000);
  assert.deepEqual([idle.take('x'), idle.take('x'), idle.take('x')], [rested, read, null]);
  idle.close();
});

test('one that has waited too long is closed, asked for or not', async () => {
  const clock = createSimulatedClock();
  const idle = createIdleConnections(clock);
  const [short, long] = [fakeConnection(), fakeConnection()];
  idle.put('x', long, 4_000);
  idle.put('x', short, 500);
  await clock.advance(500);
  assert.equal(idle.take('x'), long);
  assert.equal(short.isOpen(), false);
  idle.put('x', long, 4_000);
  await clock.advance(5_000);
  assert.equal(long.isOpen(), false);
});

test('one that the server has closed is not given out', () => {
  const idle = createIdleConnections(createSimulatedClock());
  const [closed, open] = [fakeConnection(), fakeConnection()];
  idle.put('x', open, 1_000);
  idle.put('x', closed, 1_000);
  closed.destroy();
  assert.equal(idle.take('x'), open);
  idle.put('x', closed, 1_000);
  assert.equal(idle.take('x'), null);
  idle.close();
});
