import type { DatabaseSync } from 'node:sqlite';
import type { BootMoment } from '../../core/boot.ts';
import type { Statements } from './statements.ts';
import type { SeenTime, StoreClock } from './store-clock.ts';

/**
 * Where the store notes the time that it has seen; all whole numbers, a boot without a name 0. `last_seen_ms` is on its own
 * axis.
 */
const KEYS = ['last_seen_ms', 'last_seen_wall_ms', 'last_seen_boot_ms', 'last_seen_boot_id'] as const;

export function writeSeenTime(sql: Statements, clock: StoreClock): void {
  const { axisMs, moment } = clock.seen();
  const values = [axisMs, moment.wallMs, moment.sinceStartMs, moment.bootId ?? 0];
  for (const [index, key] of KEYS.entries()) sql.putMeta.run(key, Math.floor(values[index] ?? 0));
}

/** The last time that the store has seen; null for a new store. */
export function readSeenTime(db: DatabaseSync): SeenTime | null {
  const find = db.prepare('SELECT value FROM meta WHERE key = ?');
  const [axisMs, wallMs, sinceStartMs, bootId] = KEYS.map(
    (key) => (find.get(key) as { value: number } | undefined)?.value ?? null,
  );
  if (axisMs === null || axisMs === undefined) return null;
  const moment: BootMoment = {
    bootId: bootId || null,
    // A store that noted no more than its axis was on a machine of which nothing is known.
    sinceStartMs: sinceStartMs ?? Number.POSITIVE_INFINITY,
    wallMs: wallMs ?? axisMs,
  };
  return { axisMs, moment };
}
