import assert from 'node:assert/strict';
import type { DatabaseSync } from 'node:sqlite';
import { beforeEach, test } from 'node:test';
import { systemClock } from '../../core/clock.ts';
import { createIds } from '../../core/ids.ts';
import { systemBoot } from '../system-boot.ts';
import type { WriteCommands } from './commands.ts';
import { createGroupCommit, type Request } from './group-commit.ts';
import { IN_MEMORY } from './open-database.ts';
import { type Engine, openEngine } from './open-engine.ts';

let engine: Engine;
const newId = createIds();

beforeEach(() => {
  engine = openEngine(IN_MEMORY, systemClock, systemBoot());
  engine.run([
    { name: 'registerChannels', argument: [{ name: 'a', providerId: 'webhook', endpointHash: 'h' }] },
  ]);
});

function accept(text: string, id = newId(Date.now())): Request {
  const message = { id, requestId: null, msgType: 'text', text, createdAtMs: 0 };
  return { name: 'accept', argument: { message, channelIds: [1] } };
}

const countMessages = () => (engine.db.prepare('SELECT count(*) AS n FROM message').get() as { n: number }).n;

test('commands that return the same share one reply, and no other', () => {
  const interrupted: Request = { name: 'listInterrupted', argument: undefined };
  const [first, second, list, again] = engine.run([accept('1'), accept('2'), interrupted, interrupted]);
  assert.equal(first, second);
  assert.deepEqual(list, { ok: true, value: [] });
  assert.notEqual(list, again);
});

test('a bug in one command fails that command alone', () => {
  const id = newId(Date.now());
  const replies = engine.run([accept('1', id), accept('same id again', id), accept('3')]);
  assert.deepEqual(
    replies.map(({ ok }) => ok),
    [true, false, true],
  );
  assert.equal(replies[1]?.ok === false && replies[1].kind, null);
  assert.equal(countMessages(), 2);
});

test('a full disk fails the whole batch as unavailable, leaves nothing half-written, and is over when there is room', () => {
  const { page_count: pages } = engine.db.prepare('PRAGMA page_count').get() as { page_count: number };
  engine.db.exec(`PRAGMA max_page_count = ${pages + 2}`);
  const big = 'x'.repeat(100_000);
  const replies = engine.run([accept('small'), accept(big)]);
  assert.deepEqual(
    replies.map((reply) => !reply.ok && reply.kind),
    ['unavailable', 'unavailable'],
  );
  assert.equal(countMessages(), 0);
  assert.equal(engine.db.isTransaction, false);
  engine.db.exec('PRAGMA max_page_count = 1000000');
  assert.equal(engine.run([accept(big)])[0]?.ok, true);
  assert.equal(countMessages(), 1);
});

const counted = () =>
  engine.db
    .prepare('SELECT accepted FROM delivery_count WHERE width_ms = 14400000')
    .all()
    .map((row) => row.accepted);

test('counts are of what was committed: a batch with a bug in it counts each command once', () => {
  const id = newId(Date.now());
  engine.run([accept('1', id), accept('same id again', id), accept('3')]);
  assert.deepEqual(counted(), [2]);
});

test('counts of a batch that was rolled back are not added to a later one', () => {
  const { page_count: pages } = engine.db.prepare('PRAGMA page_count').get() as { page_count: number };
  engine.db.exec(`PRAGMA max_page_count = ${pages + 2}`);
  engine.run([accept('small'), accept('x'.repeat(100_000))]);
  assert.deepEqual(counted(), []);
  engine.db.exec('PRAGMA max_page_count = 1000000');
  engine.run([accept('small')]);
  assert.deepEqual(counted(), [1]);
});

test('a record that is rolled back with a bug beside it ends its slot and is counted when it goes again', () => {
  const windows = [{ maxSends: 1, windowMs: 60_000 }];
  const take = { channelId: 1, endpointId: 1, windows, ordered: false, limit: 1 };
  engine.run([accept('1'), { name: 'takeTurns', argument: take }]);
  const outcome = { kind: 'ok', httpStatus: 200, platformCode: null, response: null, error: null };
  const end = { attemptId: 1, deliveryId: 1, durationMs: 1, outcome, next: { kind: 'delivered' } };
  const id = newId(Date.now());
  const replies = engine.run([
    { name: 'recordAttempt', argument: end },
    accept('2', id),
    accept('same id again', id),
  ]);
  assert.deepEqual(
    replies.map(({ ok }) => ok),
    [true, true, false],
  );
  assert.deepEqual(engine.db.prepare('SELECT count(*) AS open FROM slot WHERE ended_ms IS NULL').get(), {
    __proto__: null,
    open: 0,
  });
  const delivered = engine.db.prepare(
    'SELECT channel_id, sum(delivered) AS delivered FROM delivery_count WHERE width_ms = 60000 GROUP BY channel_id',
  );
  assert.deepEqual(delivered.all(), [{ __proto__: null, channel_id: 1, delivered: 1 }]);
});

/** A connection whose nth statement fails, and the statements that it was asked to run. */
function failingDatabase(statement: number, errcode: number) {
  const ran: string[] = [];
  const db = {
    isTransaction: false,
    prepare: (sql: string) => ({
      run() {
        ran.push(sql);
        if (ran.length === statement) throw Object.assign(new Error('disk I/O error'), { errcode });
      },
    }),
  } as unknown as DatabaseSync;
  return { db, ran };
}
const IOERR_FSYNC = 1034;
const probe: Request = { name: 'probe', argument: undefined };
const noCounts = { write: () => undefined, discard: () => undefined };
const working = { probe: () => undefined } as unknown as WriteCommands;

test('after a commit whose fate is unknown nothing more is written', () => {
  const { db, ran } = failingDatabase(2, IOERR_FSYNC);
  const run = createGroupCommit(db, working, noCounts, () => undefined);
  for (const requests of [[probe, probe], [probe]]) {
    assert.deepEqual(
      run(requests).map((reply) => !reply.ok && reply.kind),
      requests.map(() => 'unknown_commit'),
    );
  }
  assert.deepEqual(ran, ['BEGIN IMMEDIATE', 'COMMIT']);
});

test('an I/O error before the COMMIT leaves nothing behind, and the next batch is written', () => {
  const run = createGroupCommit(failingDatabase(1, IOERR_FSYNC).db, working, noCounts, () => undefined);
  assert.deepEqual(
    run([probe, probe]).map((reply) => !reply.ok && reply.kind),
    ['unavailable', 'unavailable'],
  );
  assert.equal(run([probe])[0]?.ok, true);
});

test('the statements of the hot path use their indexes', () => {
  const plans = [
    'SELECT 1 FROM delivery d WHERE d.channel_id = ? AND d.status = 0 ORDER BY d.id LIMIT 5',
    'SELECT 1 FROM delivery d WHERE d.channel_id = ? AND d.status IN (2, 5) AND d.attempt_due_ms <= ? ORDER BY d.attempt_due_ms, d.id LIMIT 5',
    'SELECT min(attempt_due_ms) FROM delivery WHERE channel_id = ? AND status IN (2, 5)',
    'SELECT 1 FROM delivery WHERE channel_id = ? AND status = 1 LIMIT 1',
    'SELECT count(*) FROM slot WHERE endpoint_id = ? AND ended_ms > ?',
    'SELECT seq FROM message m WHERE m.id < ? ORDER BY m.id DESC LIMIT 51',
    'SELECT min(id) FROM delivery WHERE channel_id = ? AND status = 0',
    'SELECT d.status FROM delivery d WHERE d.message_seq = ? ORDER BY d.id DESC LIMIT 1',
  ];
  for (const sql of plans) {
    const steps = engine.db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as unknown as { detail: string }[];
    const plan = steps.map(({ detail }) => detail).join('; ');
    assert.match(plan, /^SEARCH \w+ USING (COVERING )?INDEX/, `${sql}: ${plan}`);
    assert.doesNotMatch(plan, /TEMP B-TREE/, sql);
  }
});
