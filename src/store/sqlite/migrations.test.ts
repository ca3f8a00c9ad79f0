import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { readMigrations } from '../migrate.ts';
import { COUNT_WIDTHS_MS } from '../store.ts';

// Goal: an older store keeps its past. Method: the schema as it was, rows, and the migrations after it.

const migrations = readMigrations(new URL('./migrations/', import.meta.url));

function databaseAt(version: number): DatabaseSync {
  const db = new DatabaseSync(':memory:');
  for (const { sql } of migrations.slice(0, version)) db.exec(sql);
  return db;
}

test('0002 counts what the log already holds, in each width, minutes of the last days only', () => {
  const db = databaseAt(1);
  const nowMs = Date.now();
  const old = Date.UTC(2026, 0, 1, 8, 59, 59, 999);
  const add = (seq: number, createdMs: number, status: number, finishedMs: number | null) => {
    db.prepare("INSERT INTO message VALUES (?, ?, NULL, 'text', 'x', ?)").run(seq, `m${seq}`, createdMs);
    db.prepare(
      'INSERT INTO delivery (message_seq, channel_id, status, finished_at_ms) VALUES (?, 7, ?, ?)',
    ).run(seq, status, finishedMs);
  };
  add(1, old, 3, old + 1);
  add(2, old, 4, old + 2);
  add(3, nowMs, 0, null);
  db.exec(`BEGIN; ${migrations[1]?.sql}; COMMIT`);

  const startOf = (atMs: number, widthMs: number) => Math.floor(atMs / widthMs) * widthMs;
  for (const widthMs of COUNT_WIDTHS_MS) {
    const rows = db
      .prepare(
        'SELECT start_ms, accepted, delivered, failed FROM delivery_count WHERE width_ms = ? AND channel_id = 7 ORDER BY 1',
      )
      .all(widthMs)
      .map((row) => Object.values(row));
    const present = [startOf(nowMs, widthMs), 1, 0, 0];
    // Nine o'clock lies between acceptance and end: it begins a bucket of every width but the longest.
    const past =
      widthMs === 14_400_000
        ? [[startOf(old, widthMs), 2, 1, 1]]
        : [
            [startOf(old, widthMs), 2, 0, 0],
            [startOf(old + 1, widthMs), 0, 1, 1],
          ];
    assert.deepEqual(rows, widthMs === 60_000 ? [present] : [...past, present]);
  }
});
