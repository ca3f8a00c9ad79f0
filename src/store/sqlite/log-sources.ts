import type { DatabaseSync } from 'node:sqlite';
import type { DeliveryStatus } from '../../core/delivery.ts';
import type { LogQuery } from '../store.ts';
import {
  type Candidates,
  newestFirst,
  type SearchIndex,
  type SeqRange,
  seqsOf,
  toCandidates,
} from './search/search-index.ts';
import { BETWEEN_PARTS, FAILED, QUEUED, RETRYING, SENDING } from './status-codes.ts';

/** Names candidates of a range, at most `limit` at once; null: every message of the range is one. */
export type Source = ((range: SeqRange, limit: number) => Candidates) | null;

/** Where the walk looks for candidates. */
export interface Sources {
  /** For messages whose text is indexed. */
  readonly indexed: Source;
  /** For newer ones. */
  readonly newest: Source;
}

/** A filter that so few messages meet is the source, whatever else is asked for. */
const FEW = 500;

/** More deliveries that the index does not have yet, and it is of no use for channels. */
const MAX_UNINDEXED = 20_000;

const WHOLE: SeqRange = { after: 0, upTo: Number.MAX_SAFE_INTEGER };

/** The stored codes of a status that has partial indexes, in the words of their conditions. */
const CODES_WITH_INDEX: Readonly<Partial<Record<DeliveryStatus, readonly string[]>>> = {
  queued: [`status = ${QUEUED}`],
  sending: [`status = ${SENDING}`, `status IN (${RETRYING}, ${BETWEEN_PARTS}) AND status = ${BETWEEN_PARTS}`],
  retrying: [`status IN (${RETRYING}, ${BETWEEN_PARTS}) AND status = ${RETRYING}`],
  failed: [`status = ${FAILED}`],
};

/**
 * Picks the source with the fewest candidates for a query. All of them together, from the best to the worst:
 *
 * 1. a status or a channel that few messages have;
 * 2. the text, as far as it is indexed;
 * 3. failed deliveries;
 * 4. the channel's messages;
 * 5. every message.
 */
export function createSourcePicker(db: DatabaseSync) {
  return (query: LogQuery, channelIds: readonly number[] | null, index: SearchIndex | null): Sources => {
    const ofChannel = channelIds === null ? '' : ` AND channel_id IN (${channelIds.map(Number).join(', ')})`;
    const channel = channelIds === null || index === null ? null : channelSource(channelIds, index);

    const few = fewWithStatus() ?? fewOfChannel();
    if (few !== null) return { indexed: few, newest: few };
    const other = query.status === 'failed' ? failedSource() : channel;
    const { text } = query;
    if (text === undefined || index === null) return { indexed: other, newest: other };
    return { indexed: (range, limit) => index.findText(text, range, limit), newest: other };

    function fewWithStatus(): Source {
      const conditions = query.status === undefined ? undefined : CODES_WITH_INDEX[query.status];
      if (conditions === undefined) return null;
      const each = conditions.map(
        (condition) => `SELECT message_seq AS seq FROM delivery WHERE ${condition}${ofChannel}`,
      );
      const found = db.prepare(`${each.join(' UNION ALL ')} LIMIT ${FEW + 1}`).all();
      return found.length > FEW ? null : listSource(seqsOf(found));
    }

    function fewOfChannel(): Source {
      const found = channel?.(WHOLE, FEW + 1);
      return found === undefined || found.seqs.length > FEW ? null : listSource(found.seqs);
    }

    function failedSource(): Source {
      const failed = db.prepare(
        `SELECT DISTINCT message_seq AS seq FROM delivery
         WHERE status = ${FAILED}${ofChannel} AND message_seq > ? AND message_seq <= ? ORDER BY message_seq DESC LIMIT ?`,
      );
      return (range, limit) => toCandidates(seqsOf(failed.all(range.after, range.upTo, limit)), range, limit);
    }
  };

  /** What the index has, and the deliveries that came after it: also of old messages, where one was sent again. */
  function channelSource(channelIds: readonly number[], index: SearchIndex): Source {
    const newer = db
      .prepare(`SELECT channel_id, message_seq AS seq FROM delivery WHERE id > ? LIMIT ${MAX_UNINDEXED + 1}`)
      .all(index.progress().deliveryId) as unknown as { channel_id: number; seq: number }[];
    if (newer.length > MAX_UNINDEXED) return null;
    const unindexed = listSource(
      newer.filter(({ channel_id }) => channelIds.includes(channel_id)).map(({ seq }) => seq),
    );
    return (range, limit) => {
      const both = [index.findChannels(channelIds, range, limit), unindexed(range, limit)];
      return toCandidates(newestFirst(both.flatMap(({ seqs }) => seqs)).slice(0, limit), range, limit);
    };
  }
}

function listSource(seqs: readonly number[]): Exclude<Source, null> {
  const list = newestFirst(seqs);
  return (range, limit) => {
    const inRange = list.filter((seq) => seq > range.after && seq <= range.upTo);
    return toCandidates(inRange.slice(0, limit), range, limit);
  };
}
