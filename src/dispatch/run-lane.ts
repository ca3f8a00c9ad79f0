import { createBag } from '../core/bag.ts';
import type { Clock } from '../core/clock.ts';
import type { NextStep } from '../core/delivery.ts';
import type { OnLeaving } from '../core/on-leaving.ts';
import type { Outcome } from '../core/outcome.ts';
import type { RateLimitWindow } from '../core/rate-windows.ts';
import type { InFlightMarks } from '../store/in-flight.ts';
import {
  type ChannelRef,
  type RecordAttemptCommand,
  type Store,
  StoreError,
  type TakeTurnsCommand,
  type Turn,
} from '../store/store.ts';
import { type DeliveryPolicy, decideNextStep } from './retry-decision.ts';
import type { TextLoans } from './text-loans.ts';
import { createTextRoom } from './text-room.ts';
import type { Waker } from './waker.ts';

/** How long a lane keeps still after the store or a bug has stopped it. */
const TROUBLE_WAIT_MS = 1_000;

/** What a lane needs of a channel: one attempt is one request. Never throws. */
export interface Sender {
  send(
    part: { messageId: string; text: string; partIndex: number },
    onLeaving: OnLeaving,
  ): Promise<SendResult>;
}

export interface SendResult {
  readonly outcome: Outcome;
  /** The text has parts after this one. */
  readonly moreParts: boolean;
  readonly durationMs: number;
}

/** What a lane reports while it works. */
export interface LaneEvents {
  attemptEnded(channel: string, turn: Turn, result: SendResult, next: NextStep): void;
  /** The endpoint is stopped: what waited for it failed without an attempt. */
  failedUnsent(channel: string, count: number): void;
  /** What an earlier process left in flight has failed for good. */
  failedAtStart(channel: string): void;
  /** `error` null: the store works again. */
  storeTrouble(channel: string, error: StoreError | null): void;
  bug(channel: string, error: unknown): void;
}

/** Groups that do not answer keep what they borrow until their deadlines, so they have room of their own to borrow from. */
export interface LentText {
  readonly toAnswering: TextLoans;
  readonly toSilent: TextLoans;
}

export interface LaneDeps {
  readonly store: Pick<Store, 'takeTurns' | 'recordAttempt'>;
  readonly channel: ChannelRef;
  /** Requests in flight at most. The windows allow fewer on every chat platform. */
  readonly maxInFlight: number;
  /** Bytes of text in hand at most, but for what is borrowed. */
  readonly maxText: number;
  readonly textLoans: LentText;
  readonly sender: Sender;
  readonly windows: readonly RateLimitWindow[];
  readonly ordered: boolean;
  readonly policy: DeliveryPolicy;
  readonly clock: Clock;
  readonly random: () => number;
  readonly events: LaneEvents;
  readonly inFlight: InFlightMarks;
  readonly waker: Waker;
  /** The other lanes of the same endpoint, which share its slots, and at last this one. */
  readonly wakersOfEndpoint: readonly Waker[];
}

/**
 * One lane per channel: take turns, send, decide, record. After `stop` aborts it takes no more turns, and it returns
 * once the attempts in flight have ended and are recorded.
 */
export async function runLane(deps: LaneDeps, stop: AbortSignal): Promise<void> {
  const { maxInFlight, maxText, textLoans } = deps;
  let lastAnswered = true;
  const textRoom = createTextRoom(maxText, () => (lastAnswered ? textLoans.toAnswering : textLoans.toSilent));
  /** Attempts until their request has ended, and until its end is recorded. */
  const sending = createBag<Turn>();
  const unrecorded = createBag<Promise<void>>();
  const trouble = createTroubleReport(deps);

  function serve(turn: Turn): void {
    const dropText = textRoom.take(Buffer.byteLength(turn.text));
    const endSending = sending.add(turn);
    const serving = serveTurn(deps, turn, trouble, ({ outcome }) => {
      lastAnswered = outcome.httpStatus !== null;
      const wasFull = sending.size >= maxInFlight;
      endSending();
      if (wasFull) deps.waker.wake();
    })
      // The attempt stays `sending`; the next start settles it.
      .catch((error: unknown) => deps.events.bug(deps.channel.name, error))
      .then((next) => {
        endSending();
        endRecording();
        dropText();
        wakeEndpoint(deps, next ?? null);
      });
    const endRecording = unrecorded.add(serving);
  }

  /** In a function of its own, so that a lane at rest keeps no text alive. */
  async function serveDue() {
    // A slow disk makes the attempts wait for their records, and the lane for those.
    const limit = Math.min(maxInFlight - sending.size, 2 * maxInFlight - unrecorded.size);
    const { turns, ...rest } = await takeTurns(deps, { limit, textRoom: textRoom.free() }, trouble, stop);
    for (const turn of turns) serve(turn);
    return rest;
  }

  stop.addEventListener('abort', deps.waker.wake, { once: true });
  while (!stop.aborted) {
    const { failedUnsent, waitMs, heldUp, textWanted } = await serveDue();
    if (failedUnsent > 0) deps.events.failedUnsent(deps.channel.name, failedUnsent);
    if (textRoom.isEmpty()) {
      textRoom.giveLoanBack();
      if (textWanted > 0) {
        await textRoom.borrow(textWanted);
        continue;
      }
    }
    // `accept` wakes a lane that waits for work, the end of an attempt one that waits for room (`wakeEndpoint`), and a
    // request's end one that could have no more in flight.
    if (waitMs !== 0) await deps.waker.sleep(waitMs, heldUp ? 'room' : 'work');
  }
  await Promise.all(unrecorded.items());
}

const NO_TURNS = { turns: [], failedUnsent: 0, textWanted: 0 };

/** In one transaction: due deliveries leased, their attempts written, their slots booked. */
async function takeTurns(
  deps: LaneDeps,
  { limit, textRoom }: Pick<TakeTurnsCommand, 'limit' | 'textRoom'>,
  trouble: TroubleReport,
  stop: AbortSignal,
) {
  if (limit <= 0 || textRoom <= 0) return { ...NO_TURNS, waitMs: null, heldUp: true };
  const { store, channel, windows, ordered, clock } = deps;
  try {
    const { channelId, endpointId } = channel;
    const taken = await store.takeTurns({ channelId, endpointId, windows, ordered, limit, textRoom });
    trouble.over();
    return taken;
  } catch (error) {
    trouble.report(error);
    await clock.wait(TROUBLE_WAIT_MS, stop);
    return { ...NO_TURNS, waitMs: 0, heldUp: false };
  }
}

/**
 * What has ended for good makes room for what is held up. Anything else may have changed what is due, and when. Without the
 * difference, each message at rest costs one transaction more, which finds nothing.
 *
 * @param next null: not recorded.
 */
function wakeEndpoint({ wakersOfEndpoint }: LaneDeps, next: NextStep | null): void {
  const endedForGood = next?.kind === 'delivered' || (next?.kind === 'failed' && next.stopsEndpoint === null);
  for (const waker of wakersOfEndpoint) {
    if (endedForGood) waker.wakeFor('room');
    else waker.wake();
  }
}

/** @returns null when the end of the attempt could not be recorded. */
async function serveTurn(
  deps: LaneDeps,
  turn: Turn,
  trouble: TroubleReport,
  onSent: (result: SendResult) => void,
): Promise<NextStep | null> {
  const { sender, policy, random, events, inFlight, channel } = deps;
  const { messageId, text, partIndex, retriesUsed, limitsInARow, attemptId, deliveryId } = turn;
  const mark = inFlight.mark(attemptId);
  const result = await sender.send({ messageId, text, partIndex }, mark.leaving);
  onSent(result);
  const { outcome, moreParts, durationMs } = result;
  const next = decideNextStep({ outcome, moreParts, retriesUsed, limitsInARow }, policy, random());
  // A crash between the two marks leaves the attempt `unknown`, and the message may go again: twice at worst, never zero times.
  mark.ended({ durationMs, outcome, next });
  const recorded = await recordUntilDone(deps, { attemptId, deliveryId, durationMs, outcome, next }, trouble);
  if (!recorded) return null;
  mark.release();
  events.attemptEnded(channel.name, turn, result, next);
  return next;
}

/**
 * An outcome that is known must not get lost: a second send would follow. So it is tried until the store works again.
 *
 * @returns false when it cannot be recorded in this run: the store is gone for good, or a bug.
 */
async function recordUntilDone(
  deps: LaneDeps,
  command: RecordAttemptCommand,
  trouble: TroubleReport,
): Promise<boolean> {
  for (;;) {
    try {
      await deps.store.recordAttempt(command);
      return true;
    } catch (error) {
      trouble.report(error);
      if (!(error instanceof StoreError) || error.kind !== 'unavailable') return false;
      await deps.clock.wait(TROUBLE_WAIT_MS);
    }
  }
}

interface TroubleReport {
  report(error: unknown): void;
  over(): void;
}

/** Reports trouble with the store when it begins and when it is over, not once a second. */
function createTroubleReport({ channel, events }: LaneDeps): TroubleReport {
  let inTrouble = false;
  return {
    report(error) {
      if (!(error instanceof StoreError)) {
        events.bug(channel.name, error);
        return;
      }
      if (error.kind === 'closed') return;
      if (!inTrouble) events.storeTrouble(channel.name, error);
      inTrouble = true;
    },
    over() {
      if (inTrouble) events.storeTrouble(channel.name, null);
      inTrouble = false;
    },
  };
}
