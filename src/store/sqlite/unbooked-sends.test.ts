import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSimulatedClock } from '../../../test/support/simulated-clock.ts';
import { IN_MEMORY, openForWriting } from './open-database.ts';
import { createStoreClock, type SeenTime } from './store-clock.ts';
import { bookUnbookedSends } from './unbooked-sends.ts';

// Goal: what may still count at the platform is booked, whatever the machine's clock says at the start. Method: attempts of a
// process that ended 10 s before this start, in the same boot of the machine.

const END_MS = 1_000_000_000;
const NOW_MS = END_MS + 10_000;

/** @param wallMs what the clock of the machine says at the start. */
function start(attempts: readonly { startedAtMs: number; durationMs: number | null }[], wallMs: number) {
  const db = openForWriting(IN_MEMORY);
  const add = db.prepare(
    `INSERT INTO attempt (delivery_id, endpoint_id, number, part_index, possible_duplicate, started_at_ms, duration_ms)
     VALUES (1, 7, 1, 0, 0, ?, ?)`,
  );
  for (const { startedAtMs, durationMs } of attempts) add.run(startedAtMs, durationMs);
  const seen: SeenTime = { axisMs: END_MS, moment: { bootId: 1, sinceStartMs: 5_000, wallMs: END_MS } };
  const clock = createStoreClock(createSimulatedClock(wallMs), { id: 1, sinceStartMs: () => 15_000 }, seen);
  const book = () => bookUnbookedSends(db, clock, seen);
  const slots = () =>
    db
      .prepare('SELECT attempt_id AS id FROM slot ORDER BY 1')
      .all()
      .map(({ id }) => id);
  return { db, book, slots };
}

for (const { name, wallMs } of [
  { name: 'nobody set', wallMs: NOW_MS },
  { name: 'was set forward', wallMs: NOW_MS + 3_600_000 },
  { name: 'was set back', wallMs: NOW_MS - 3_600_000 },
]) {
  test(`what ended within the longest window is booked, once, by a clock that ${name}`, () => {
    const { book, slots } = start(
      [
        { startedAtMs: NOW_MS - 400_000, durationMs: 1 },
        { startedAtMs: NOW_MS - 299_000, durationMs: 290_000 },
        { startedAtMs: NOW_MS - 70_000, durationMs: 9_000 },
        { startedAtMs: NOW_MS - 70_000, durationMs: 11_000 },
        { startedAtMs: NOW_MS - 200_000, durationMs: null },
        { startedAtMs: END_MS, durationMs: 5 },
      ],
      wallMs,
    );
    book();
    assert.deepEqual(slots(), [2, 4, 5, 6]);
    book();
    assert.deepEqual(slots(), [2, 4, 5, 6]);
  });
}

test('an endpoint whose last request holds a slot counts what it counted, however recent the others look', () => {
  const { db, book, slots } = start(
    [
      { startedAtMs: NOW_MS - 200_000, durationMs: null },
      { startedAtMs: NOW_MS - 70_000, durationMs: 5 },
    ],
    NOW_MS,
  );
  db.exec(`INSERT INTO slot (attempt_id, endpoint_id, ended_ms) VALUES (2, 7, ${NOW_MS - 69_995})`);
  book();
  book();
  assert.deepEqual(slots(), [2]);
});

test('a store that cannot be written at this moment is opened all the same', () => {
  const { db, book, slots } = start([{ startedAtMs: END_MS, durationMs: 5 }], NOW_MS);
  db.exec('PRAGMA query_only = ON');
  book();
  assert.deepEqual([slots(), db.isTransaction], [[], false]);
});
