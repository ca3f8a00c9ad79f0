import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSimulatedClock } from '../../test/support/simulated-clock.ts';
import { createIds } from '../core/ids.ts';
import type { Logger } from '../log/logger.ts';
import { type AcceptCommand, type AcceptResult, StoreError } from '../store/store.ts';
import { createAccept } from './accept.ts';

const recipients = [
  { name: 'ops', channelId: 1, endpointId: 1, tags: ['all-hands'] },
  { name: 'dev', channelId: 2, endpointId: 2, tags: ['all-hands', 'ops'] },
  { name: 'boss', channelId: 3, endpointId: 3, tags: [] },
];

function setUp(options: { result?: AcceptResult; failure?: Error; stopping?: boolean } = {}) {
  const stored: AcceptCommand[] = [];
  const woken: number[][] = [];
  const warnings: string[] = [];
  const counted: number[] = [];
  const ignore = () => undefined;
  const logger: Logger = {
    debug: ignore,
    info: ignore,
    warn: (_subject, text) => warnings.push(text),
    error: ignore,
  };
  const accept = createAccept({
    store: {
      async accept(command) {
        if (options.failure) throw options.failure;
        stored.push(command);
        return options.result ?? { kind: 'accepted' };
      },
    },
    clock: createSimulatedClock(),
    newId: createIds(),
    logger,
    lang: 'en',
    recipients,
    wake: (ids) => woken.push([...ids]),
    onAccepted: () => counted.push(1),
    isStopping: () => options.stopping ?? false,
  });
  return { accept, stored, woken, warnings, counted };
}

const request = { text: 'hello', to: null, requestId: null };

const addressing: { name: string; to: string[] | null; want: number[] }[] = [
  { name: 'absent: all channels', to: null, want: [1, 2, 3] },
  { name: 'a name', to: ['boss'], want: [3] },
  { name: 'a tag', to: ['all-hands'], want: [1, 2] },
  { name: 'a word that is a name and a tag addresses both', to: ['ops'], want: [1, 2] },
  { name: 'a channel addressed twice gets one delivery', to: ['dev', 'all-hands', 'dev'], want: [2, 1] },
];
for (const { name, to, want } of addressing) {
  test(`to: ${name}`, async () => {
    const { accept, stored, woken, counted } = setUp();
    const answer = await accept({ ...request, to });
    assert.equal(counted.length, 1);
    assert.equal(answer.kind, 'accepted');
    assert.deepEqual(stored[0]?.channelIds, want);
    assert.deepEqual(woken, [want]);
    assert.equal(answer.kind === 'accepted' && answer.messageId, stored[0]?.message.id);
  });
}

test('lanes are woken behind the store command and before it is on disk', async () => {
  const { accept, stored, woken } = setUp();
  const answer = accept(request);
  assert.deepEqual([stored.length, woken.length], [1, 1]);
  assert.equal((await answer).kind, 'accepted');
});

test('an unknown word is named, and nothing is stored', async () => {
  const { accept, stored } = setUp();
  assert.deepEqual(await accept({ ...request, to: ['ops', 'nobody', 'x'] }), {
    kind: 'unknown_recipient',
    word: 'nobody',
    nearest: null,
  });
  assert.deepEqual(stored, []);
});

test('a slip of the keyboard is told what was probably meant', async () => {
  const answer = await setUp().accept({ ...request, to: ['opss'] });
  assert.deepEqual(answer, { kind: 'unknown_recipient', word: 'opss', nearest: 'ops' });
});

test('words like `constructor` are no recipients', async () => {
  assert.equal((await setUp().accept({ ...request, to: ['constructor'] })).kind, 'unknown_recipient');
});

test('a repeat gets the first id; another text is warned of', async () => {
  const { accept, warnings, counted } = setUp({
    result: { kind: 'repeated', messageId: 'FIRST', sameText: false },
  });
  assert.deepEqual(await accept({ ...request, requestId: 'k' }), { kind: 'accepted', messageId: 'FIRST' });
  assert.deepEqual([warnings.length, counted.length], [1, 0]);
});

const failures = [
  { failure: new StoreError('unavailable', 'disk full'), why: 'store' },
  { failure: new StoreError('unknown_commit', 'fsync'), why: 'store' },
  { failure: new StoreError('overloaded', 'full'), why: 'overloaded' },
  { failure: new StoreError('closed', 'closed'), why: 'stopping' },
] as const;
for (const { failure, why } of failures) {
  test(`store ${failure.kind}: unavailable, because ${why}`, async () => {
    const { accept, counted } = setUp({ failure });
    assert.deepEqual(await accept(request), { kind: 'unavailable', why });
    assert.equal(counted.length, 0);
  });
}

test('while stopping nothing is promised', async () => {
  const { accept, stored } = setUp({ stopping: true });
  assert.deepEqual(await accept(request), { kind: 'unavailable', why: 'stopping' });
  assert.deepEqual(stored, []);
});

test('a bug is not taken for an unavailable store', async () => {
  await assert.rejects(setUp({ failure: new TypeError('bug') }).accept(request), TypeError);
});
