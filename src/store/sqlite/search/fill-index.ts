import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { LIMIT_BOUND } from '../bound-limit.ts';
import { addBlockCodes, blockTokens, gramTokens } from './grams.ts';
import {
  BLOCK,
  type Progress,
  readProgress,
  rowidOfBlock,
  rowidOfMessage,
  VOLUME,
  volumeOf,
  volumeSchema,
  ZONE,
} from './search-file.ts';

/** Messages in one step at most: some 50 ms, and about the longest that `close` has to wait. */
const STEP_MESSAGES = 256;
/** Text in one step at most, give or take one block. */
const STEP_BYTES = 1024 * 1024;
const STEP_DELIVERIES = 4_096;
/** Pages of the index that one step merges: some 20 ms. */
const MERGE_PAGES = 200;
/** A merge that finds nothing to do changes less. Source: https://www.sqlite.org/fts5.html#the_merge_command (read 2026-11) */
const MERGE_CHANGES = 2;

interface TextRow {
  readonly seq: number;
  readonly id: string;
  readonly text: string;
}

interface DeliveryRow {
  readonly id: number;
  readonly channel_id: number;
  readonly message_seq: number;
}

/** The full-text table that is filled at present. */
interface Volume {
  readonly number: number;
  readonly add: StatementSync;
  /** Bound: pages. Negative: everything into one segment, which later calls go on with. */
  readonly merge: StatementSync;
}

/**
 * Follows the store, which it only reads, and adds to the index what is new.
 *
 * @returns one step in a transaction of its own; false when nothing worth a step is left. Whole blocks only: the
 *   newest messages, fewer than one block, are cheaper to read than to index.
 */
export function createFillIndex(store: DatabaseSync, search: DatabaseSync): () => boolean {
  const lastSeq = store.prepare('SELECT coalesce(max(seq), 0) AS last FROM message');
  const textsOf = store.prepare(
    'SELECT seq, id, text FROM message WHERE seq >= ? AND seq < ? ORDER BY seq DESC',
  );
  const sizeOf = store.prepare(
    'SELECT coalesce(sum(octet_length(text)), 0) AS bytes FROM message WHERE seq >= ? AND seq < ?',
  );
  const deliveriesAfter = store.prepare(
    `SELECT id, channel_id, message_seq FROM delivery WHERE id > ? ORDER BY id ${LIMIT_BOUND}`,
  );
  const lastIdTo = store.prepare('SELECT id FROM message WHERE seq <= ? ORDER BY seq DESC LIMIT 1');
  const addUnindexed = search.prepare('INSERT INTO unindexed VALUES (?)');
  const addToChannel = search.prepare('INSERT OR IGNORE INTO channel_message VALUES (?, ?)');
  const addToZone = search.prepare(
    `INSERT INTO zone VALUES (?1, ?2, ?2) ON CONFLICT (zone) DO UPDATE
     SET first_id = min(first_id, excluded.first_id), last_id = max(last_id, excluded.last_id)`,
  );
  const setProgress = search.prepare('UPDATE progress SET message_seq = ?, message_id = ?, delivery_id = ?');
  const totalChanges = search.prepare('SELECT total_changes() AS count');
  let volume = openVolume(search, volumeOf(readProgress(search).messageSeq + 1));
  let merging = true;

  /**
   * @param pages negative: towards a single segment.
   * @returns whether there was anything to merge.
   */
  function merge(pages: number): boolean {
    const before = countChanges();
    volume.merge.run(pages);
    return countChanges() - before >= MERGE_CHANGES;
  }

  function countChanges(): number {
    return (totalChanges.get() as { count: number }).count;
  }

  /** The block after the last one that a step may add. */
  function endOfStep(firstBlock: number, endBlock: number): number {
    const end = Math.min(
      endBlock,
      firstBlock + STEP_MESSAGES / BLOCK,
      ((volume.number + 1) * VOLUME) / BLOCK,
    );
    let bytes = 0;
    for (let block = firstBlock; block < end; block++) {
      bytes += (sizeOf.get(block * BLOCK, (block + 1) * BLOCK) as { bytes: number }).bytes;
      if (bytes > STEP_BYTES) return block + 1;
    }
    return end;
  }

  /** @returns the block's own tokens. */
  function addMessages(block: number): string {
    const rows = textsOf.all(block * BLOCK, (block + 1) * BLOCK) as unknown as TextRow[];
    const codes = new Set<number>();
    for (const { seq, id, text } of rows) {
      const tokens = gramTokens(text);
      if (tokens === null) addUnindexed.run(seq);
      else volume.add.run(rowidOfMessage(seq), tokens);
      addBlockCodes(codes, text);
      addToZone.run(Math.floor(seq / ZONE), id);
    }
    return blockTokens(codes);
  }

  function addStep(progress: Progress, firstBlock: number, end: number, deliveries: readonly DeliveryRow[]) {
    // In the order of rowids: FTS5 begins another segment where one is smaller than the one before.
    const blocks = Array.from({ length: end - firstBlock }, (_, index) => end - 1 - index);
    const ofBlocks = blocks.map((block) => ({ block, tokens: addMessages(block) }));
    for (const { block, tokens } of ofBlocks) volume.add.run(rowidOfBlock(block), tokens);
    for (const { channel_id, message_seq } of deliveries) addToChannel.run(channel_id, message_seq);
    const messageSeq = Math.max(progress.messageSeq, end * BLOCK - 1);
    const last = lastIdTo.get(messageSeq) as { id: string } | undefined;
    setProgress.run(messageSeq, last?.id ?? null, deliveries.at(-1)?.id ?? progress.deliveryId);
  }

  return () => {
    if (merging) {
      merging = merge(MERGE_PAGES);
      return true;
    }
    const progress = readProgress(search);
    const { last } = lastSeq.get() as { last: number };
    const firstBlock = Math.floor((progress.messageSeq + 1) / BLOCK);
    const endBlock = Math.floor((last + 1) / BLOCK);
    const deliveries = deliveriesAfter.all(progress.deliveryId, STEP_DELIVERIES) as unknown as DeliveryRow[];
    if (firstBlock >= endBlock && deliveries.length < BLOCK) return false;

    const wanted = volumeOf(firstBlock * BLOCK);
    if (volume.number !== wanted) {
      // A full volume becomes a single segment, the fastest to search.
      if (merge(-MERGE_PAGES)) return true;
      volume = openVolume(search, wanted);
    }
    search.exec('BEGIN IMMEDIATE');
    try {
      addStep(progress, firstBlock, endOfStep(firstBlock, endBlock), deliveries);
      search.exec('COMMIT');
    } catch (error) {
      if (search.isTransaction) search.exec('ROLLBACK');
      throw error;
    }
    merging = true;
    return true;
  };
}

function openVolume(search: DatabaseSync, number: number): Volume {
  search.exec(volumeSchema(number));
  const name = `gram_${number}`;
  return {
    number,
    add: search.prepare(`INSERT INTO ${name} (rowid, tokens) VALUES (?, ?)`),
    merge: search.prepare(`INSERT INTO ${name} (${name}, rank) VALUES ('merge', ?)`),
  };
}
