import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogEntry, LogQuery } from '../store/store.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { createPushLog } from './push-log.ts';

// Goal: pages carry a cursor exactly while there is more, and only our own cursors are read. Method: a store double.

const ID = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
const entry: LogEntry = {
  id: ID,
  requestId: null,
  msgType: 'text',
  text: 'a',
  createdAtMs: 0,
  deliveries: [],
};

test('a cursor comes back as it went', () => assert.equal(decodeCursor(encodeCursor(ID)), ID));

const foreign = [
  '',
  'x',
  encodeCursor(ID).slice(0, -1),
  `${encodeCursor(ID)}=`,
  `${encodeCursor(ID)}!`,
  encodeCursor('not-a-ulid'),
  encodeCursor(ID.toLowerCase()),
  Buffer.from(`2:${ID}`).toString('base64url'),
  Buffer.from(`1:${ID}\n`).toString('base64url'),
];
for (const cursor of foreign) {
  test(`cursor ${JSON.stringify(cursor)} is none of ours`, () => assert.equal(decodeCursor(cursor), null));
}

const LOOKED_AT = { id: '01ARZ3NDEKTSV4RRFFQ69G5FAA', createdAtMs: 7 };
for (const { more, entries, searchedTo, want } of [
  { more: true, entries: [entry], searchedTo: null, want: encodeCursor(ID) },
  { more: false, entries: [entry], searchedTo: null, want: null },
  { more: false, entries: [], searchedTo: null, want: null },
  { more: true, entries: [entry], searchedTo: LOOKED_AT, want: encodeCursor(LOOKED_AT.id) },
  { more: true, entries: [], searchedTo: LOOKED_AT, want: encodeCursor(LOOKED_AT.id) },
]) {
  test(`a page of ${entries.length}, more: ${more}, stopped early: ${searchedTo !== null}`, async () => {
    const asked: LogQuery[] = [];
    const pushLog = createPushLog({
      listMessages: async (query) => {
        asked.push(query);
        return { entries, more, searchedTo };
      },
      getMessage: async () => null,
    });
    assert.deepEqual(await pushLog.listMessages({ limit: 1 }), {
      entries,
      nextCursor: want,
      searchedUntilMs: searchedTo?.createdAtMs ?? null,
    });
    assert.deepEqual(asked, [{ limit: 1 }]);
  });
}

test('only a ULID is looked up', async () => {
  const asked: string[] = [];
  const pushLog = createPushLog({
    listMessages: async () => ({ entries: [], more: false, searchedTo: null }),
    getMessage: async (id) => {
      asked.push(id);
      return null;
    },
  });
  for (const id of [ID, 'x', ID.toLowerCase(), `${ID}0`]) assert.equal(await pushLog.getMessage(id), null);
  assert.deepEqual(asked, [ID]);
});
