import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { characterTokens, codePointsOf, gramQuery } from './grams.ts';
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

  function findGrams(query: string, { after, upTo }: SeqRange, limit: number): Candidates {
    const volume = volumeOf(upTo);
    const end = (volume + 1) * VOLUME;
    const rowids = rowidsOf(volume, query, rowidOfMessage(upTo), end - after, limit);
    const seqs = [...rowids.map((rowid) => end - rowid), ...seqsOf(unindexed.all(after, upTo, limit))];
    return toCandidates(newestFirst(seqs).slice(0, limit), { after, upTo }, limit);
  }

  function findCharacter(query: string, { after, upTo }: SeqRange, limit: number): Candidates {
    const volume = volumeOf(upTo);
    const blockLimit = Math.max(1, Math.floor(limit / BLOCK));
    const [first, last] = [Math.floor(upTo / BLOCK), Math.floor((after + 1) / BLOCK)];
    const rowids = rowidsOf(volume, query, rowidOfBlock(first), rowidOfBlock(last) + 1, blockLimit);
    const blocks = rowids.map((rowid) => first - (rowid - rowidOfBlock(first)));
    const seqs = blocks
      .flatMap((block) => Array.from({ length: BLOCK }, (_, index) => (block + 1) * BLOCK - 1 - index))
      .filter((seq) => seq > after && seq <= upTo);
    const lastBlock = blocks.length < blockLimit ? undefined : blocks.at(-1);
    return { seqs, after: lastBlock === undefined ? after : Math.max(after, lastBlock * BLOCK - 1) };
  }

  return {
    progress: () => readProgress(search),
    findText(text, range, limit) {
      const inVolume = { ...range, after: Math.max(range.after, volumeOf(range.upTo) * VOLUME - 1) };
      const pairs = gramQuery(text);
      return pairs === null
        ? findCharacter(characterTokens(codePointsOf(text)), inVolume, limit)
        : findGrams(pairs, inVolume, limit);
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
        const newer = ranges.at(-1);
        if (newer?.after === range.upTo) ranges[ranges.length - 1] = { ...newer, after: range.after };
        else ranges.push(range);
      }
      return ranges;
    },
    close: () => search.close(),
  };
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
