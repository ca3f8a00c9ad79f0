import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Boot, BootMoment } from '../../core/boot.ts';
import type { Statements } from './statements.ts';
import type { SeenTime, StoreClock } from './store-clock.ts';

/** Where the store notes the time that it has seen; all whole numbers. `last_seen_ms` is on its own axis. */
const KEYS = ['last_seen_ms', 'last_seen_wall_ms', 'last_seen_boot_ms', 'last_seen_boot'] as const;

export function writeSeenTime(sql: Statements, clock: StoreClock): void {
  const { axisMs, moment } = clock.seen();
  const values = [axisMs, moment.wallMs, moment.sinceStartMs, numberOfBoot(moment.bootId)];
  for (const [index, key] of KEYS.entries()) sql.putMeta.run(key, Math.floor(values[index] ?? 0));
}

/** The last time that the store has seen; null for a new store. */
export function readSeenTime(db: DatabaseSync, boot: Boot): SeenTime | null {
  const find = db.prepare('SELECT value FROM meta WHERE key = ?');
  const [axisMs, wallMs, sinceStartMs, bootNumber] = KEYS.map(
    (key) => (find.get(key) as { value: number } | undefined)?.value ?? null,
  );
  if (axisMs === null || axisMs === undefined) return null;
  const moment: BootMoment = {
    bootId: bootOfNumber(bootNumber ?? 0, boot),
    // A store that noted no more than its axis was on a machine of which nothing is known.
    sinceStartMs: sinceStartMs ?? Number.POSITIVE_INFINITY,
    wallMs: wallMs ?? axisMs,
  };
  return { axisMs, moment };
}

/** 48 bits of the boot's id, since the table holds whole numbers; 0 where it has none. */
function numberOfBoot(bootId: string | null): number {
  return bootId === null ? 0 : createHash('sha256').update(bootId).digest().readUIntBE(0, 6);
}

/** Of another boot no more is known than that it was another. */
function bootOfNumber(number: number, boot: Boot): string | null {
  if (number === 0) return null;
  return number === numberOfBoot(boot.id) ? boot.id : 'another boot';
}
