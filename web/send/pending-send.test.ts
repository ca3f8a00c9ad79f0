import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRepeatSafe, newRequestId, type PendingSend, parsePending } from './pending-send.ts';

const pending: PendingSend = { requestId: 'web-1', body: { msg: 'm', to: ['a'] }, startedAtMs: 1_000_000 };

test('a repeat is safe while the service surely remembers the request id', () => {
  const safe = [0, 99_999, 100_000, -1].map((ms) => isRepeatSafe(pending, pending.startedAtMs + ms));
  assert.deepEqual(safe, [true, true, false, false]);
});

test('what was kept comes back; anything else is nothing', () => {
  assert.deepEqual(parsePending(JSON.stringify(pending)), pending);
  for (const text of [null, '', '{', '[]', '{"requestId":1}', '{"requestId":"x","startedAtMs":1,"body":{}}'])
    assert.equal(parsePending(text), null, String(text));
});

test('a request id is new each time and fits the header', () => {
  assert.match(newRequestId(), /^web-[0-9a-f]{32}$/);
  assert.notEqual(newRequestId(), newRequestId());
});
