import type { NetworkFault } from '../../src/channel/network-fault.ts';
import type { TransportResult } from '../../src/channel/transport.ts';
import type { OnLeaving } from '../../src/core/on-leaving.ts';
import type { SimulatedClock } from '../../test/support/simulated-clock.ts';
import { tokenOfText } from '../check/invariants.ts';
import type { Arrival, CheckedChannel } from '../check/ledgers.ts';
import type { SeededRandom } from '../support/random.ts';

/** The far side of the wire, for all channels of a simulation. */
export interface Receivers {
  /** One request from a process that may die meanwhile. */
  receive(request: SimulatedRequest): Promise<TransportResult>;
  /** From now on every request is taken at once. */
  heal(): void;
  /** How many messages were taken although the sender never saw an answer. */
  lostAnswers(): number;
}

export interface SimulatedRequest {
  readonly url: string;
  readonly body: string;
  /** Called when the request begins to leave. */
  readonly onLeaving: OnLeaving;
  readonly isSenderAlive: () => boolean;
}

export interface ReceiverOptions {
  readonly clock: SimulatedClock;
  readonly random: SeededRandom;
  readonly dayMs: number;
  readonly channels: readonly CheckedChannel[];
  readonly arrivals: Arrival[];
  readonly timeoutMs: number;
}

/** What each platform says when it takes a message. */
const ACCEPTED: Readonly<Record<string, { readonly status: number; readonly body: string }>> = {
  wecom: { status: 200, body: '{"errcode":0,"errmsg":"ok"}' },
  feishu: {
    status: 200,
    body: '{"StatusCode":0,"StatusMessage":"success","code":0,"data":{},"msg":"success"}',
  },
  discord: { status: 200, body: '{"id":"1"}' },
  hook: { status: 204, body: '' },
};

const FAULT: NetworkFault = { code: 'refused', text: { zh: '连接失败', en: 'no connection' } };

const never = new Promise<never>(() => undefined);

export function createReceivers(options: ReceiverOptions): Receivers {
  const { clock, random, dayMs, channels, arrivals, timeoutMs } = options;
  let healthy = false;
  let lostAnswers = 0;
  const outages = new Map(Object.keys(ACCEPTED).map((endpoint) => [endpoint, outageOf(random, dayMs)]));

  async function receive({
    url,
    body,
    onLeaving,
    isSenderAlive,
  }: SimulatedRequest): Promise<TransportResult> {
    const channel = new URL(url).hostname.replace('.example', '');
    const endpoint = channels.find(({ name }) => name === channel)?.endpoint ?? '';
    const token = tokenOfText(body);
    const [outageFrom, outageTo] = outages.get(endpoint) ?? [0, 0];
    const isDown = !healthy && clock.monotonicMs() >= outageFrom && clock.monotonicMs() < outageTo;
    if (isDown) {
      await clock.wait(5);
      return isSenderAlive() ? { kind: 'not_sent', fault: FAULT } : never;
    }

    const latencyMs = healthy ? 20 : random.between(0, 3_000);
    const outMs = latencyMs * random.next();
    const connectMs = outMs / 4;
    await clock.wait(connectMs);
    if (!isSenderAlive()) return never;
    onLeaving('now');
    await clock.wait(outMs - connectMs);
    if (!isSenderAlive()) return never;

    const fate = healthy ? 1 : random.next();
    const taken = fate >= 0.03;
    arrivals.push({ channel, token, part: 0, atMs: clock.monotonicMs(), taken });
    const answerLost = taken && fate < 0.045;
    await clock.wait(answerLost && fate < 0.037 ? timeoutMs - outMs : latencyMs - outMs);
    if (!isSenderAlive() || answerLost) lostAnswers += taken ? 1 : 0;
    if (!isSenderAlive()) return never;
    if (answerLost) return { kind: 'unknown', fault: FAULT };
    const { status, body: answer } = taken
      ? (ACCEPTED[endpoint] ?? { status: 404, body: '' })
      : { status: 503, body: 'busy' };
    return { kind: 'answer', answer: { httpStatus: status, headers: {}, body: answer, complete: true } };
  }

  return {
    receive,
    heal() {
      healthy = true;
    },
    lostAnswers: () => lostAnswers,
  };
}

/** One stretch of up to twenty minutes in which nothing connects. */
function outageOf(random: SeededRandom, dayMs: number): [number, number] {
  const fromMs = random.between(0, dayMs);
  return [fromMs, fromMs + random.between(60_000, 1_200_000)];
}
