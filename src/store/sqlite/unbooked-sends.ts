import type { DatabaseSync } from 'node:sqlite';
import { LONGEST_WINDOW_MS } from '../../core/rate-windows.ts';
import { storageFaultOf } from './storage-fault.ts';
import type { SeenTime, StoreClock } from './store-clock.ts';

/** Slots for one endpoint at most; no platform allows as many in a window. */
const MAX_SLOTS = 10_000;
/** Attempts of all endpoints that are looked at: what a start has time for, 0.16 s. */
const MAX_ATTEMPTS = 100_000;
/** Who began before this had ended before the longest window: no deadline is longer than 5 minutes. */
const LOOK_BACK_MS = 300_000 + LONGEST_WINDOW_MS;

type AttemptRow = readonly [id: number, endpointId: number, startedAtMs: number, durationMs: number | null];

/**
 * Requests that were sent while their endpoint had no limit hold no slots. When a limit is switched on, which takes a
 * restart, what was sent just before must count in its first window too, as if it had ended now. A store that cannot be
 * written at this moment is no reason not to start.
 *
 * A limit is switched at a start only, so an endpoint whose last request holds a slot has had one: what it counts is exact, and
 * stays as it is. What is told here from the attempts is not: their ends may be unknown, and the clock may have been set.
 *
 * @param seen the last time that the store has noted; null for a new store.
 */
export function bookUnbookedSends(db: DatabaseSync, clock: StoreClock, seen: SeenTime | null): void {
  // A new store has none, and most starts come long after the last request.
  const recent = seen === null ? [] : findRecent(db, wallTimeOfBefore(clock, seen));
  if (recent.length === 0) return;
  try {
    db.exec('BEGIN IMMEDIATE');
    const purge = db.prepare('DELETE FROM slot WHERE endpoint_id = ? AND ended_ms <= ?');
    for (const endpointId of new Set(recent.map(([, endpointId]) => endpointId)))
      purge.run(endpointId, clock.nowMs() - LONGEST_WINDOW_MS);
    const book = db.prepare(
      'INSERT INTO slot (attempt_id, endpoint_id, ended_ms) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    );
    for (const [id, endpointId] of recent) book.run(id, endpointId, clock.endMs());
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    if (storageFaultOf(error, false) === null) throw error;
  }
}

/** What the machine's clock would say now, had nobody set it since the attempts were written. */
function wallTimeOfBefore(clock: StoreClock, { axisMs, moment }: SeenTime): number {
  return moment.wallMs + clock.nowMs() - axisMs;
}

/**
 * Attempts that may have ended within the longest window before `wallMs` or after it, the newest of each endpoint that has had
 * no limit.
 */
function findRecent(db: DatabaseSync, wallMs: number): AttemptRow[] {
  const newestFirst = db.prepare(
    'SELECT id, endpoint_id, started_at_ms, duration_ms FROM attempt ORDER BY id DESC LIMIT ?',
  );
  newestFirst.setReturnArrays(true);
  const holdsSlot = db.prepare('SELECT 1 FROM slot WHERE attempt_id = ?');
  const recent: AttemptRow[] = [];
  /** How many more of each endpoint; of one that has had a limit, none. */
  const rooms = new Map<number, number>();
  for (const row of newestFirst.iterate(MAX_ATTEMPTS) as Iterable<unknown> as Iterable<AttemptRow>) {
    const [id, endpointId, startedAtMs, durationMs] = row;
    if (startedAtMs < wallMs - LOOK_BACK_MS) break;
    const room = rooms.get(endpointId) ?? (holdsSlot.get(id) === undefined ? MAX_SLOTS : 0);
    const isOver = durationMs !== null && startedAtMs + durationMs <= wallMs - LONGEST_WINDOW_MS;
    const counts = room > 0 && !isOver;
    rooms.set(endpointId, counts ? room - 1 : room);
    if (counts) recent.push(row);
  }
  return recent;
}
