import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSimulatedClock } from '../../test/support/simulated-clock.ts';
import { createIds } from '../core/ids.ts';
import type { Outcome } from '../core/outcome.ts';
import type { RateLimitWindow } from '../core/rate-windows.ts';
import { noMarks } from '../store/in-flight.ts';
import { openInlineStore } from '../store/sqlite/inline-store.ts';
import { IN_MEMORY } from '../store/sqlite/open-database.ts';
import { type ChannelRef, type Store, StoreError } from '../store/store.ts';
import { startDispatcher } from './dispatcher.ts';
import type { DeliveryPolicy } from './retry-decision.ts';
import type { LaneEvents, SendResult } from './run-lane.ts';

// Goal: what a lane does with its time. Method: the real store and dispatcher on a simulated clock, a scripted sender.

const error = { zh: '忙', en: 'busy' };
const outcome = (kind: Outcome['kind'], pauseMs?: number): Outcome => ({
  kind,
  platformCode: null,
  httpStatus: 200,
  response: null,
  error: kind === 'ok' ? null : error,
  ...(pauseMs === undefined ? {} : { pauseMs }),
});
const policy: DeliveryPolicy = {
  retry: { count: 3, intervalMs: 10_000, factor: 1, jitter: false },
  onUncertain: 'retry',
};

interface Sent {
  readonly text: string;
  readonly atMs: number;
}

interface LaneOptions {
  readonly windows?: readonly RateLimitWindow[];
  readonly ordered?: boolean;
  readonly latencyMs?: number;
  /** Outcomes in the order of the requests; ok when it runs out. */
  readonly script?: readonly Outcome[];
  readonly beforeCommand?: (name: string) => void;
}

async function startLane(options: LaneOptions = {}) {
  const { windows = [], ordered = false, latencyMs = 100 } = options;
  const clock = createSimulatedClock();
  const calls = { takeTurns: 0 };
  const store = openInlineStore({
    path: IN_MEMORY,
    clock,
    beforeCommand(name) {
      if (name === 'takeTurns') calls.takeTurns++;
      options.beforeCommand?.(name);
    },
  });
  const [ref] = await store.registerChannels([{ name: 'group', providerId: 'webhook', endpointHash: 'h' }]);
  assert.ok(ref);
  const sent: Sent[] = [];
  const script = [...(options.script ?? [])];
  const sender = {
    async send({ text }: { text: string }): Promise<SendResult> {
      sent.push({ text, atMs: clock.monotonicMs() });
      await clock.wait(latencyMs);
      return { outcome: script.shift() ?? outcome('ok'), moreParts: false, durationMs: latencyMs };
    },
  };
  const troubles: (StoreError | null)[] = [];
  const events: LaneEvents = {
    attemptEnded: () => undefined,
    failedUnsent: () => undefined,
    failedAtStart: () => undefined,
    storeTrouble: (_channel, trouble) => troubles.push(trouble),
    bug: (_channel, bug) => assert.fail(bug as Error),
  };
  const lanes = [{ ref, sender, windows, ordered, policy }];
  const dispatcher = await startDispatcher({
    store,
    inFlight: noMarks,
    lanes,
    maxInFlight: 1_000,
    defaultPolicy: policy,
    clock,
    random: () => 0.5,
    events,
  });
  const newId = createIds(() => 0.5);
  const post = async (text: string) => {
    const id = newId(clock.wallMs());
    const message = { id, requestId: null, msgType: 'text', text, createdAtMs: clock.wallMs() } as const;
    await store.accept({ message, channelIds: [ref.channelId] });
    dispatcher.wakeForWork([ref.channelId]);
    return id;
  };
  return { clock, store, dispatcher, sent, post, calls, troubles };
}

const statusOf = async (store: Store, id: string) => (await store.getMessage(id))?.deliveries[0]?.status;
const texts = (sent: readonly Sent[]) => sent.map(({ text }) => text);

const firstChars = (sent: readonly Sent[]) => sent.map(({ text }) => text[0]);

async function postAll(post: (text: string) => Promise<string>, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 1; n <= count; n++) ids.push(await post(String(n)));
  return ids;
}

test('a message goes out at once, and a quiet lane does not poll', async () => {
  const { clock, store, sent, post, calls } = await startLane();
  await clock.advance(0);
  const before = calls.takeTurns;
  await clock.advance(86_400_000);
  assert.equal(calls.takeTurns, before);
  const id = await post('hello');
  await clock.advance(100);
  assert.deepEqual(sent, [{ text: 'hello', atMs: 86_400_000 }]);
  await clock.advance(0);
  assert.equal(await statusOf(store, id), 'delivered');
});

test('long texts have fewer requests at once, so that they do not fill the memory', async () => {
  const { clock, store, sent, post, calls } = await startLane({ latencyMs: 1_000 });
  const ids = await postAll((n) => post(n.repeat(1024 * 1024)), 9);
  const rest = await postAll((n) => post(n.repeat(4 * 1024 * 1024)), 9);
  await clock.advance(999);
  assert.deepEqual(firstChars(sent), [...'123456789', '1']);
  const before = calls.takeTurns;
  await clock.advance(1);
  assert.deepEqual(firstChars(sent.slice(10)), [...'2345']);
  await clock.advance(1_000);
  assert.deepEqual(firstChars(sent.slice(14)), [...'6789']);
  await clock.advance(1_000);
  // One for each end that makes room, and no more.
  assert.ok(calls.takeTurns - before <= 18, `${calls.takeTurns - before} turns`);
  for (const id of [...ids, ...rest]) assert.equal(await statusOf(store, id), 'delivered');
});

test('one text that is longer than all room goes out alone', async () => {
  const { clock, store, sent, post } = await startLane();
  const long = await post('x'.repeat(20 * 1024 * 1024));
  const short = await post('short');
  await clock.advance(99);
  assert.deepEqual(firstChars(sent), ['x']);
  await clock.advance(101);
  assert.deepEqual(firstChars(sent), ['x', 's']);
  for (const id of [long, short]) assert.equal(await statusOf(store, id), 'delivered');
});

test('a message at rest costs one turn, and its end none', async () => {
  const { clock, post, calls } = await startLane();
  await clock.advance(0);
  const before = calls.takeTurns;
  await postAll(post, 1);
  await clock.advance(1_000);
  assert.equal(calls.takeTurns - before, 1);
});

test('without windows many are in flight at once, and no more than the bound', async () => {
  const { clock, sent, post } = await startLane({ latencyMs: 1_000 });
  await postAll(post, 200);
  await clock.advance(999);
  assert.equal(sent.length, 128);
  await clock.advance(1);
  await clock.advance(0);
  assert.equal(sent.length, 200);
});

test('a request that ends does not ask for more before it is recorded, unless no more could be in flight', async () => {
  const windows = [{ maxSends: 1, windowMs: 1_000 }];
  const { clock, post, calls } = await startLane({ windows });
  await postAll(post, 2);
  await clock.advance(50);
  const before = calls.takeTurns;
  await clock.advance(100);
  assert.equal(calls.takeTurns - before, 1);
});

test('new messages do not wake a lane whose endpoint may not be sent to, and none of them is late', async () => {
  const windows = [{ maxSends: 1, windowMs: 1_000 }];
  const { clock, sent, post, calls } = await startLane({ windows });
  await postAll(post, 2);
  await clock.advance(500);
  const before = calls.takeTurns;
  await postAll(post, 10);
  await clock.advance(100);
  assert.equal(calls.takeTurns, before);
  await clock.advance(500);
  assert.deepEqual(
    sent.map(({ atMs }) => atMs),
    [0, 1_100],
  );
});

test('a backlog drains at the pace of the windows, and uses them', async () => {
  const windows = [
    { maxSends: 18, windowMs: 60_000 },
    { maxSends: 1, windowMs: 1_000 },
  ];
  const { clock, sent, post } = await startLane({ windows, latencyMs: 0 });
  await postAll(post, 200);
  await clock.advance(600_000);
  const times = sent.map(({ atMs }) => atMs);
  for (const [index, atMs] of times.entries()) {
    const nineteenth = times[index + 18];
    assert.ok(
      nineteenth === undefined || nineteenth - atMs >= 60_000,
      `19 requests within ${nineteenth} - ${atMs} ms`,
    );
  }
  assert.ok(sent.length >= 180, `${sent.length} sent in ten minutes`);
});

test('a retry waits its turn while later messages pass', async () => {
  const { clock, sent, post } = await startLane({ script: [outcome('transient')] });
  await post('first');
  await clock.advance(150);
  await post('second');
  await clock.advance(60_000);
  assert.deepEqual(sent, [
    { text: 'first', atMs: 0 },
    { text: 'second', atMs: 150 },
    { text: 'first', atMs: 10_100 },
  ]);
});

test('ordered: a message waiting for its retry holds back the later ones', async () => {
  const { clock, sent, post } = await startLane({
    ordered: true,
    script: [outcome('transient'), outcome('unknown')],
  });
  await postAll(post, 3);
  await clock.advance(60_000);
  assert.deepEqual(texts(sent), ['1', '1', '1', '2', '3']);
});

test('retries end after their count', async () => {
  const script = Array.from({ length: 9 }, () => outcome('transient'));
  const { clock, store, sent, post } = await startLane({ script });
  const id = await post('never');
  await clock.advance(3_600_000);
  assert.equal(sent.length, 1 + policy.retry.count);
  assert.equal(await statusOf(store, id), 'failed');
});

test('a rate limit silences the channel for as long as the platform says, and costs no retry', async () => {
  const script = Array.from({ length: 5 }, () => outcome('rate_limited', 600_000));
  const { clock, store, sent, post } = await startLane({ ordered: true, script });
  const [id] = await postAll(post, 2);
  await clock.advance(600_000 * 5 + 10_000);
  assert.deepEqual(texts(sent), ['1', '1', '1', '1', '1', '1', '2']);
  assert.ok(
    sent.every(
      ({ atMs }, index) => index === 0 || index > 5 || atMs - (sent[index - 1]?.atMs ?? 0) >= 600_000,
    ),
  );
  assert.equal(await statusOf(store, id ?? ''), 'delivered');
});

test('while the store cannot record, nothing is sent; what was sent is not sent again; then it goes on by itself', async () => {
  let failing = false;
  const { clock, store, sent, post, troubles } = await startLane({
    ordered: true,
    beforeCommand(name) {
      if (failing && name !== 'accept') throw new StoreError('unavailable', 'disk full');
    },
  });
  const ids = await postAll(post, 3);
  await clock.advance(50);
  failing = true;
  await clock.advance(600_000);
  assert.deepEqual(texts(sent), ['1']);
  failing = false;
  await clock.advance(5_000);
  assert.deepEqual(texts(sent), ['1', '2', '3']);
  for (const id of ids) assert.equal(await statusOf(store, id), 'delivered');
  assert.deepEqual(
    troubles.map((trouble) => trouble?.kind ?? null),
    ['unavailable', null],
  );
});

test('stop: no new attempt, the one in flight is recorded, the rest stays queued', async () => {
  const { clock, store, dispatcher, sent, post } = await startLane({ ordered: true, latencyMs: 5_000 });
  const ids = await postAll(post, 2);
  await clock.advance(1_000);
  let stopped = false;
  const stopping = dispatcher
    .stop(10_000, () => undefined)
    .then(() => {
      stopped = true;
    });
  await clock.advance(3_000);
  assert.equal(stopped, false);
  await clock.advance(1_000);
  await clock.advance(0);
  await stopping;
  assert.equal(sent.length, 1);
  assert.deepEqual(await Promise.all(ids.map((id) => statusOf(store, id))), ['delivered', 'queued']);
});

test('stop: an attempt that outlasts the grace is left to the next start', async () => {
  const { clock, store, dispatcher, post } = await startLane({ latencyMs: 60_000 });
  const id = await post('slow');
  await clock.advance(1_000);
  let gaveUp = false;
  const stopping = dispatcher.stop(10_000, () => {
    gaveUp = true;
  });
  await clock.advance(9_999);
  assert.equal(gaveUp, false);
  await clock.advance(1);
  await clock.advance(1_000);
  await stopping;
  assert.equal(gaveUp, true);
  assert.equal(await statusOf(store, id), 'sending');
});

/** A lane for each endpoint; `texts` go to all of them, and wait when the lanes start. */
async function startLanes({
  endpoints,
  windows = [],
  maxInFlight = 1_000,
  ordered = false,
  texts: queued,
  mute = [],
}: {
  endpoints: readonly string[];
  maxInFlight?: number;
  ordered?: boolean;
  windows?: readonly RateLimitWindow[];
  texts: readonly string[];
  /** Lanes whose requests get no answer. */
  mute?: readonly string[];
}) {
  const clock = createSimulatedClock();
  const store = openInlineStore({ path: IN_MEMORY, clock });
  const refs = await store.registerChannels(
    endpoints.map((endpointHash, index) => ({ name: `lane${index}`, providerId: 'webhook', endpointHash })),
  );
  const sent: (Sent & { readonly lane: string })[] = [];
  const lanes = refs.map((ref) => ({
    ref,
    sender: {
      async send({ text }: { text: string }): Promise<SendResult> {
        sent.push({ lane: ref.name, text, atMs: clock.monotonicMs() });
        const isMute = mute.includes(ref.name);
        await clock.wait(isMute ? 10_000 : 100);
        if (!isMute) return { outcome: outcome('ok'), moreParts: false, durationMs: 100 };
        return { outcome: { ...outcome('unknown'), httpStatus: null }, moreParts: false, durationMs: 10_000 };
      },
    },
    windows,
    ordered,
    policy,
  }));
  const events: LaneEvents = {
    attemptEnded: () => undefined,
    failedUnsent: () => undefined,
    failedAtStart: () => undefined,
    storeTrouble: () => undefined,
    bug: (_channel, bug) => assert.fail(bug as Error),
  };
  const random = () => 0.5;
  const newId = createIds(random);
  const accept = async (text: string, to: readonly ChannelRef[]) => {
    const channelIds = to.map(({ channelId }) => channelId);
    const createdAtMs = clock.wallMs();
    const message = { id: newId(createdAtMs), requestId: null, msgType: 'text', text, createdAtMs } as const;
    await store.accept({ message, channelIds });
    return channelIds;
  };
  for (const text of queued) await accept(text, refs);
  const dispatcher = await startDispatcher({
    store,
    inFlight: noMarks,
    lanes,
    maxInFlight,
    defaultPolicy: policy,
    clock,
    random,
    events,
  });
  const post = async (text: string, to: readonly ChannelRef[]) =>
    dispatcher.wakeForWork(await accept(text, to));
  return { clock, store, dispatcher, sent, refs, post, names: refs.map(({ name }) => name) };
}

for (const count of [2, 3]) {
  test(`${count} channels of one endpoint with a backlog share its slots evenly`, async () => {
    const { clock, sent, names } = await startLanes({
      endpoints: Array(count).fill('h'),
      windows: [{ maxSends: 1, windowMs: 1_000 }],
      texts: Array(50).fill('m'),
    });
    await clock.advance(1_100 * 10 * count - 1);
    assert.deepEqual(
      names.map((name) => sent.filter(({ lane }) => lane === name).length),
      names.map(() => 10),
    );
  });
}

test('a text that is longer than the share of each lane goes to some of them at a time', async () => {
  const { clock, store, sent, names } = await startLanes({
    endpoints: Array.from({ length: 20 }, (_, index) => `endpoint ${index}`),
    texts: ['l'.repeat(4 * 1024 * 1024), 'short'],
  });
  for (let round = 1; round <= 5; round++) {
    await clock.advance(round === 1 ? 99 : 100);
    assert.equal(sent.filter(({ text }) => text !== 'short').length, 4 * round);
  }
  await clock.advance(101);
  for (const name of names)
    assert.deepEqual(firstChars(sent.filter(({ lane }) => lane === name)), ['l', 's']);
  assert.deepEqual(await store.countOpen(), []);
});

test('a short text waits for none of them', async () => {
  const { clock, sent, refs, post } = await startLanes({
    endpoints: Array.from({ length: 20 }, (_, index) => `endpoint ${index}`),
    texts: [],
  });
  await post('l'.repeat(4 * 1024 * 1024), refs.slice(0, 19));
  await clock.advance(50);
  await post('short', refs.slice(19));
  await clock.advance(0);
  assert.deepEqual(firstChars(sent), [...'llll', 's']);
});

test('groups that do not answer hold up the long texts of those that do once, not each time', async () => {
  const mute = Array.from({ length: 8 }, (_, index) => `lane${index}`);
  const { clock, sent, refs, post } = await startLanes({
    endpoints: Array.from({ length: 20 }, (_, index) => `endpoint ${index}`),
    texts: [],
    mute,
  });
  await post('1'.repeat(4 * 1024 * 1024), refs);
  await clock.advance(20_300);
  const answering = () => sent.filter(({ lane }) => !mute.includes(lane));
  assert.deepEqual(firstChars(answering()), Array(12).fill('1'));
  await post('2'.repeat(4 * 1024 * 1024), refs);
  await clock.advance(299);
  assert.deepEqual(firstChars(answering().slice(12)), Array(12).fill('2'));
});

test('long texts to ordered channels and those with a limit come one by one, in their order', async () => {
  const { clock, store, sent, names } = await startLanes({
    endpoints: Array.from({ length: 20 }, (_, index) => `endpoint ${index}`),
    windows: [{ maxSends: 1, windowMs: 1_000 }],
    ordered: true,
    texts: ['1', '2', '3'].map((n) => n.repeat(4 * 1024 * 1024)),
  });
  await clock.advance(20_000);
  for (const name of names)
    assert.deepEqual(firstChars(sent.filter(({ lane }) => lane === name)), ['1', '2', '3']);
  assert.deepEqual(await store.countOpen(), []);
});

test('a stop does not wait for lanes that wait for room', async () => {
  const { clock, dispatcher, sent } = await startLanes({
    endpoints: Array.from({ length: 20 }, (_, index) => `endpoint ${index}`),
    texts: ['l'.repeat(4 * 1024 * 1024)],
  });
  await clock.advance(50);
  let stopped = false;
  void dispatcher
    .stop(10_000, () => undefined)
    .then(() => {
      stopped = true;
    });
  await clock.advance(51);
  assert.deepEqual([stopped, sent.length], [true, 4]);
});

for (const { maxInFlight, each } of [
  { maxInFlight: 11, each: 2 },
  { maxInFlight: 3, each: 1 },
  { maxInFlight: Number.POSITIVE_INFINITY, each: 128 },
]) {
  test(`room for ${maxInFlight} requests is shared by five lanes`, async () => {
    const { clock, sent, names } = await startLanes({
      endpoints: ['a', 'b', 'c', 'd', 'e'],
      maxInFlight,
      texts: Array(130).fill('m'),
    });
    await clock.advance(99);
    assert.deepEqual(
      names.map((name) => sent.filter(({ lane }) => lane === name).length),
      names.map(() => each),
    );
  });
}
