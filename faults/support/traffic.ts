import type { CheckedChannel, Ledgers } from '../check/ledgers.ts';
import { answerJson, type Behaviour, takesAll } from './receivers.ts';

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
  const number = Number(/\d+/.exec(token)?.[0]);
  const words = number % LONG_EVERY === 0 ? LONG_WORDS : 1;
  return Array.from({ length: words }, (_, index) => `${token}-${index}`).join(' ');
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

/** Of a split text every part must have come: its parts are as many as it had attempts that ended well. */
export function missingParts({ log, arrivals, driver }: Ledgers): string[] {
  const parts = Map.groupBy(
    arrivals.filter(({ channel, taken }) => channel === 'split' && taken),
    ({ token }) => token,
  );
  return log.flatMap(({ id, deliveries }) => {
    const token = driver.accepted.get(id)?.token;
    const split = deliveries.find(({ channel }) => channel === 'split');
    if (token === undefined || split?.status !== 'delivered') return [];
    const sent = new Set(split.attempts.map(({ part }) => part)).size;
    const came = new Set((parts.get(token) ?? []).map(({ part }) => part)).size;
    const expected = mixedText(token) === `${token}-0` ? 1 : 2;
    if (came !== sent || sent < expected) return [`parts: ${id} was sent in ${sent} parts, ${came} came`];
    return [];
  });
}
