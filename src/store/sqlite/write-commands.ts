import type { DatabaseSync } from 'node:sqlite';
import { LONGEST_WINDOW_MS, roomInWindows, type SlotLedger } from '../../core/rate-windows.ts';
import {
  type AcceptCommand,
  type AcceptResult,
  type ChannelRef,
  type ChannelRegistration,
  IDEMPOTENCY_WINDOW_MS,
  type InterruptedAttempt,
  type RecordAttemptCommand,
  type TakeTurnsCommand,
  type Turn,
  type Turns,
} from '../store.ts';
import type { WriteCommands } from './commands.ts';
import { BETWEEN_PARTS, DELIVERED, FAILED, QUEUED, RETRYING, SENDING } from './status-codes.ts';
import type { StoreClock } from './store-clock.ts';

/** Expired idempotency keys deleted by one accept at most: the table stays bounded and no accept waits for a purge. */
const PURGE_KEYS = 20;

/** How often the store notes the time that it has seen, at most. */
const NOTE_TIME_MS = 1_000;

interface DueRow {
  readonly id: number;
  readonly message_id: string;
  readonly text: string;
  readonly attempt_count: number;
  readonly retries_used: number;
  readonly part_index: number;
  readonly maybe_sent: number;
}

/** The commands of the SQLite store. Each expects to run inside a transaction; none begins or ends one. */
export function createWriteCommands(db: DatabaseSync, clock: StoreClock): WriteCommands {
  const sql = prepareStatements(db);
  let notedMs = 0;

  /** Leaves a mark of the time, so that a clock set back before the next start is noticed. */
  function noteTime(nowMs: number): void {
    if (nowMs - notedMs < NOTE_TIME_MS) return;
    sql.setSeen.run(nowMs);
    notedMs = nowMs;
  }

  function registerChannels(channels: readonly ChannelRegistration[]): ChannelRef[] {
    return channels.map(({ name, providerId, endpointHash }) => {
      sql.addChannel.run(name, providerId);
      sql.addEndpoint.run(endpointHash);
      const channel = sql.findChannel.get(name, providerId) as { id: number };
      const endpoint = sql.findEndpoint.get(endpointHash) as { id: number };
      return { name, channelId: channel.id, endpointId: endpoint.id };
    });
  }

  function accept({ message, channelIds }: AcceptCommand): AcceptResult {
    const { id, requestId, msgType, text, createdAtMs } = message;
    if (requestId !== null) {
      const first = sql.findKey.get(requestId) as { id: string; text: string; first_ms: number } | undefined;
      if (first !== undefined && clock.nowMs() - first.first_ms < IDEMPOTENCY_WINDOW_MS) {
        return { kind: 'repeated', messageId: first.id, sameText: first.text === text };
      }
    }
    const { lastInsertRowid: seq } = sql.addMessage.run(id, requestId, msgType, text, createdAtMs);
    for (const channelId of channelIds) sql.addDelivery.run(seq, channelId);
    const nowMs = clock.nowMs();
    noteTime(nowMs);
    if (requestId !== null) {
      sql.putKey.run(requestId, seq, nowMs);
      sql.purgeKeys.run(nowMs - IDEMPOTENCY_WINDOW_MS, PURGE_KEYS);
    }
    return { kind: 'accepted' };
  }

  function takeTurns(command: TakeTurnsCommand): Turns {
    const { channelId, endpointId, windows } = command;
    const nowMs = clock.nowMs();
    const room = roomInWindows(windows, slotLedger(endpointId), nowMs);
    // Without room one row is enough to know whether there is anything to wait for.
    const due = findDue({ ...command, limit: Math.min(command.limit, Math.max(1, room.free)) }, nowMs);
    if (due.rows.length === 0) return { turns: [], waitMs: due.waitMs };

    const { paused_until_ms: pausedUntilMs } = sql.pausedUntil.get(endpointId) as { paused_until_ms: number };
    if (pausedUntilMs > nowMs) return { turns: [], waitMs: pausedUntilMs - nowMs };
    if (room.free === 0) return { turns: [], waitMs: room.waitMs };

    if (windows.length > 0) sql.purgeSlots.run(endpointId, nowMs - LONGEST_WINDOW_MS);
    noteTime(nowMs);
    const turns = due.rows.map((row) => lease(row, endpointId, windows.length > 0));
    assertTaken(turns, channelId);
    return { turns, waitMs: null };
  }

  /** The deliveries that may be taken if the windows allow it, oldest first; without any, how long until time alone makes one due. */
  function findDue(command: TakeTurnsCommand, nowMs: number): { rows: DueRow[]; waitMs: number | null } {
    const { channelId, limit, ordered } = command;
    if (ordered) return findHead(channelId, nowMs);
    const rows = sql.dueRetries.all(channelId, nowMs, limit) as unknown as DueRow[];
    if (rows.length < limit) {
      rows.push(...(sql.queued.all(channelId, limit - rows.length) as unknown as DueRow[]));
    }
    if (rows.length > 0) return { rows, waitMs: null };
    const { next } = sql.nextRetry.get(channelId) as { next: number | null };
    return { rows, waitMs: next === null ? null : next - nowMs };
  }

  /** The oldest open delivery, if it may go now. */
  function findHead(channelId: number, nowMs: number): { rows: DueRow[]; waitMs: number | null } {
    if (sql.anySending.get(channelId) !== undefined) return { rows: [], waitMs: null };
    const retry = sql.oldestRetry.get(channelId) as (DueRow & { attempt_due_ms: number }) | undefined;
    const [queued] = sql.queued.all(channelId, 1) as unknown as DueRow[];
    if (retry !== undefined && (queued === undefined || retry.id < queued.id)) {
      if (retry.attempt_due_ms > nowMs) return { rows: [], waitMs: retry.attempt_due_ms - nowMs };
      return { rows: [retry], waitMs: null };
    }
    return { rows: queued === undefined ? [] : [queued], waitMs: null };
  }

  function lease(row: DueRow, endpointId: number, booksSlot: boolean): Turn {
    const attemptNumber = row.attempt_count + 1;
    sql.markSending.run(attemptNumber, row.id);
    const { lastInsertRowid } = sql.addAttempt.run(
      row.id,
      endpointId,
      attemptNumber,
      row.part_index,
      row.maybe_sent,
      clock.wallMs(),
    );
    if (booksSlot) sql.addSlot.run(lastInsertRowid, endpointId);
    return {
      attemptId: Number(lastInsertRowid),
      attemptNumber,
      deliveryId: row.id,
      messageId: row.message_id,
      text: row.text,
      retriesUsed: row.retries_used,
      partIndex: row.part_index,
      possibleDuplicate: row.maybe_sent === 1,
    };
  }

  function slotLedger(endpointId: number): SlotLedger {
    return {
      get inFlight() {
        return (sql.slotsInFlight.get(endpointId) as { count: number }).count;
      },
      countEndedAfter: (ms) => (sql.slotsEndedAfter.get(endpointId, ms) as { count: number }).count,
      nthEndedAfter: (ms, n) =>
        (sql.nthSlot.get(endpointId, ms, n) as { ended_ms: number } | undefined)?.ended_ms,
    };
  }

  function recordAttempt({ attemptId, deliveryId, durationMs, outcome, next }: RecordAttemptCommand): void {
    const { kind, httpStatus, platformCode, response, error } = outcome;
    const errorJson = error === null ? null : JSON.stringify(error);
    const { changes } = sql.endAttempt.run(
      durationMs,
      kind,
      httpStatus,
      platformCode,
      response,
      errorJson,
      attemptId,
    );
    // Recorded before: the answer to an earlier try was lost on its way back.
    if (changes === 0) return;
    sql.endSlot.run(clock.endMs(), attemptId);
    if (kind === 'unknown') sql.markMaybeSent.run(deliveryId);

    switch (next.kind) {
      case 'delivered':
        sql.finish.run(DELIVERED, clock.wallMs(), null, deliveryId);
        return;
      case 'failed':
        sql.finish.run(FAILED, clock.wallMs(), JSON.stringify(next.error), deliveryId);
        return;
      case 'next_part':
        sql.nextPart.run(clock.nowMs(), deliveryId);
        return;
      case 'retry':
        sql.retry.run(clock.endMs() + next.waitMs, 1, JSON.stringify(next.error), deliveryId);
        return;
      case 'pause': {
        const untilMs = clock.endMs() + next.waitMs;
        sql.pause.run(untilMs, attemptId);
        sql.retry.run(untilMs, 0, JSON.stringify(next.error), deliveryId);
        return;
      }
      default:
        next satisfies never;
    }
  }

  function listInterrupted(): InterruptedAttempt[] {
    return sql.interrupted.all() as unknown as InterruptedAttempt[];
  }

  function probe(): void {
    sql.setSeen.run(clock.nowMs());
  }

  return { registerChannels, accept, takeTurns, recordAttempt, listInterrupted, probe };
}

function assertTaken(turns: readonly Turn[], channelId: number): void {
  if (turns.length === 0)
    throw new Error(`channel ${channelId}: there was room for a turn, but none was taken`);
}

/** What a process that died left in flight ends now: its slots count for one more window. */
export function endAbandonedSlots(db: DatabaseSync, clock: StoreClock): void {
  db.prepare('UPDATE slot SET ended_ms = ? WHERE ended_ms IS NULL').run(clock.endMs());
}

/** The last time that the store has seen, on its own axis; 0 for a new store. */
export function lastSeenMs(db: DatabaseSync): number {
  const row = db.prepare("SELECT value FROM meta WHERE key = 'last_seen_ms'").get() as
    | { value: number }
    | undefined;
  return row?.value ?? 0;
}

function prepareStatements(db: DatabaseSync) {
  const due =
    'SELECT d.id, m.id AS message_id, m.text, d.attempt_count, d.retries_used, d.part_index, d.maybe_sent';
  const from = 'FROM delivery d JOIN message m ON m.seq = d.message_seq';
  return {
    addChannel: db.prepare('INSERT INTO channel (name, provider) VALUES (?, ?) ON CONFLICT DO NOTHING'),
    findChannel: db.prepare('SELECT id FROM channel WHERE name = ? AND provider = ?'),
    addEndpoint: db.prepare('INSERT INTO endpoint (hash) VALUES (?) ON CONFLICT DO NOTHING'),
    findEndpoint: db.prepare('SELECT id FROM endpoint WHERE hash = ?'),

    findKey: db.prepare(
      'SELECT m.id, m.text, i.first_ms FROM idempotency i JOIN message m ON m.seq = i.message_seq WHERE i.key = ?',
    ),
    putKey: db.prepare(
      `INSERT INTO idempotency (key, message_seq, first_ms) VALUES (?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET message_seq = excluded.message_seq, first_ms = excluded.first_ms`,
    ),
    purgeKeys: db.prepare(
      'DELETE FROM idempotency WHERE key IN (SELECT key FROM idempotency WHERE first_ms <= ? ORDER BY first_ms LIMIT ?)',
    ),
    addMessage: db.prepare(
      'INSERT INTO message (id, request_id, msg_type, text, created_at_ms) VALUES (?, ?, ?, ?, ?)',
    ),
    addDelivery: db.prepare('INSERT INTO delivery (message_seq, channel_id) VALUES (?, ?)'),

    queued: db.prepare(`${due} ${from} WHERE d.channel_id = ? AND d.status = ${QUEUED} ORDER BY d.id LIMIT ?`),
    dueRetries: db.prepare(
      `${due} ${from} WHERE d.channel_id = ? AND d.status IN (2, 5) AND d.attempt_due_ms <= ?
       ORDER BY d.attempt_due_ms, d.id LIMIT ?`,
    ),
    oldestRetry: db.prepare(
      `${due}, d.attempt_due_ms ${from} WHERE d.channel_id = ? AND d.status IN (2, 5) ORDER BY d.id LIMIT 1`,
    ),
    nextRetry: db.prepare(
      'SELECT min(attempt_due_ms) AS next FROM delivery WHERE channel_id = ? AND status IN (2, 5)',
    ),
    anySending: db.prepare('SELECT 1 FROM delivery WHERE channel_id = ? AND status = 1 LIMIT 1'),
    pausedUntil: db.prepare('SELECT paused_until_ms FROM endpoint WHERE id = ?'),
    markSending: db.prepare(
      `UPDATE delivery SET status = ${SENDING}, attempt_due_ms = NULL, attempt_count = ? WHERE id = ?`,
    ),
    addAttempt: db.prepare(
      `INSERT INTO attempt (delivery_id, endpoint_id, number, part_index, possible_duplicate, started_at_ms)
       VALUES (?, ?, ?, ?, ?, ?)`,
    ),
    addSlot: db.prepare('INSERT INTO slot (attempt_id, endpoint_id) VALUES (?, ?)'),
    slotsInFlight: db.prepare(
      'SELECT count(*) AS count FROM slot WHERE endpoint_id = ? AND ended_ms IS NULL',
    ),
    slotsEndedAfter: db.prepare('SELECT count(*) AS count FROM slot WHERE endpoint_id = ? AND ended_ms > ?'),
    nthSlot: db.prepare(
      'SELECT ended_ms FROM slot WHERE endpoint_id = ? AND ended_ms > ? ORDER BY ended_ms LIMIT 1 OFFSET ?',
    ),
    purgeSlots: db.prepare('DELETE FROM slot WHERE endpoint_id = ? AND ended_ms <= ?'),

    endAttempt: db.prepare(
      `UPDATE attempt SET duration_ms = ?, outcome = ?, http_status = ?, platform_code = ?, response = ?, error = ?
       WHERE id = ? AND outcome IS NULL`,
    ),
    endSlot: db.prepare('UPDATE slot SET ended_ms = ? WHERE attempt_id = ?'),
    markMaybeSent: db.prepare('UPDATE delivery SET maybe_sent = 1 WHERE id = ?'),
    finish: db.prepare('UPDATE delivery SET status = ?, finished_at_ms = ?, error = ? WHERE id = ?'),
    nextPart: db.prepare(
      `UPDATE delivery SET status = ${BETWEEN_PARTS}, attempt_due_ms = ?, part_index = part_index + 1,
         retries_used = 0, maybe_sent = 0, error = NULL WHERE id = ?`,
    ),
    retry: db.prepare(
      `UPDATE delivery SET status = ${RETRYING}, attempt_due_ms = ?, retries_used = retries_used + ?, error = ?
       WHERE id = ?`,
    ),
    pause: db.prepare(
      `UPDATE endpoint SET paused_until_ms = max(paused_until_ms, ?)
       WHERE id = (SELECT endpoint_id FROM attempt WHERE id = ?)`,
    ),
    interrupted: db.prepare(
      `SELECT a.id AS attemptId, d.id AS deliveryId, m.id AS messageId, a.number AS attemptNumber,
         c.name AS channel, d.retries_used AS retriesUsed
       FROM delivery d
       JOIN attempt a ON a.delivery_id = d.id AND a.number = d.attempt_count
       JOIN message m ON m.seq = d.message_seq
       JOIN channel c ON c.id = d.channel_id
       WHERE d.status = ${SENDING} ORDER BY d.id`,
    ),
    setSeen: db.prepare(
      `INSERT INTO meta (key, value) VALUES ('last_seen_ms', ?)
       ON CONFLICT (key) DO UPDATE SET value = max(value, excluded.value)`,
    ),
  };
}
