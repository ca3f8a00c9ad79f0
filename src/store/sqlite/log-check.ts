import type { DatabaseSync } from 'node:sqlite';
import { firstIdAt } from '../../core/ids.ts';
import type { LogQuery } from '../store.ts';
import type { SeqRange } from './search/search-index.ts';
import { codesOfStatus } from './status-codes.ts';

/** A message that meets every filter. */
export interface FoundRow {
  readonly seq: number;
  /** Of the text. */
  readonly bytes: number;
}

/** Holds messages against every filter of a query. Newest first, at most `wanted`; each is looked for when it is asked for. */
export interface LogCheck {
  range(range: SeqRange, wanted: number): Iterable<FoundRow>;
  /** @param seqs newest first. */
  listed(seqs: readonly number[], wanted: number): Iterable<FoundRow>;
}

/** @param channelIds of the channel asked for; null for all. */
export function createLogCheck(
  db: DatabaseSync,
  query: LogQuery,
  channelIds: readonly number[] | null,
): LogCheck {
  const { parts, values } = conditionsOf(query, channelIds);
  const and = parts.map((part) => ` AND ${part}`).join('');
  const range = db.prepare(
    `SELECT m.seq, octet_length(m.text) AS bytes FROM message m WHERE m.seq > ? AND m.seq <= ?${and}
     ORDER BY m.seq DESC LIMIT ?`,
  );
  // CROSS JOIN: in the order of the list, so that the first ones that match end the step.
  const listed = db.prepare(
    `SELECT m.seq, octet_length(m.text) AS bytes
     FROM json_each(?) c CROSS JOIN message m ON m.seq = c.value WHERE true${and} LIMIT ?`,
  );
  return {
    range: ({ after, upTo }, wanted) =>
      range.iterate(after, upTo, ...values, wanted) as unknown as Iterable<FoundRow>,
    listed: (seqs, wanted) =>
      listed.iterate(JSON.stringify(seqs), ...values, wanted) as unknown as Iterable<FoundRow>,
  };
}

/** Every filter as SQL. Values are bound, never written into the text. */
function conditionsOf(query: LogQuery, channelIds: readonly number[] | null) {
  const parts: string[] = [];
  const values: (string | number)[] = [];
  const add = (part: string, ...bound: (string | number)[]) => {
    parts.push(part);
    values.push(...bound);
  };
  // An id begins with its message's time.
  if (query.sinceMs !== undefined) add('m.id >= ?', firstIdAt(query.sinceMs));
  if (query.untilMs !== undefined) add('m.id < ?', firstIdAt(query.untilMs));
  if (query.text !== undefined) add('instr(m.text, ?) > 0', query.text);
  if (channelIds === null && query.status === undefined) return { parts, values };

  const delivery = ['d.message_seq = m.seq'];
  if (channelIds !== null) {
    delivery.push(`d.channel_id IN (${channelIds.map(() => '?').join(', ')})`);
    values.push(...channelIds);
  }
  if (query.status !== undefined) {
    const codes = codesOfStatus(query.status);
    delivery.push(`d.status IN (${codes.map(() => '?').join(', ')})`);
    values.push(...codes);
  }
  parts.push(`EXISTS (SELECT 1 FROM delivery d WHERE ${delivery.join(' AND ')})`);
  return { parts, values };
}
