import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Delivery, Message } from '../api/types.ts';
import { applyChange, mergeHead } from './merge.ts';

const delivery = (id: string, status: Delivery['status'] = 'queued'): Delivery => ({
  id,
  channel: 'ops',
  provider: 'webhook',
  status,
  resent_at: null,
  attempt_count: 0,
  next_attempt_at: null,
  finished_at: null,
  error: null,
});
const message = (id: string, status?: Delivery['status']): Message => ({
  id,
  request_id: null,
  msg_type: 'text',
  msg: id,
  created_at: '2026-11-26T00:00:00.000Z',
  deliveries: [delivery(`${id}-1`, status)],
});
const idsOf = (messages: readonly Message[]) => messages.map(({ id }) => id);

test('new messages are fresh, known ones take their news in place', () => {
  const shown = [message('03'), message('02'), message('01')];
  const { fresh, shown: after, gap } = mergeHead(shown, [message('04'), message('03', 'delivered')], false);
  assert.deepEqual(idsOf(fresh), ['04']);
  assert.deepEqual(idsOf(after), ['03', '02', '01']);
  assert.equal(after[0]?.deliveries[0]?.status, 'delivered');
  assert.equal(gap, false);
});

test('without news the array stays the same', () => {
  const shown = [message('02'), message('01')];
  assert.equal(mergeHead(shown, [message('02')], false).shown, shown);
});

test('a first page of strangers leaves a gap, unless it is all there is', () => {
  const shown = [message('01')];
  const head = [message('09'), message('08')];
  assert.equal(mergeHead(shown, head, false).gap, true);
  assert.equal(mergeHead(shown, head, true).gap, false);
  assert.equal(mergeHead([], head, false).gap, false);
});

test('a message that fell out of the filters stays, and an older one is not fresh', () => {
  const shown = [message('03'), message('01')];
  const { fresh, shown: after } = mergeHead(shown, [message('02')], true);
  assert.deepEqual([idsOf(fresh), idsOf(after)], [[], ['03', '01']]);
});

test('a change reaches its delivery only', () => {
  const messages = [message('02'), message('01')];
  const after = applyChange(messages, { ...delivery('01-1', 'failed'), message_id: '01' });
  assert.equal(after[0], messages[0]);
  assert.deepEqual(after[1]?.deliveries, [delivery('01-1', 'failed')]);
});

test('a delivery that was not there before is added; an unknown message changes nothing', () => {
  const messages = [message('01')];
  const resent = applyChange(messages, { ...delivery('01-2'), message_id: '01' });
  assert.deepEqual(
    resent[0]?.deliveries.map(({ id }) => id),
    ['01-1', '01-2'],
  );
  assert.equal(applyChange(messages, { ...delivery('09-1'), message_id: '09' }), messages);
});
