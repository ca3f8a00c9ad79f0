import { LONGEST_WINDOW_MS, roomInWindows } from '../../core/rate-windows.ts';
import { LIMITS_IN_A_ROW_MS, type TakeTurnsCommand, type Turn, type Turns } from '../store.ts';
import type { DeliveryCounts } from './delivery-counts.ts';
import type { Leases } from './leases.ts';
import { slotLedgerOf } from './slot-ledger.ts';
import type { DueRow, Statements } from './statements.ts';
import type { StoreClock } from './store-clock.ts';

/** Deliveries of a stopped endpoint that fail in one transaction at most. */
const FAIL_AT_ONCE = 500;

/** Places in a `DueRow`. */
const DELIVERY_ID = 0;
const TEXT_BYTES = 2;
const PART_INDEX = 6;

interface EndpointRow {
  readonly paused_until_ms: number;
  readonly limits_in_a_row: number;
  readonly stop_reason: string | null;
}

/** What may be taken if the windows allow it, oldest first, and what there is to wait for once it is taken. */
interface Due extends Pick<Turns, 'waitMs' | 'heldUp'> {
  readonly rows: readonly DueRow[];
}

export function createTakeTurns(
  sql: Statements,
  clock: StoreClock,
  counts: DeliveryCounts,
  leases: Leases,
  noteTime: (nowMs: number) => void,
): (command: TakeTurnsCommand) => Turns {
  return (command) => {
    const { channelId, endpointId, windows } = command;
    const nowMs = clock.nowMs();
    const endpoint = sql.endpointState.get(endpointId) as unknown as EndpointRow;
    if (endpoint.stop_reason !== null) return failWaiting(channelId, endpoint.stop_reason);

    const room = roomInWindows(windows, slotLedgerOf(sql, endpointId), nowMs);
    // Without room one row is enough to know whether there is anything to wait for.
    const due = findDue({ ...command, limit: Math.min(command.limit, Math.max(1, room.free)) }, nowMs);
    if (due.rows.length === 0) return noTurns(due);
    if (endpoint.paused_until_ms > nowMs) return noTurns(heldUp(endpoint.paused_until_ms - nowMs));
    if (room.free === 0) return noTurns(heldUp(room.waitMs));

    if (windows.length > 0) sql.purgeSlots.run(endpointId, nowMs - LONGEST_WINDOW_MS);
    noteTime(nowMs);
    const lastLimitIsNear = nowMs - endpoint.paused_until_ms < LIMITS_IN_A_ROW_MS;
    const limitsInARow = lastLimitIsNear ? endpoint.limits_in_a_row : 0;
    const turns = leaseAll(due.rows, command, limitsInARow);
    const textWanted = due.rows[turns.length]?.[TEXT_BYTES] ?? 0;
    return { turns, failedUnsent: 0, ...(textWanted > 0 ? heldUp(null) : until(due)), textWanted };
  };

  function findDue({ channelId, limit, ordered }: TakeTurnsCommand, nowMs: number): Due {
    if (ordered) return findHead(channelId, nowMs);
    // The parts of a split text stay together: nothing else starts before the last of them.
    if (sql.laterPartSending.get(channelId) !== undefined) return { rows: [], ...heldUp(null) };
    const { next } = sql.nextRetry.get(channelId) as { next: number | null };
    const hasRetries = next !== null && next <= nowMs;
    const retries = hasRetries ? (sql.dueRetries.all(channelId, nowMs, limit) as unknown as DueRow[]) : [];
    const [first] = retries;
    if (first !== undefined && first[PART_INDEX] > 0) return { rows: [first], ...heldUp(null) };

    const queued = sql.queued.all(channelId, limit - retries.length) as unknown as DueRow[];
    const rows = [...retries, ...queued];
    if (hasRetries || rows.length === limit) return { rows, waitMs: 0, heldUp: false };
    return { rows, waitMs: next === null ? null : next - nowMs, heldUp: false };
  }

  /** The oldest open delivery, if it may go now. */
  function findHead(channelId: number, nowMs: number): Due {
    if (sql.anySending.get(channelId) !== undefined) return { rows: [], ...heldUp(null) };
    const waiting = sql.oldestRetry.get(channelId) as unknown as
      | readonly [dueMs: number, ...DueRow]
      | undefined;
    const [queued] = sql.queued.all(channelId, 1) as unknown as DueRow[];
    if (waiting !== undefined) {
      const [dueMs, ...retry] = waiting;
      if (queued === undefined || retry[DELIVERY_ID] < queued[DELIVERY_ID])
        return dueMs > nowMs ? { rows: [], ...heldUp(dueMs - nowMs) } : { rows: [retry], ...heldUp(null) };
    }
    return queued === undefined
      ? { rows: [], waitMs: null, heldUp: false }
      : { rows: [queued], ...heldUp(null) };
  }

  function leaseAll(rows: readonly DueRow[], command: TakeTurnsCommand, limitsInARow: number): Turn[] {
    const turns: Turn[] = [];
    let { textRoom } = command;
    for (const row of rows) {
      textRoom -= row[TEXT_BYTES];
      if (textRoom < 0) break;
      turns.push(lease(row, command, limitsInARow));
    }
    return turns;
  }

  function lease(
    row: DueRow,
    { channelId, endpointId, windows }: TakeTurnsCommand,
    limitsInARow: number,
  ): Turn {
    const [deliveryId, messageId, , shortText, attemptCount, retriesUsed, partIndex, maybeSent] = row;
    const attemptNumber = attemptCount + 1;
    sql.markSending.run(attemptNumber, deliveryId);
    const startedAtMs = clock.wallMs();
    const added = sql.addAttempt.run(
      deliveryId,
      endpointId,
      attemptNumber,
      partIndex,
      maybeSent,
      startedAtMs,
    );
    const attemptId = Number(added.lastInsertRowid);
    const hasSlot = windows.length > 0;
    if (hasSlot) sql.addSlot.run(attemptId, endpointId);
    leases.add(attemptId, { channelId, hasSlot, limitsInARow });
    return {
      attemptId,
      attemptNumber,
      deliveryId,
      messageId,
      text: shortText ?? longText(messageId),
      retriesUsed,
      partIndex,
      possibleDuplicate: maybeSent === 1,
      limitsInARow,
    };
  }

  function longText(messageId: string): string {
    const { text } = sql.textOfMessage.get(messageId) as { text: string };
    return text;
  }

  /** What waits for a stopped endpoint fails, some at a time. */
  function failWaiting(channelId: number, reason: string): Turns {
    const atMs = clock.wallMs();
    const queued = sql.failQueued.run(atMs, reason, channelId, FAIL_AT_ONCE);
    const retrying = sql.failRetrying.run(atMs, reason, channelId, FAIL_AT_ONCE);
    const failedUnsent = Number(queued.changes) + Number(retrying.changes);
    if (failedUnsent > 0) counts.add(channelId, 'failed', atMs, failedUnsent);
    return { turns: [], failedUnsent, waitMs: failedUnsent > 0 ? 0 : null, heldUp: false, textWanted: 0 };
  }
}

function noTurns(due: Pick<Turns, 'waitMs' | 'heldUp'>): Turns {
  return { turns: [], failedUnsent: 0, ...until(due), textWanted: 0 };
}

function until({ waitMs, heldUp }: Pick<Turns, 'waitMs' | 'heldUp'>) {
  return { waitMs, heldUp };
}

function heldUp(waitMs: number | null) {
  return { waitMs, heldUp: true };
}
