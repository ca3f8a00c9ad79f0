import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { LIMIT_BOUND } from './bound-limit.ts';
import { BETWEEN_PARTS, FAILED, QUEUED, RETRYING, SENDING } from './status-codes.ts';

/** The due time of a next part: before everything else. */
const AT_ONCE_MS = 0;

/** A longer text is only read for a delivery that gets its turn. Its length stands before it, so it costs nothing to tell. */
const SHORT_TEXT_BYTES = 8_192;

const DUE_ROW = `SELECT d.id, m.id, octet_length(m.text), CASE WHEN octet_length(m.text) <= ${SHORT_TEXT_BYTES} THEN m.text END,
    d.attempt_count, d.retries_used, d.part_index, d.maybe_sent | d.maybe_copy
  FROM delivery d JOIN message m ON m.seq = d.message_seq`;

/** Its columns. */
export type DueRow = readonly [
  deliveryId: number,
  messageId: string,
  textBytes: number,
  /** null: it is long. */
  text: string | null,
  attemptCount: number,
  retriesUsed: number,
  partIndex: number,
  maybeSent: number,
];

const ENDPOINT_OF_ATTEMPT = '(SELECT endpoint_id FROM attempt WHERE id = ?)';

/**
 * A limit counts as one more in a row than there were when the turn was taken: those of one burst count once. Bound: until,
 * reason, in a row since, in a row at least.
 */
const PAUSE = `UPDATE endpoint SET paused_until_ms = max(paused_until_ms, ?), pause_reason = ?,
  limits_in_a_row = max(CASE WHEN paused_until_ms > ? THEN limits_in_a_row ELSE 0 END, ?)`;

/** See `Succession`. */
const BEGIN_ANEW = `status = ${QUEUED}, attempt_due_ms = NULL, retries_used = 0, part_index = 0, error = NULL,
  maybe_copy = maybe_copy | maybe_sent | (part_index > 0), maybe_sent = 0`;

export type Statements = ReturnType<typeof prepareStatements>;

/**
 * Every statement that writes, or reads on behalf of a writer. Literals in place of bound values where a partial index
 * asks for them.
 */
export function prepareStatements(db: DatabaseSync) {
  return {
    addChannel: db.prepare('INSERT INTO channel (name, provider) VALUES (?, ?) ON CONFLICT DO NOTHING'),
    findChannel: db.prepare('SELECT id FROM channel WHERE name = ? AND provider = ?'),
    earlierChannels: db.prepare('SELECT id FROM channel WHERE name = ? AND id <> ?'),
    // The one column only: a queue may have millions, and has nothing else to forget.
    moveQueued: db.prepare(`UPDATE delivery SET channel_id = ? WHERE channel_id = ? AND status = ${QUEUED}`),
    moveRetrying: db.prepare(
      `UPDATE delivery SET channel_id = ?, ${BEGIN_ANEW}
       WHERE channel_id = ? AND status IN (${RETRYING}, ${BETWEEN_PARTS})`,
    ),
    moveOne: db.prepare(`UPDATE delivery SET channel_id = ?, ${BEGIN_ANEW} WHERE id = ?`),
    // The same address may belong to another provider now: a pause of the platform is for those of today.
    putEndpoint: db.prepare(
      `INSERT INTO endpoint (hash, provider) VALUES (?, ?)
       ON CONFLICT (hash) DO UPDATE SET provider = excluded.provider WHERE provider <> excluded.provider`,
    ),
    findEndpoint: db.prepare('SELECT id FROM endpoint WHERE hash = ?'),
    endpointState: db.prepare(
      'SELECT paused_until_ms, limits_in_a_row, stop_reason FROM endpoint WHERE id = ?',
    ),
    heldEndpoints: db.prepare(
      `SELECT id, paused_until_ms, pause_reason, stopped_at_ms, stop_reason FROM endpoint
       WHERE stop_reason IS NOT NULL OR paused_until_ms > ?`,
    ),
    pauseEndpoint: db.prepare(`${PAUSE} WHERE id = ${ENDPOINT_OF_ATTEMPT}`),
    pausePlatform: db.prepare(
      `${PAUSE} WHERE provider = (SELECT provider FROM endpoint WHERE id = ${ENDPOINT_OF_ATTEMPT})`,
    ),
    stopEndpoint: db.prepare(
      `UPDATE endpoint SET stopped_at_ms = ?, stop_reason = ? WHERE id = ${ENDPOINT_OF_ATTEMPT}`,
    ),
    suspectEndpoint: db.prepare(
      `UPDATE endpoint SET suspicions = suspicions + 1, suspected_ms = coalesce(suspected_ms, ?)
       WHERE id = ${ENDPOINT_OF_ATTEMPT}`,
    ),
    stopSuspect: db.prepare(
      `UPDATE endpoint SET stopped_at_ms = ?, stop_reason = ?
       WHERE id = ${ENDPOINT_OF_ATTEMPT} AND suspicions >= ? AND suspected_ms <= ?`,
    ),
    anySuspicion: db.prepare('SELECT 1 FROM endpoint WHERE suspicions > 0 LIMIT 1'),
    clearSuspicion: db.prepare(
      `UPDATE endpoint SET suspicions = 0, suspected_ms = NULL WHERE id = ${ENDPOINT_OF_ATTEMPT} AND suspicions > 0`,
    ),
    resumeEndpoint: db.prepare(
      `UPDATE endpoint SET stopped_at_ms = NULL, stop_reason = NULL, paused_until_ms = 0, suspicions = 0,
         suspected_ms = NULL WHERE id = ?`,
    ),

    findKey: db.prepare(
      'SELECT m.id, m.text, i.first_ms FROM idempotency i JOIN message m ON m.seq = i.message_seq WHERE i.key = ?',
    ),
    putKey: db.prepare(
      `INSERT INTO idempotency (key, message_seq, first_ms) VALUES (?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET message_seq = excluded.message_seq, first_ms = excluded.first_ms`,
    ),
    purgeKeys: db.prepare(
      `DELETE FROM idempotency
       WHERE key IN (SELECT key FROM idempotency WHERE first_ms <= ? ORDER BY first_ms ${LIMIT_BOUND})`,
    ),
    addMessage: db.prepare(
      'INSERT INTO message (id, request_id, msg_type, text, created_at_ms) VALUES (?, ?, ?, ?, ?)',
    ),
    addDelivery: db.prepare('INSERT INTO delivery (message_seq, channel_id) VALUES (?, ?)'),

    findMessage: db.prepare('SELECT seq FROM message WHERE id = ?'),
    channelById: db.prepare('SELECT name, provider FROM channel WHERE id = ?'),
    // By name: a channel that got another provider is the same group to its readers.
    latestStatus: db.prepare(
      `SELECT d.status FROM delivery d JOIN channel c ON c.id = d.channel_id
       WHERE d.message_seq = ? AND c.name = ? ORDER BY d.id DESC LIMIT 1`,
    ),
    mayHaveArrived: db.prepare(
      `SELECT 1 FROM delivery d JOIN channel c ON c.id = d.channel_id
       WHERE d.message_seq = ? AND c.name = ? AND (
         d.status <> ${FAILED} OR EXISTS (
           SELECT 1 FROM attempt a WHERE a.delivery_id = d.id AND (a.outcome IS NULL OR a.outcome IN ('ok', 'unknown')))
       ) LIMIT 1`,
    ),
    addResent: db.prepare(
      'INSERT INTO delivery (message_seq, channel_id, resent_at_ms, maybe_copy) VALUES (?, ?, ?, ?)',
    ),

    queued: asLists(
      db.prepare(`${DUE_ROW} WHERE d.channel_id = ? AND d.status = ${QUEUED} ORDER BY d.id ${LIMIT_BOUND}`),
    ),
    dueRetries: asLists(
      db.prepare(
        `${DUE_ROW} WHERE d.channel_id = ? AND d.status IN (${RETRYING}, ${BETWEEN_PARTS}) AND d.attempt_due_ms <= ?
       ORDER BY d.attempt_due_ms, d.id ${LIMIT_BOUND}`,
      ),
    ),
    oldestRetry: asLists(
      db.prepare(
        `${DUE_ROW.replace('SELECT', 'SELECT d.attempt_due_ms,')}
       WHERE d.channel_id = ? AND d.status IN (${RETRYING}, ${BETWEEN_PARTS}) ORDER BY d.id LIMIT 1`,
      ),
    ),
    textOfMessage: db.prepare('SELECT text FROM message WHERE id = ?'),
    nextRetry: db.prepare(
      `SELECT min(attempt_due_ms) AS next FROM delivery
       WHERE channel_id = ? AND status IN (${RETRYING}, ${BETWEEN_PARTS})`,
    ),
    anySending: db.prepare(`SELECT 1 FROM delivery WHERE channel_id = ? AND status = ${SENDING} LIMIT 1`),
    laterPartSending: db.prepare(
      `SELECT 1 FROM delivery WHERE channel_id = ? AND status = ${SENDING} AND part_index > 0 LIMIT 1`,
    ),
    failQueued: db.prepare(
      `UPDATE delivery SET status = ${FAILED}, finished_at_ms = ?, error = ?
       WHERE id IN (SELECT id FROM delivery WHERE channel_id = ? AND status = ${QUEUED} ${LIMIT_BOUND})`,
    ),
    failRetrying: db.prepare(
      `UPDATE delivery SET status = ${FAILED}, finished_at_ms = ?, error = ?, attempt_due_ms = NULL
       WHERE id IN (
         SELECT id FROM delivery WHERE channel_id = ? AND status IN (${RETRYING}, ${BETWEEN_PARTS}) ${LIMIT_BOUND})`,
    ),
    markSending: db.prepare(
      `UPDATE delivery SET status = ${SENDING}, attempt_due_ms = NULL, attempt_count = ? WHERE id = ?`,
    ),
    addAttempt: db.prepare(
      `INSERT INTO attempt (delivery_id, endpoint_id, number, part_index, possible_duplicate, started_at_ms)
       VALUES (?, ?, ?, ?, ?, ?)`,
    ),

    addSlot: db.prepare('INSERT INTO slot (attempt_id, endpoint_id) VALUES (?, ?)'),
    // Below zero, where no attempt has its id. It is over at its deadline, whatever becomes of who booked it.
    addGuestSlot: db.prepare(
      'INSERT INTO slot (attempt_id, endpoint_id, ended_ms) SELECT min(coalesce(min(attempt_id), 0), 0) - 1, :endpoint, :until FROM slot RETURNING attempt_id AS id',
    ),
    slotsInFlight: db.prepare(
      'SELECT count(*) AS count FROM slot WHERE endpoint_id = ? AND ended_ms IS NULL',
    ),
    slotsEndedAfter: db.prepare('SELECT count(*) AS count FROM slot WHERE endpoint_id = ? AND ended_ms > ?'),
    nthSlot: db.prepare(
      'SELECT ended_ms FROM slot WHERE endpoint_id = ? AND ended_ms > ? ORDER BY ended_ms LIMIT 1 OFFSET ?',
    ),
    purgeSlots: db.prepare('DELETE FROM slot WHERE endpoint_id = ? AND ended_ms <= ?'),
    endSlot: db.prepare('UPDATE slot SET ended_ms = ? WHERE attempt_id = ?'),

    endAttempt: db.prepare(
      `UPDATE attempt SET duration_ms = ?, outcome = ?, http_status = ?, platform_code = ?, response = ?, error = ?
       WHERE id = ? AND outcome IS NULL`,
    ),
    markMaybeSent: db.prepare('UPDATE delivery SET maybe_sent = 1 WHERE id = ?'),
    finish: db.prepare('UPDATE delivery SET status = ?, finished_at_ms = ?, error = ? WHERE id = ?'),
    channelOfDelivery: db.prepare('SELECT channel_id FROM delivery WHERE id = ?'),
    nextPart: db.prepare(
      `UPDATE delivery SET status = ${BETWEEN_PARTS}, attempt_due_ms = ${AT_ONCE_MS}, part_index = part_index + 1,
         retries_used = 0, maybe_sent = 0, error = NULL WHERE id = ?`,
    ),
    retry: db.prepare(
      `UPDATE delivery SET status = ${RETRYING}, attempt_due_ms = ?, retries_used = retries_used + ?, error = ?
       WHERE id = ?`,
    ),
    interrupted: db.prepare(
      `SELECT a.id AS attemptId, d.id AS deliveryId, m.id AS messageId, a.number AS attemptNumber,
         c.name AS channel, d.retries_used AS retriesUsed
       FROM delivery d INDEXED BY delivery_sending
       JOIN attempt a ON a.delivery_id = d.id AND a.number = d.attempt_count
       JOIN message m ON m.seq = d.message_seq
       JOIN channel c ON c.id = d.channel_id
       WHERE d.status = ${SENDING} ORDER BY d.id`,
    ),
    waitingChannels: db.prepare(
      `SELECT DISTINCT c.name FROM channel c WHERE
         EXISTS (SELECT 1 FROM delivery d WHERE d.channel_id = c.id AND d.status = ${QUEUED})
         OR EXISTS (SELECT 1 FROM delivery d WHERE d.channel_id = c.id AND d.status = ${SENDING})
         OR EXISTS (SELECT 1 FROM delivery d WHERE d.channel_id = c.id AND d.status IN (${RETRYING}, ${BETWEEN_PARTS}))`,
    ),
    addCounts: db.prepare(
      `INSERT INTO delivery_count (width_ms, start_ms, channel_id, accepted, delivered, failed) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET accepted = accepted + excluded.accepted, delivered = delivered + excluded.delivered,
         failed = failed + excluded.failed`,
    ),
    nthBucket: db.prepare(
      'SELECT start_ms FROM delivery_count WHERE width_ms = ? ORDER BY start_ms LIMIT 1 OFFSET ?',
    ),
    purgeBuckets: db.prepare(
      'DELETE FROM delivery_count WHERE width_ms = ? AND start_ms < ? AND start_ms <= ?',
    ),

    putMeta: db.prepare(
      'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    ),
  };
}

/**
 * Rows as lists of their values. A row as an object has a shape of its own, which V8 looks up anew for each field of each
 * row: 2 µs.
 */
function asLists(statement: StatementSync): StatementSync {
  statement.setReturnArrays(true);
  return statement;
}
