import type { DatabaseSync } from 'node:sqlite';
import { firstIdAt } from '../../core/ids.ts';
import type { LogQuery } from '../store.ts';
import { createLogCheck, type FoundRow } from './log-check.ts';
import { createSourcePicker, type Source } from './log-sources.ts';
import type { SearchIndex, SeqRange } from './search/search-index.ts';

export interface Walk {
  /** Newest first. */
  readonly rows: readonly FoundRow[];
  /** When the time was used up: every message with a larger `seq` has been looked at. Otherwise null. */
  readonly stoppedAt: number | null;
}

/** Time for one walk: a question that asks for much must not stall those that wait behind it. */
export interface WalkTime {
  readonly maxMs: number;
  /** Monotonic. */
  nowMs(): number;
}

/** How much a page takes. */
export interface PageRoom {
  readonly messages: number;
  /** Of text. One message more than fits is found, so that a page that is full is told from one that is the last. */
  readonly bytes: number;
}

/** How much one step looks at. */
interface StepSize {
  /** Without a source that names candidates. */
  readonly messages: number;
  readonly candidates: number;
}

const FIRST_STEP: StepSize = { messages: 1_024, candidates: 128 };
const SMALLEST_STEP: StepSize = { messages: 64, candidates: 64 };
/** Bounds what one step reads where every text is as long as a text can be. */
const MAX_READ = 1_024;
/** A step that took less is followed by a larger one; one that took longer, by a smaller one. */
const SHORT_STEP_MS = 5;
const LONG_STEP_MS = 40;
const STEP_FACTOR = 4;

/**
 * Finds a page of the push log: a walk in short steps from the newest message back, in the order of acceptance (`seq`),
 * so that pages stay as they are while messages arrive and no two of them overlap. Each step names candidates and
 * checks them against every filter.
 *
 * @returns walks until there are more rows than `room` has place for.
 */
export function createWalkLog(db: DatabaseSync, { maxMs, nowMs }: WalkTime) {
  const newest = db.prepare('SELECT coalesce(max(seq), 0) AS seq FROM message');
  const atOrBefore = db.prepare('SELECT seq, id FROM message WHERE id <= ? ORDER BY id DESC LIMIT 1');
  const channelIdsOf = db.prepare('SELECT id FROM channel WHERE name = ?');
  const pickSources = createSourcePicker(db);

  function findChannelIds(name: string): number[] {
    return channelIdsOf.all(name).map((row) => (row as { id: number }).id);
  }

  /** Where the page begins. */
  function topOf({ beforeId }: LogQuery): number {
    if (beforeId === undefined) return (newest.get() as { seq: number }).seq;
    const row = atOrBefore.get(beforeId) as { seq: number; id: string } | undefined;
    if (row === undefined) return 0;
    return row.id === beforeId ? row.seq - 1 : row.seq;
  }

  /** What to look at, newest first, and by which source. */
  function plan(query: LogQuery, channelIds: readonly number[] | null, index: SearchIndex | null) {
    const top = topOf(query);
    const indexedTo = Math.min(top, index?.progress().messageSeq ?? 0);
    const sources = pickSources(query, channelIds, index);
    const parts: { range: SeqRange; source: Source }[] = [];
    if (top > indexedTo) parts.push({ range: { after: indexedTo, upTo: top }, source: sources.newest });
    for (const range of narrow({ after: 0, upTo: indexedTo }, query, index)) {
      parts.push({ range, source: sources.indexed });
    }
    return parts;
  }

  return (query: LogQuery, room: PageRoom, index: SearchIndex | null): Walk => {
    const startedMs = nowMs();
    const channelIds = query.channel === undefined ? null : findChannelIds(query.channel);
    if (channelIds?.length === 0) return { rows: [], stoppedAt: null };
    const check = createLogCheck(db, query, channelIds);
    const rows: FoundRow[] = [];
    let bytes = 0;
    const isFull = () => rows.length > room.messages || (rows.length > 1 && bytes > room.bytes);
    let steps = 0;
    for (const { range, source } of plan(query, channelIds, index)) {
      let { upTo } = range;
      let size = FIRST_STEP;
      while (upTo > range.after) {
        const stepStartedMs = nowMs();
        // At least one step, so that asking on always comes to an end.
        if (steps > 0 && stepStartedMs - startedMs > maxMs) return { rows, stoppedAt: upTo };
        steps++;
        const { found, after } = look(source, { after: range.after, upTo }, size);
        for (const row of found) {
          rows.push(row);
          bytes += row.bytes;
          if (isFull()) return { rows, stoppedAt: null };
        }
        upTo = after;
        size = nextSize(size, nowMs() - stepStartedMs, source === null && query.text !== undefined);
      }
    }
    return { rows, stoppedAt: null };

    /** One step, and where it ends. */
    function look(source: Source, { after, upTo }: SeqRange, size: StepSize) {
      const missing = room.messages + 1 - rows.length;
      if (source === null) {
        const step = { after: Math.max(after, upTo - size.messages), upTo };
        return { found: check.range(step, missing), after: step.after };
      }
      const candidates = source({ after, upTo }, size.candidates);
      return { found: check.listed(candidates.seqs, missing), after: candidates.after };
    }
  };
}

/** The parts of the indexed range that may hold messages of the time asked for. */
function narrow(range: SeqRange, { sinceMs, untilMs }: LogQuery, index: SearchIndex | null): SeqRange[] {
  if (range.upTo === 0) return [];
  if (index === null || (sinceMs === undefined && untilMs === undefined)) return [range];
  return index.narrow(
    range,
    sinceMs === undefined ? null : firstIdAt(sinceMs),
    untilMs === undefined ? null : firstIdAt(untilMs),
  );
}

/** @param reads whether every message of the step has its text read. */
function nextSize({ messages, candidates }: StepSize, tookMs: number, reads: boolean): StepSize {
  const factor = tookMs < SHORT_STEP_MS ? STEP_FACTOR : tookMs > LONG_STEP_MS ? 1 / STEP_FACTOR : 1;
  return {
    messages: clamp(messages * factor, SMALLEST_STEP.messages, reads ? MAX_READ : Number.MAX_SAFE_INTEGER),
    candidates: clamp(candidates * factor, SMALLEST_STEP.candidates, MAX_READ),
  };
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}
