import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../core/clock.ts';
import { localText } from '../texts/texts.ts';
import { describeArrival } from './control.ts';
import type { Fault, Faults } from './faults.ts';
import type { Group } from './group.ts';
import type { History } from './history.ts';
import type { LiveEvents } from './live-events.ts';
import type { PlatformId } from './platforms.ts';
import { readBody } from './read-body.ts';
import { sendAnswer, sendFaulty } from './send-answer.ts';
import {
  type Answer,
  type PlatformRequest,
  type Ruling,
  refused,
  type StandIn,
  textAnswer,
} from './stand-in.ts';

/** A stand-in with its name. */
export interface NamedStandIn extends StandIn {
  readonly id: PlatformId;
}

export interface PlatformDeps {
  readonly groups: readonly Group[];
  readonly history: History;
  readonly faults: Faults;
  readonly events: LiveEvents;
  readonly clock: Clock;
  /** Aborts when the sandbox closes. */
  readonly closing: AbortSignal;
}

/** One request to a platform: read, ruled on (or met by a scripted fault), written down, answered. */
export async function servePlatform(
  deps: PlatformDeps,
  standIn: NamedStandIn,
  incoming: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const { clock, closing } = deps;
  const read = await readBody(incoming, standIn.bodyLimitBytes);
  if (read === null) return;
  const seenNow = (): PlatformRequest => ({
    method: incoming.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    headers: incoming.headers,
    body: read.body,
    bodyTooLarge: read.tooLarge,
    ip: (incoming.socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
    wallMs: clock.wallMs(),
    monotonicMs: clock.monotonicMs(),
  });
  const target = url.pathname + url.search;
  const arrived = seenNow();
  const fault = deps.faults.next(standIn.findGroup(arrived)?.id ?? null, standIn.id);
  if (fault === null) {
    const ruling = await standIn.rule(arrived);
    record(deps, standIn, arrived, target, ruling, ruling.answer.status);
    sendAnswer(response, ruling.answer);
    return;
  }
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const signal = AbortSignal.any([gone.signal, closing]);
  if (fault.kind === 'delay') await clock.wait(fault.delayMs, signal);
  if (closing.aborted) return;
  const request = seenNow();
  const scripted = scriptedAnswer(standIn, request, fault);
  const ruling = fault.taken ? await standIn.rule(request) : refused(scripted ?? NO_ANSWER, SCRIPTED);
  const answer = scripted ?? ruling.answer;
  const silent = fault.kind === 'hang' || fault.kind === 'reset';
  record(deps, standIn, request, target, { ...ruling, answer }, silent ? null : answer.status);
  await sendFaulty(response, answer, fault, clock, signal);
}

const SCRIPTED = localText((t) => t.sandbox.why.scripted);
const NO_ANSWER: Answer = textAnswer(200, '');

/** null: the fault leaves the answer to the platform's rules. */
function scriptedAnswer(standIn: StandIn, request: PlatformRequest, fault: Fault): Answer | null {
  if (fault.kind === 'fail') return standIn.busy(request);
  if (fault.kind === 'limit') return standIn.tooFast(request);
  if (fault.kind === 'status') return { status: fault.status, headers: fault.headers, body: fault.body };
  return null;
}

/** Writes down what became of a request, at its group or, without one, at the first of its platform. */
function record(
  deps: PlatformDeps,
  standIn: NamedStandIn,
  request: PlatformRequest,
  target: string,
  ruling: Ruling,
  status: number | null,
): void {
  if (ruling.kind === 'looked') return;
  const group = standIn.findGroup(request) ?? deps.groups.find(({ platform }) => platform === standIn.id);
  if (!group) return;
  const arrival = deps.history.add(group, request, target, {
    verdict: ruling.kind,
    posts: ruling.kind === 'refused' ? [] : ruling.posts,
    why: ruling.kind === 'refused' ? ruling.why : null,
    status,
    answer: status === null ? '' : ruling.answer.body,
  });
  const counts = deps.history.counts(group.id);
  deps.events.send('arrival', { group: group.id, counts, arrival: describeArrival(arrival) });
}
