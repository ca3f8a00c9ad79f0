import type { DatabaseSync } from 'node:sqlite';
import type { Attempt } from '../../core/attempt.ts';
import type { Delivery } from '../../core/delivery.ts';
import type { LocalText } from '../../core/local-text.ts';
import type { Message } from '../../core/message.ts';
import type { OutcomeKind } from '../../core/outcome.ts';
import type {
  ChannelCounts,
  CountQuery,
  DeliveryOfMessage,
  DeliverySelection,
  LogEntryWithAttempts,
  LogPage,
  LogQuery,
} from '../store.ts';
import { createCountDeliveries } from './count-deliveries.ts';
import type { FoundRow } from './log-check.ts';
import type { SearchIndex } from './search/search-index.ts';
import { RETRYING, statusOfCode } from './status-codes.ts';
import { createWalkLog, type WalkTime } from './walk-log.ts';

interface MessageRow {
  readonly seq: number;
  readonly id: string;
  readonly request_id: string | null;
  readonly text: string;
  readonly created_at_ms: number;
}

interface DeliveryRow {
  readonly id: number;
  readonly message_seq: number;
  readonly channel: string;
  readonly provider: string;
  readonly status: number;
  readonly resent_at_ms: number | null;
  readonly attempt_due_ms: number | null;
  readonly attempt_count: number;
  readonly finished_at_ms: number | null;
  readonly error: string | null;
}

interface AttemptRow {
  readonly delivery_id: number;
  readonly number: number;
  readonly part_index: number;
  readonly possible_duplicate: number;
  readonly started_at_ms: number;
  readonly duration_ms: number | null;
  readonly outcome: OutcomeKind | null;
  readonly http_status: number | null;
  readonly platform_code: string | null;
  readonly response: string | null;
  readonly error: string | null;
}

/** The reading side of the SQLite store. */
export interface ReadQueries {
  /** @param index null: there is none now, and every message is looked at. */
  listMessages(query: LogQuery, index: SearchIndex | null): LogPage;
  getMessage(id: string): LogEntryWithAttempts | null;
  countOpen(): { channel: string; count: number }[];
  listOldestOpen(): { channel: string; acceptedAtMs: number }[];
  listDeliveries(selection: DeliverySelection): DeliveryOfMessage[];
  countDeliveries(query: CountQuery): ChannelCounts[];
}

/** @param clockAheadMs how far the store's time axis is ahead of the wall clock. */
export function createReadQueries(db: DatabaseSync, clockAheadMs: number, walkTime: WalkTime): ReadQueries {
  const walkLog = createWalkLog(db, walkTime);
  const deliveriesOf = db.prepare(
    `SELECT d.id, d.message_seq, c.name AS channel, c.provider, d.status, d.resent_at_ms, d.attempt_due_ms,
       d.attempt_count, d.finished_at_ms, d.error
     FROM delivery d JOIN channel c ON c.id = d.channel_id WHERE d.message_seq = ? ORDER BY d.id`,
  );
  const attemptsOf = db.prepare(
    `SELECT delivery_id, number, part_index, possible_duplicate, started_at_ms, duration_ms, outcome, http_status,
       platform_code, response, error
     FROM attempt WHERE delivery_id IN (SELECT value FROM json_each(?)) ORDER BY id`,
  );
  const messagesBySeq = db.prepare(
    `SELECT seq, id, request_id, text, created_at_ms FROM message
     WHERE seq IN (SELECT value FROM json_each(?)) ORDER BY seq DESC`,
  );
  const lookedAtLast = db.prepare('SELECT id, created_at_ms FROM message WHERE seq > ? ORDER BY seq LIMIT 1');
  const messageById = db.prepare('SELECT seq, id, request_id, text, created_at_ms FROM message WHERE id = ?');
  const openByChannel = db.prepare(
    // One branch per partial index: each holds open deliveries only, whatever the size of the log.
    `SELECT c.name AS channel, sum(open.count) AS count FROM (
       SELECT channel_id, count(*) AS count FROM delivery WHERE status = 0 GROUP BY channel_id
       UNION ALL SELECT channel_id, count(*) FROM delivery WHERE status = 1 GROUP BY channel_id
       UNION ALL SELECT channel_id, count(*) FROM delivery WHERE status IN (2, 5) GROUP BY channel_id
     ) open JOIN channel c ON c.id = open.channel_id GROUP BY c.name`,
  );

  const oldestOpen = db.prepare(
    // The first entry of each partial index, channel by channel.
    `SELECT open.channel, coalesce(d.resent_at_ms, m.created_at_ms) AS acceptedAtMs FROM (
       SELECT c.name AS channel, min(
         coalesce((SELECT min(id) FROM delivery WHERE channel_id = c.id AND status = 0), ${NO_ID}),
         coalesce((SELECT min(id) FROM delivery WHERE channel_id = c.id AND status = 1), ${NO_ID}),
         coalesce((SELECT min(id) FROM delivery WHERE channel_id = c.id AND status IN (2, 5)), ${NO_ID})
       ) AS id FROM channel c
     ) open JOIN delivery d ON d.id = open.id JOIN message m ON m.seq = d.message_seq`,
  );
  const deliveriesById = db.prepare(
    `SELECT m.id AS message_id, d.id, d.message_seq, c.name AS channel, c.provider, d.status, d.resent_at_ms,
       d.attempt_due_ms, d.attempt_count, d.finished_at_ms, d.error
     FROM delivery d JOIN channel c ON c.id = d.channel_id JOIN message m ON m.seq = d.message_seq
     WHERE d.id IN (
       SELECT value FROM json_each(?1)
       UNION SELECT id FROM delivery WHERE message_seq IN (
         SELECT seq FROM message WHERE id IN (SELECT value FROM json_each(?2))))
     ORDER BY d.id`,
  );

  function listMessages(query: LogQuery, index: SearchIndex | null): LogPage {
    const maxBytes = Math.min(query.maxBytes ?? MAX_PAGE_BYTES, MAX_PAGE_BYTES);
    const { rows, stoppedAt } = walkLog(query, { messages: query.limit, bytes: maxBytes }, index);
    const deliveries = fitPage(rows.slice(0, query.limit), maxBytes);
    const page = messagesBySeq.all(JSON.stringify([...deliveries.keys()])) as unknown as MessageRow[];
    const cut = rows.length > deliveries.size;
    return {
      entries: page.map((row) => ({
        ...toMessage(row),
        deliveries: (deliveries.get(row.seq) ?? []).map(toDelivery),
      })),
      more: cut || stoppedAt !== null,
      // A page that is cut goes on after its last entry, wherever the search stopped.
      searchedTo: cut || stoppedAt === null ? null : findSearchedTo(stoppedAt),
    };
  }

  /** As many messages as fit, at least one, and the deliveries of each. */
  function fitPage(rows: readonly FoundRow[], maxBytes: number): Map<number, DeliveryRow[]> {
    const page = new Map<number, DeliveryRow[]>();
    let bytes = 0;
    for (const row of rows) {
      const deliveries = findDeliveries(row.seq);
      bytes += MESSAGE_BYTES + row.bytes + deliveries.reduce((sum, delivery) => sum + bytesOf(delivery), 0);
      if (page.size > 0 && bytes > maxBytes) break;
      page.set(row.seq, deliveries);
    }
    return page;
  }

  function findSearchedTo(stoppedAt: number): LogPage['searchedTo'] {
    const row = lookedAtLast.get(stoppedAt) as Pick<MessageRow, 'id' | 'created_at_ms'> | undefined;
    return row === undefined ? null : { id: row.id, createdAtMs: row.created_at_ms };
  }

  function getMessage(id: string): LogEntryWithAttempts | null {
    const row = messageById.get(id) as MessageRow | undefined;
    if (row === undefined) return null;
    const deliveries = findDeliveries(row.seq);
    const ids = JSON.stringify(deliveries.map((delivery) => delivery.id));
    const attempts = Map.groupBy(
      attemptsOf.all(ids) as unknown as AttemptRow[],
      (attempt) => attempt.delivery_id,
    );
    return {
      ...toMessage(row),
      deliveries: deliveries.map((delivery) => ({
        ...toDelivery(delivery),
        attempts: (attempts.get(delivery.id) ?? []).map(toAttempt),
      })),
    };
  }

  function findDeliveries(messageSeq: number): DeliveryRow[] {
    return deliveriesOf.all(messageSeq) as unknown as DeliveryRow[];
  }

  function toDelivery(row: DeliveryRow): Delivery {
    const waits = row.status === RETRYING && row.attempt_due_ms !== null;
    return {
      id: String(row.id),
      channel: row.channel,
      provider: row.provider,
      status: statusOfCode(row.status),
      resentAtMs: row.resent_at_ms,
      attemptCount: row.attempt_count,
      nextAttemptAtMs: waits ? (row.attempt_due_ms ?? 0) - clockAheadMs : null,
      finishedAtMs: row.finished_at_ms,
      error: toLocalText(row.error),
    };
  }

  function countOpen(): { channel: string; count: number }[] {
    const rows = openByChannel.all() as unknown as { channel: string; count: number }[];
    return rows.map(({ channel, count }) => ({ channel, count }));
  }

  function listOldestOpen(): { channel: string; acceptedAtMs: number }[] {
    const rows = oldestOpen.all() as unknown as { channel: string; acceptedAtMs: number }[];
    // A name that has had several providers stands for several channels.
    const byChannel = Map.groupBy(rows, ({ channel }) => channel);
    return [...byChannel].map(([channel, of]) => ({
      channel,
      acceptedAtMs: Math.min(...of.map(({ acceptedAtMs }) => acceptedAtMs)),
    }));
  }

  function listDeliveries({ deliveryIds, messageIds }: DeliverySelection): DeliveryOfMessage[] {
    const rows = deliveriesById.all(JSON.stringify(deliveryIds), JSON.stringify(messageIds));
    return (rows as unknown as (DeliveryRow & { message_id: string })[]).map((row) => ({
      messageId: row.message_id,
      delivery: toDelivery(row),
    }));
  }

  return {
    listMessages,
    getMessage,
    countOpen,
    listOldestOpen,
    listDeliveries,
    countDeliveries: createCountDeliveries(db),
  };
}

/** Larger than any delivery's id. */
const NO_ID = Number.MAX_SAFE_INTEGER;

/**
 * A page in all, as JSON, about: escapes in a text are not counted. A page of the longest messages, or of messages to a
 * thousand channels, would take tens to hundreds of MiB and stop everything else.
 */
const MAX_PAGE_BYTES = 4 * 1024 * 1024;
/** What a message adds to a page beside its text and deliveries: names of fields, ids, a time. */
const MESSAGE_BYTES = 200;
/** The same of a delivery, beside its channel's name and its error. */
const DELIVERY_BYTES = 220;

/** An error is counted in both languages, of which an answer shows one. */
function bytesOf({ channel, error }: DeliveryRow): number {
  return DELIVERY_BYTES + Buffer.byteLength(channel) + (error === null ? 0 : Buffer.byteLength(error));
}

function toMessage(row: MessageRow): Message {
  return {
    id: row.id,
    requestId: row.request_id,
    msgType: 'text',
    text: row.text,
    createdAtMs: row.created_at_ms,
  };
}

function toAttempt(row: AttemptRow): Attempt {
  return {
    number: row.number,
    part: row.part_index + 1,
    startedAtMs: row.started_at_ms,
    durationMs: row.duration_ms,
    outcome: row.outcome,
    httpStatus: row.http_status,
    platformCode: row.platform_code,
    response: row.response,
    error: toLocalText(row.error),
    possibleDuplicate: row.possible_duplicate === 1,
  };
}

function toLocalText(json: string | null): LocalText | null {
  return json === null ? null : (JSON.parse(json) as LocalText);
}
