import type { Clock } from '../core/clock.ts';
import { type RateLimitWindow, strictestWindows } from '../core/rate-windows.ts';
import type { InFlightMarks } from '../store/in-flight.ts';
import type { ChannelRef, Store } from '../store/store.ts';
import type { DeliveryPolicy } from './retry-decision.ts';
import { type LaneEvents, runLane, type Sender } from './run-lane.ts';
import { type Interrupted, settleInterrupted } from './settle-interrupted.ts';
import { createTextLoans } from './text-loans.ts';
import { createWaker, type Waker } from './waker.ts';

/** How long a stop waits for the store to record the requests that were given up. */
const RECORD_GRACE_MS = 1_000;

/** Requests of one channel in flight at most. */
const MAX_IN_FLIGHT = 128;

/**
 * Bytes of text in hand at most, shared out equally, so that one slow group cannot take it from the others. While it is sent
 * it stands in memory several times: as a text, as the body of a request, on its way to the socket.
 */
const MAX_TEXT_IN_HAND = 16 * 1024 * 1024;
/** The same for texts that are longer than the share of their channel … */
const MAX_LENT_TEXT = 16 * 1024 * 1024;
/** … and for those of channels whose last request was not answered. */
const MAX_LENT_TO_SILENT = 8 * 1024 * 1024;

/** A channel as the dispatcher serves it. */
export interface LaneConfig {
  readonly ref: ChannelRef;
  readonly sender: Sender;
  readonly windows: readonly RateLimitWindow[];
  readonly ordered: boolean;
  readonly policy: DeliveryPolicy;
}

export interface DispatcherDeps {
  readonly store: Pick<Store, 'takeTurns' | 'recordAttempt' | 'listInterrupted'>;
  readonly inFlight: InFlightMarks;
  readonly lanes: readonly LaneConfig[];
  /** Requests of all of them in flight at most, but for one of each. */
  readonly maxInFlight: number;
  /** For deliveries of channels that are no longer configured. */
  readonly defaultPolicy: DeliveryPolicy;
  readonly clock: Clock;
  readonly random: () => number;
  readonly events: LaneEvents;
}

export interface Dispatcher {
  /** Tells the lanes of these channels that there are new deliveries. */
  wakeForWork(channelIds: readonly number[]): void;
  /** Tells them that something else has changed. */
  wake(channelIds: readonly number[]): void;
  /**
   * Takes no more turns and waits for what is in flight, `graceMs` at most. Then `giveUp` shall end the requests that
   * still run, and what they learned is recorded too.
   */
  stop(graceMs: number, giveUp: () => void): Promise<void>;
}

/** Settles what an earlier process left in flight, then runs one lane per channel. Lanes share nothing but room for long texts. */
export async function startDispatcher(
  deps: DispatcherDeps,
): Promise<Dispatcher & { interrupted: Interrupted }> {
  const { store, inFlight, lanes, clock, random, events } = deps;
  const policies = new Map(lanes.map(({ ref, policy }) => [ref.name, policy]));
  const interrupted = await settleInterrupted({
    store,
    leftBehind: inFlight.leftBehind,
    policyOf: (name) => policies.get(name) ?? deps.defaultPolicy,
    random,
    onFailed: events.failedAtStart,
  });
  inFlight.begin();

  const maxInFlight = Math.max(1, Math.min(MAX_IN_FLIGHT, Math.floor(deps.maxInFlight / lanes.length)));
  const stopping = new AbortController();
  const textLoans = {
    toAnswering: createTextLoans(MAX_LENT_TEXT, stopping.signal),
    toSilent: createTextLoans(MAX_LENT_TO_SILENT, stopping.signal),
  };
  const wakers = new Map<number, Waker>();
  const wakersOfEndpoint = new Map<number, Waker[]>();
  for (const { ref } of lanes) {
    const waker = createWaker(clock);
    wakers.set(ref.channelId, waker);
    wakersOfEndpoint.set(ref.endpointId, [...(wakersOfEndpoint.get(ref.endpointId) ?? []), waker]);
  }

  const running = lanes.map(({ ref, sender, ordered, policy }) => {
    const waker = wakers.get(ref.channelId) ?? createWaker(clock);
    const ofEndpoint = wakersOfEndpoint.get(ref.endpointId) ?? [];
    // Who is woken first sleeps first and has the next slot. So each lane lets the others go before it, in turn: else the
    // first one would have every slot until its backlog is gone.
    const own = ofEndpoint.indexOf(waker);
    const othersFirst = [...ofEndpoint.slice(own + 1), ...ofEndpoint.slice(0, own + 1)];
    const sharing = lanes.filter((other) => other.ref.endpointId === ref.endpointId);
    const windows = strictestWindows(sharing.map((other) => other.windows));
    return runLane(
      {
        store,
        channel: ref,
        maxInFlight,
        maxText: Math.ceil(MAX_TEXT_IN_HAND / lanes.length),
        textLoans,
        sender,
        windows,
        ordered,
        policy,
        clock,
        random,
        events,
        inFlight,
        waker,
        wakersOfEndpoint: othersFirst,
      },
      stopping.signal,
    );
  });

  return {
    interrupted,
    wakeForWork(channelIds) {
      for (const id of channelIds) wakers.get(id)?.wakeFor('work');
    },
    wake(channelIds) {
      for (const id of channelIds) wakers.get(id)?.wake();
    },
    async stop(graceMs, giveUp) {
      stopping.abort();
      const ended = Promise.all(running);
      await withinMs(ended, graceMs, clock);
      giveUp();
      await withinMs(ended, RECORD_GRACE_MS, clock);
    },
  };
}

async function withinMs(work: Promise<unknown>, limitMs: number, clock: Clock): Promise<void> {
  const over = new AbortController();
  await Promise.race([work, clock.wait(limitMs, over.signal)]);
  over.abort();
}
