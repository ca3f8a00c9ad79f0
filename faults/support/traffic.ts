import type { CheckedChannel } from '../check/ledgers.ts';
import { answerJson, type Behaviour, takesAll } from './receivers.ts';
import type { SeenLedgers } from './stage.ts';

const NO_LIMIT = { perMinute: 0, perSecond: 0 } as const;

/** One channel of each kind that a fault may treat differently. */
export const MIXED_CHANNELS: readonly CheckedChannel[] = [
  { name: 'fast', ordered: false, endpoint: 'fast', ...NO_LIMIT },
  { name: 'ordered', ordered: true, endpoint: 'ordered', ...NO_LIMIT },
  { name: 'paced', ordered: false, endpoint: 'paced', perMinute: 0, perSecond: 50 },
  { name: 'held', ordered: false, onUncertain: 'hold', endpoint: 'held', ...NO_LIMIT },
  { name: 'split', provider: 'workweixin_bot', ordered: false, endpoint: 'split', ...NO_LIMIT },
  { name: 'flaky', ordered: false, endpoint: 'flaky', ...NO_LIMIT },
];

/** Every so many messages one is too long for `split` to send in one piece. */
const LONG_EVERY = 8;
const LONG_WORDS = 600;

/** A text of numbered words, so that a receiver can tell its parts apart. */
export function mixedText(token: string): string {
  return Array.from({ length: wordsOf(token) }, (_, index) => `${token}-${index}`).join(' ');
}

function wordsOf(token: string): number {
  return Number(/\d+/.exec(token)?.[0]) % LONG_EVERY === 0 ? LONG_WORDS : 1;
}

/** Takes everything; `flaky` is busy, or takes a message and breaks the connection off before it answers. */
export function mixedBehaviour(latencyMs: number, random: () => number): Behaviour {
  const takes = takesAll(latencyMs);
  return (request, response) => {
    const fate = request.channel === 'flaky' ? random() : 1;
    if (fate < 0.1) {
      answerJson(response, 503, { busy: request.path });
      return { taken: false };
    }
    if (fate < 0.13) {
      response.destroy();
      return { taken: true };
    }
    return takes(request, response);
  };
}

/** The parts of a delivered text, put together, are the text: no word is missing, none is in two parts. */
export function missingParts({ log, arrivals, driver }: SeenLedgers): string[] {
  const taken = Map.groupBy(
    arrivals.filter(({ channel, taken }) => channel === 'split' && taken),
    ({ token }) => token,
  );
  return log.flatMap(({ id, deliveries }) => {
    const token = driver.accepted.get(id)?.token;
    const split = deliveries.find(({ channel }) => channel === 'split');
    if (token === undefined || split?.status !== 'delivered') return [];
    const parts = new Map((taken.get(token) ?? []).map(({ part, lastWord }) => [part, lastWord]));
    let next = 0;
    for (let last = parts.get(next); last !== undefined; last = parts.get(next)) next = last + 1;
    const words = wordsOf(token);
    return next === words ? [] : [`parts: of ${id} came ${next} words in one piece, not ${words}`];
  });
}
