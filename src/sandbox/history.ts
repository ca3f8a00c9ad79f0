import type { IncomingHttpHeaders } from 'node:http';
import type { LocalText } from '../core/local-text.ts';
import type { Group } from './group.ts';
import type { PlatformId } from './platforms.ts';
import type { PlatformRequest, Shown } from './stand-in.ts';

/** One request that reached a group, and what became of it. */
export interface Arrival {
  /** From 1, over all groups. */
  readonly seq: number;
  /** The sandbox's wall clock. */
  readonly atMs: number;
  /** The sandbox's monotonic clock: for tests of spacing. */
  readonly monotonicMs: number;
  readonly verdict: 'shown' | 'repeat' | 'refused';
  /** What members see; several when the platform split the message; what would have been shown for a repeat. */
  readonly posts: readonly Shown[];
  /** Why it was refused; else null. */
  readonly why: LocalText | null;
  /** null: no answer was given (a scripted fault). */
  readonly status: number | null;
  /** The start of the answer's body. */
  readonly answer: string;
  readonly request: {
    readonly method: string;
    /** Path and query. */
    readonly target: string;
    readonly headers: IncomingHttpHeaders;
    readonly bodyBytes: number;
    /** The start of the body. */
    readonly body: string;
  };
}

export interface GroupView {
  readonly id: string;
  readonly platform: PlatformId;
  /** Since the start or the last reset, also of what is no longer kept. */
  readonly counts: { readonly shown: number; readonly refused: number; readonly repeats: number };
  /** The last of each kind, oldest first. */
  readonly arrivals: readonly Arrival[];
}

/** Characters kept of a request's body and of an answer. */
const MAX_BODY = 65_536;
const MAX_ANSWER = 2_000;

export interface History {
  add(
    group: Group,
    request: PlatformRequest,
    target: string,
    result: Omit<Arrival, 'seq' | 'atMs' | 'monotonicMs' | 'request'>,
  ): Arrival;
  counts(groupId: string): GroupView['counts'];
  view(): readonly GroupView[];
  clear(): void;
}

/** @param keep messages kept per group, and as many refusals, so that a storm of refusals hides no message. */
export function openHistory(groups: readonly Group[], keep: number): History {
  const kept = new Map(groups.map((group) => [group.id, emptyEntry()]));
  let seq = 0;
  const counts = (groupId: string) => {
    const { shown, refused, repeat } = (kept.get(groupId) ?? emptyEntry()).counts;
    return { shown, refused, repeats: repeat };
  };
  return {
    add(group, request, target, result) {
      const entry = kept.get(group.id) ?? emptyEntry();
      seq++;
      const arrival: Arrival = {
        ...result,
        seq,
        atMs: request.wallMs,
        monotonicMs: request.monotonicMs,
        answer: result.answer.slice(0, MAX_ANSWER),
        request: {
          method: request.method,
          target,
          headers: request.headers,
          bodyBytes: request.body.length,
          body: request.body
            .subarray(0, MAX_BODY * 4)
            .toString('utf8')
            .slice(0, MAX_BODY),
        },
      };
      entry.counts[result.verdict]++;
      const list = result.verdict === 'refused' ? entry.refused : entry.shown;
      list.push(arrival);
      if (list.length > keep) list.shift();
      return arrival;
    },
    counts,
    view: () =>
      groups.map(({ id, platform }) => {
        const { shown, refused } = kept.get(id) ?? emptyEntry();
        const arrivals = [...shown, ...refused].sort((a, b) => a.seq - b.seq);
        return {
          id,
          platform,
          counts: counts(id),
          arrivals,
        };
      }),
    clear() {
      for (const { id } of groups) kept.set(id, emptyEntry());
    },
  };
}

function emptyEntry() {
  return {
    counts: { shown: 0, repeat: 0, refused: 0 },
    shown: [] as Arrival[],
    refused: [] as Arrival[],
  };
}
