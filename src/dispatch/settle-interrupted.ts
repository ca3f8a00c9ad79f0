import type { Outcome } from '../core/outcome.ts';
import type { Store } from '../store/store.ts';
import { localText } from '../texts/texts.ts';
import { type DeliveryPolicy, decideNextStep } from './retry-decision.ts';

/**
 * Ends the attempts that were in flight when an earlier process died: their request may have left, so they are
 * `unknown`, and what follows is decided as after any other attempt.
 *
 * @param policyOf of a channel by name; for one that is no longer configured, the default.
 * @returns how many there were.
 */
export async function settleInterrupted(
  store: Pick<Store, 'listInterrupted' | 'recordAttempt'>,
  policyOf: (channel: string) => DeliveryPolicy,
  random: () => number,
): Promise<number> {
  const outcome: Outcome = {
    kind: 'unknown',
    httpStatus: null,
    platformCode: null,
    response: null,
    error: localText((texts) => texts.service.processDied),
  };
  const interrupted = await store.listInterrupted();
  await Promise.all(
    interrupted.map(({ attemptId, deliveryId, channel, retriesUsed }) => {
      const next = decideNextStep(
        { outcome, moreParts: false, retriesUsed, limitsInARow: 0 },
        policyOf(channel),
        random(),
      );
      return store.recordAttempt({ attemptId, deliveryId, durationMs: null, outcome, next });
    }),
  );
  return interrupted.length;
}
