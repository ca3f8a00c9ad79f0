import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { blockQuery, gramQuery } from './grams.ts';
import {
  BLOCK,
  type Progress,
  readProgress,
  rowidOfBlock,
  rowidOfMessage,
  VOLUME,
  volumeOf,
  ZONE,
} from './search-file.ts';

/** Messages by `seq`, from the newest back: above `after`, up to and with `upTo`. */
export interface SeqRange {
  readonly after: number;
  readonly upTo: number;
}

/** Candidates of a range, newest first, and down to where (not included) all of them are named. */
export interface Candidates {
  readonly seqs: readonly number[];
  readonly after: number;
}

/** The reading side of the search index. What it names is to be checked against the store. */
export interface SearchIndex {
  progress(): Progress;
  /** Indexed messages whose text may contain this one. It looks into one volume at most. */
  findText(text: string, range: SeqRange, limit: number): Candidates;
  /** Messages with a delivery of one of these channels, as far as deliveries are indexed. */
  findChannels(channelIds: readonly number[], range: SeqRange, limit: number): Candidates;
  /** The indexed part of a range without the zones that have no id from `firstId` to below `endId`; newest first. */
  narrow(range: SeqRange, firstId: string | null, endId: string | null): SeqRange[];
  close(): void;
}

export function createSearchIndex(search: DatabaseSync): SearchIndex {
  const volumes = new Map<number, StatementSync>();
  const unindexed = search.prepare(
    `SELECT message_seq AS seq FROM unindexed
     WHERE message_seq > ? AND message_seq <= ? ORDER BY message_seq DESC LIMIT ?`,
  );
  const channelMessages = search.prepare(
    `SELECT message_seq AS seq FROM channel_message
     WHERE channel_id = ? AND message_seq > ? AND message_seq <= ? ORDER BY message_seq DESC LIMIT ?`,
  );
  const zones = search.prepare(
    `SELECT zone FROM zone WHERE zone BETWEEN ?1 AND ?2
       AND (?3 IS NULL OR last_id >= ?3) AND (?4 IS NULL OR first_id < ?4) ORDER BY zone DESC`,
  );

  /** Bound: full-text query, first rowid, end of the rowids, limit. */
  function volumeAt(number: number): StatementSync {
    const known = volumes.get(number);
    if (known !== undefined) return known;
    const name = `gram_${number}`;
    // CAST: a number from JavaScript is bound as REAL, and FTS5 takes only an INTEGER as a bound of what it walks.
    const query = search.prepare(
      `SELECT rowid FROM ${name}
       WHERE ${name} MATCH ? AND rowid >= CAST(? AS INTEGER) AND rowid < CAST(? AS INTEGER)
       ORDER BY rowid LIMIT ?`,
    );
    volumes.set(number, query);
    return query;
  }

  function rowidsOf(volume: number, query: string, first: number, end: number, limit: number): number[] {
    return volumeAt(volume)
      .all(query, first, end, limit)
      .map((row) => (row as { rowid: number }).rowid);
  }

  /** The parts of the range whose blocks may have such a text: at most `limit` blocks, down to `after`. */
  function findBlocks(query: string, { after, upTo }: SeqRange, limit: number) {
    const [first, last] = [Math.floor(upTo / BLOCK), Math.floor((after + 1) / BLOCK)];
    const rowids = rowidsOf(volumeOf(upTo), query, rowidOfBlock(first), rowidOfBlock(last) + 1, limit);
    const parts: SeqRange[] = [];
    for (const rowid of rowids) {
      const block = first - (rowid - rowidOfBlock(first));
      addPart(parts, {
        after: Math.max(after, block * BLOCK - 1),
        upTo: Math.min(upTo, (block + 1) * BLOCK - 1),
      });
    }
    return { parts, after: rowids.length < limit ? after : (parts.at(-1)?.after ?? after) };
  }

  /** Messages of these parts of one volume, at most `limit`. */
  function findPairs(query: string, parts: readonly SeqRange[], limit: number): number[] {
    const seqs: number[] = [];
    for (const { after, upTo } of parts) {
      if (seqs.length >= limit) break;
      const end = (volumeOf(upTo) + 1) * VOLUME;
      const rowids = rowidsOf(volumeOf(upTo), query, rowidOfMessage(upTo), end - after, limit - seqs.length);
      seqs.push(...rowids.map((rowid) => end - rowid));
    }
    return seqs;
  }

  return {
    progress: () => readProgress(search),
    findText(text, range, limit) {
      const inVolume = { ...range, after: Math.max(range.after, volumeOf(range.upTo) * VOLUME - 1) };
      const [pairs, ofBlocks] = [gramQuery(text), blockQuery(text)];
      // Without a pair all messages of a block are candidates.
      const blockLimit = pairs === null ? Math.max(1, Math.floor(limit / BLOCK)) : limit;
      const { parts, after } =
        ofBlocks === null
          ? { parts: [inVolume], after: inVolume.after }
          : findBlocks(ofBlocks, inVolume, blockLimit);
      const covered = { after, upTo: inVolume.upTo };
      const seqs = pairs === null ? parts.flatMap(seqsIn) : findPairs(pairs, parts, limit);
      seqs.push(...seqsOf(unindexed.all(covered.after, covered.upTo, limit)));
      return toCandidates(newestFirst(seqs).slice(0, limit), covered, limit);
    },
    findChannels(channelIds, range, limit) {
      const seqs = channelIds.flatMap((id) =>
        seqsOf(channelMessages.all(id, range.after, range.upTo, limit)),
      );
      return toCandidates(newestFirst(seqs).slice(0, limit), range, limit);
    },
    narrow({ after, upTo }, firstId, endId) {
      const rows = zones.all(Math.floor((after + 1) / ZONE), Math.floor(upTo / ZONE), firstId, endId);
      const ranges: SeqRange[] = [];
      for (const { zone } of rows as unknown as { zone: number }[]) {
        const range = {
          after: Math.max(after, zone * ZONE - 1),
          upTo: Math.min(upTo, (zone + 1) * ZONE - 1),
        };
        addPart(ranges, range);
      }
      return ranges;
    },
    close: () => search.close(),
  };
}

/** Adds the next part, newest first; one that goes on where the last one ends becomes one with it. */
function addPart(parts: SeqRange[], part: SeqRange): void {
  const newer = parts.at(-1);
  if (newer?.after === part.upTo) parts[parts.length - 1] = { ...newer, after: part.after };
  else parts.push(part);
}

function seqsIn({ after, upTo }: SeqRange): number[] {
  return Array.from({ length: upTo - after }, (_, index) => upTo - index);
}

export function newestFirst(seqs: Iterable<number>): number[] {
  return [...new Set(seqs)].sort((a, b) => b - a);
}

export function seqsOf(rows: readonly unknown[]): number[] {
  return rows.map((row) => (row as { seq: number }).seq);
}

/** @param limit what the search was bounded by: fewer than that are all there are. */
export function toCandidates(seqs: readonly number[], { after }: SeqRange, limit: number): Candidates {
  return { seqs, after: seqs.length < limit ? after : (seqs.at(-1) ?? after + 1) - 1 };
}
