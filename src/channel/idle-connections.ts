import type { Clock } from '../core/clock.ts';
import type { Connection } from './connection.ts';

interface IdleConnections {
  /**
   * The connection used last under that key, but for those that would have to wait for a turn of the event loop; or null.
   * Whoever takes one owns it.
   */
  take(key: string): Connection | null;
  /** @param keepMs how long it may wait; then it is closed. */
  put(key: string, connection: Connection, keepMs: number): void;
  close(): void;
}

interface Idle {
  readonly connection: Connection;
  readonly untilMs: number;
}

/** How often those that have waited too long are looked for. */
const SWEEP_MS = 1_000;

/** Open connections between two requests. There is no waiting in here: none free means a new one. */
export function createIdleConnections(clock: Pick<Clock, 'monotonicMs' | 'after'>): IdleConnections {
  const idle = new Map<string, Idle[]>();
  let cancelSweep: (() => void) | null = null;

  function keepOnly(key: string, isKept: (one: Idle) => boolean): void {
    const list = idle.get(key)?.filter(isKept);
    if (list && list.length > 0) idle.set(key, list);
    else idle.delete(key);
  }

  function sweep(): void {
    cancelSweep = null;
    const nowMs = clock.monotonicMs();
    for (const [key, list] of idle) {
      for (const { connection, untilMs } of list) if (untilMs <= nowMs) connection.destroy();
      keepOnly(key, ({ untilMs }) => untilMs > nowMs);
    }
    if (idle.size > 0) cancelSweep = clock.after(SWEEP_MS, sweep);
  }

  return {
    take(key) {
      for (;;) {
        const next = takeNext(idle.get(key) ?? []);
        if (next === null) return null;
        if (next.connection.isOpen() && clock.monotonicMs() < next.untilMs) return next.connection;
        next.connection.destroy();
      }
    },
    put(key, connection, keepMs) {
      if (!connection.isOpen()) return;
      const list = idle.get(key) ?? [];
      list.push({ connection, untilMs: clock.monotonicMs() + keepMs });
      idle.set(key, list);
      cancelSweep ??= clock.after(SWEEP_MS, sweep);
      connection.onClosed(() => keepOnly(key, (one) => one.connection !== connection));
    },
    close() {
      cancelSweep?.();
      cancelSweep = null;
      for (const list of idle.values()) for (const { connection } of list) connection.destroy();
      idle.clear();
    },
  };
}

function takeNext(list: Idle[]): Idle | null {
  const rested = list.findLastIndex(({ connection }) => !connection.wasReadThisTurn());
  return list.splice(rested, 1)[0] ?? null;
}
