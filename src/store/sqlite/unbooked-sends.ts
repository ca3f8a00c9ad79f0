import type { DatabaseSync } from 'node:sqlite';
import { LONGEST_WINDOW_MS } from '../../core/rate-windows.ts';
import type { StoreClock } from './store-clock.ts';

/** Attempts looked at, at most: more than any platform allows in a window, and a matter of milliseconds. */
const MAX_ATTEMPTS = 10_000;
/** Who began before this had ended, by any deadline, before the longest window. */
const LOOK_BACK_MS = 2 * LONGEST_WINDOW_MS;

/**
 * Requests that were sent while their endpoint had no limit hold no slots. When a limit is switched on, which takes a
 * restart, what was sent just before must count in its first window too; as the clock may have been set meanwhile, as if it
 * had ended now.
 */
export function bookUnbookedSends(db: DatabaseSync, clock: StoreClock): void {
  const wallMs = clock.wallMs();
  const firstId = firstSince(db, wallMs - LOOK_BACK_MS);
  // A new store has none, and most starts come long after the last request.
  if (firstId === null) return;
  db.prepare('DELETE FROM slot WHERE ended_ms <= ?').run(clock.nowMs() - LONGEST_WINDOW_MS);
  db.prepare(
    `INSERT INTO slot (attempt_id, endpoint_id, ended_ms)
     SELECT id, endpoint_id, :endMs FROM attempt
     WHERE id >= :firstId AND started_at_ms <= :wallMs
       AND (duration_ms IS NULL OR started_at_ms + duration_ms > :wallMs - ${LONGEST_WINDOW_MS})
     ON CONFLICT DO NOTHING`,
  ).run({ endMs: clock.endMs(), firstId, wallMs });
}

/** The id of the first attempt since `wallMs`, by the clock of the machine; null: there is none. */
function firstSince(db: DatabaseSync, wallMs: number): number | null {
  const newestFirst = db.prepare('SELECT id, started_at_ms FROM attempt ORDER BY id DESC LIMIT ?');
  let firstId: number | null = null;
  for (const row of newestFirst.iterate(MAX_ATTEMPTS)) {
    const { id, started_at_ms: startedAtMs } = row as { id: number; started_at_ms: number };
    if (startedAtMs < wallMs) break;
    firstId = id;
  }
  return firstId;
}
