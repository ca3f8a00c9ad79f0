import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import type { NextStep } from '../../src/core/delivery.ts';
import { createIds, timeOfId } from '../../src/core/ids.ts';
import type { Outcome } from '../../src/core/outcome.ts';
import type { RateLimitWindow } from '../../src/core/rate-windows.ts';
import type { ChannelRef, RecordAttemptCommand, Store, Turn, Turns } from '../../src/store/store.ts';
import { createSimulatedClock, type SimulatedClock } from '../support/simulated-clock.ts';

/** A store under test on a clock that the test moves. `reopen` closes it and opens the same data again, as after a restart. */
export interface StoreUnderTest {
  readonly store: Store;
  reopen(clock: SimulatedClock): Promise<StoreUnderTest>;
  close(): Promise<void>;
}

export const OK: Outcome = {
  kind: 'ok',
  httpStatus: 200,
  platformCode: '0',
  response: '{"errcode":0}',
  error: null,
};
export const ERROR = { zh: '忙', en: 'busy' };
export const BUSY: Outcome = {
  kind: 'transient',
  httpStatus: 503,
  platformCode: '503',
  response: null,
  error: ERROR,
};
export const UNKNOWN: Outcome = {
  kind: 'unknown',
  httpStatus: null,
  platformCode: null,
  response: null,
  error: ERROR,
};
export const DELIVERED: NextStep = { kind: 'delivered' };
export const FAILED: NextStep = { kind: 'failed', error: ERROR, stopsEndpoint: null };
/** What a lane gets when nothing is due, or when its endpoint may not be sent to. */
export const nothingFor = (waitMs: number | null): Turns => ({
  turns: [],
  failedUnsent: 0,
  waitMs,
  heldUp: false,
  textWanted: 0,
});
export const heldUpFor = (waitMs: number | null): Turns => ({ ...nothingFor(waitMs), heldUp: true });

export const retryIn = (waitMs: number): NextStep => ({ kind: 'retry', waitMs, error: ERROR });

interface TakeOptions {
  readonly limit?: number;
  readonly textRoom?: number;
  readonly ordered?: boolean;
  readonly windows?: readonly RateLimitWindow[];
}

/** A store for the tests of one suite, and what they do with it. */
export function useStore(open: (clock: SimulatedClock) => Promise<StoreUnderTest>) {
  let clock: SimulatedClock;
  let underTest: StoreUnderTest;
  const newId = createIds();

  before(async () => {
    clock = createSimulatedClock();
    underTest = await open(clock);
  });
  after(() => underTest.close());

  let channelCount = 0;
  /** Channels of its own for each test, so that tests do not meet. */
  async function newChannel(endpointHash?: string): Promise<ChannelRef> {
    const channel = `channel-${++channelCount}`;
    const [ref] = await underTest.store.registerChannels([
      { name: channel, providerId: 'webhook', endpointHash: endpointHash ?? `hash of ${channel}` },
    ]);
    assert.ok(ref);
    return ref;
  }

  async function accept(channels: readonly ChannelRef[], text = 'hello', requestId: string | null = null) {
    const id = newId(clock.wallMs());
    const message = { id, requestId, msgType: 'text', text, createdAtMs: timeOfId(id) } as const;
    return {
      id,
      result: await underTest.store.accept({
        message,
        channelIds: channels.map(({ channelId }) => channelId),
      }),
    };
  }

  const take = (
    { channelId, endpointId }: ChannelRef,
    { limit = 10, textRoom = 1_000, ordered = false, windows = [] }: TakeOptions = {},
  ) => underTest.store.takeTurns({ channelId, endpointId, windows, limit, textRoom, ordered });

  const record = (turn: Turn, outcome: Outcome, next: RecordAttemptCommand['next']) =>
    underTest.store.recordAttempt({
      attemptId: turn.attemptId,
      deliveryId: turn.deliveryId,
      durationMs: 12.5,
      outcome,
      next,
    });

  async function takeOne(channel: ChannelRef, options?: TakeOptions): Promise<Turn> {
    const { turns } = await take(channel, { ...options, limit: 1 });
    assert.equal(turns.length, 1);
    return turns[0] as Turn;
  }

  async function deliveryOf(messageId: string) {
    const entry = await underTest.store.getMessage(messageId);
    const delivery = entry?.deliveries[0];
    assert.ok(delivery);
    return delivery;
  }

  async function restart(atClock: SimulatedClock = clock): Promise<void> {
    underTest = await underTest.reopen(atClock);
    clock = atClock;
  }

  return {
    /** Another one after a restart. */
    get store() {
      return underTest.store;
    },
    get clock() {
      return clock;
    },
    newId,
    newChannel,
    accept,
    take,
    takeOne,
    record,
    deliveryOf,
    restart,
  };
}
