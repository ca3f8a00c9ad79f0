import { statSync } from 'node:fs';
import type { Boot } from '../../core/boot.ts';
import type { Clock } from '../../core/clock.ts';
import { type RateLimitWindow, roomInWindows } from '../../core/rate-windows.ts';
import { IN_MEMORY, openBesideWriter, openForWriting } from './open-database.ts';
import { realStorePath } from './real-path.ts';
import { readSeenTime } from './seen-time.ts';
import { slotLedgerOf } from './slot-ledger.ts';
import { prepareStatements } from './statements.ts';
import { createStoreClock } from './store-clock.ts';

/** The windows of a store, for a process that sends beside its service: each counts the requests of the other. */
export interface GuestSlots {
  /**
   * Waits until the windows have room for one request, and books it.
   *
   * @returns to be called at the request's end; null when no room came in `patienceMs`.
   * @throws when the store cannot be written.
   */
  book(request: GuestRequest, patienceMs: number): Promise<(() => void) | null>;
  close(): void;
}

export interface GuestRequest {
  readonly endpointHash: string;
  readonly providerId: string;
  readonly windows: readonly RateLimitWindow[];
  /** The request is over after this time, even if this process does not live to say so. */
  readonly timeoutMs: number;
}

/** How long to wait where only the end of somebody's request can make room. */
const LOOK_AGAIN_MS = 100;

/**
 * Where no service has made a store yet, the windows are this process's alone and kept in memory.
 *
 * @throws when there is a store and it cannot be used: no store of this version, or not for this user.
 */
export function openGuestSlots(named: string, clock: Clock, boot: Boot): GuestSlots {
  const path = realStorePath(named);
  // Throws where it cannot be seen, in a folder of another user for example: there may well be a store.
  const exists = statSync(path, { throwIfNoEntry: false }) !== undefined;
  return guestSlotsOf(exists ? openBesideWriter(path) : openForWriting(IN_MEMORY), clock, boot);
}

/** For one process alone. */
export function openLoneSlots(clock: Clock, boot: Boot): GuestSlots {
  return guestSlotsOf(openForWriting(IN_MEMORY), clock, boot);
}

function guestSlotsOf(db: ReturnType<typeof openForWriting>, clock: Clock, boot: Boot): GuestSlots {
  const sql = prepareStatements(db);
  const storeClock = createStoreClock(clock, boot, readSeenTime(db));

  /** In one transaction, so that the service cannot take the same room. */
  function bookOrWait({ endpointHash, providerId, windows, timeoutMs }: GuestRequest) {
    db.exec('BEGIN IMMEDIATE');
    try {
      sql.putEndpoint.run(endpointHash, providerId);
      const endpoint = sql.findEndpoint.get(endpointHash) as { id: number };
      const { free, waitMs } = roomInWindows(windows, slotLedgerOf(sql, endpoint.id), storeClock.nowMs());
      const slot =
        free > 0
          ? sql.addGuestSlot.get({ endpoint: endpoint.id, until: storeClock.endMs() + timeoutMs })
          : null;
      db.exec('COMMIT');
      return { slot: slot as { id: number } | null, waitMs: waitMs ?? LOOK_AGAIN_MS };
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  }

  function endSlot(id: number): void {
    try {
      sql.endSlot.run(storeClock.endMs(), id);
    } catch {
      // It ends by itself, at the deadline of its request.
    }
  }

  return {
    async book(request, patienceMs) {
      if (request.windows.length === 0) return () => undefined;
      const giveUpMs = clock.monotonicMs() + patienceMs;
      for (;;) {
        const { slot, waitMs } = bookOrWait(request);
        if (slot !== null) return () => endSlot(slot.id);
        if (clock.monotonicMs() + waitMs > giveUpMs) return null;
        await clock.wait(waitMs);
      }
    },
    close: () => db.close(),
  };
}
