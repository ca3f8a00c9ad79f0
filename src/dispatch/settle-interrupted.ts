import type { Outcome } from '../core/outcome.ts';
import type { InFlightMarks } from '../store/in-flight.ts';
import type { InterruptedAttempt, RecordAttemptCommand, Store } from '../store/store.ts';
import { localText } from '../texts/texts.ts';
import { type DeliveryPolicy, decideNextStep } from './retry-decision.ts';

export interface SettleDeps {
  readonly store: Pick<Store, 'listInterrupted' | 'recordAttempt'>;
  readonly leftBehind: InFlightMarks['leftBehind'];
  /** Of a channel by name; for one that is no longer configured, the default. */
  readonly policyOf: (channel: string) => DeliveryPolicy;
  readonly random: () => number;
  /** A delivery has failed for good with it. */
  readonly onFailed: (channel: string) => void;
}

/** How many attempts an earlier process has left without a recorded end. */
export interface Interrupted {
  /** Their answers had been read: recorded as they were. */
  readonly recovered: number;
  /** Their requests had not left: they go again at once. */
  readonly notSent: number;
  /** Nobody knows whether the platform has taken them. */
  readonly unknown: number;
}

/** Ends the attempts that were in flight when an earlier process died, with as much as its marks tell of them. */
export async function settleInterrupted(deps: SettleDeps): Promise<Interrupted> {
  const { store, leftBehind, onFailed } = deps;
  const counts = { recovered: 0, notSent: 0, unknown: 0 };
  const interrupted = await store.listInterrupted();
  await Promise.all(
    interrupted.map(async (attempt) => {
      const command = endOf(attempt);
      await store.recordAttempt(command);
      if (command.next.kind === 'failed') onFailed(attempt.channel);
    }),
  );
  return counts;

  function endOf(attempt: InterruptedAttempt): RecordAttemptCommand {
    const { attemptId, deliveryId } = attempt;
    const left = leftBehind(attemptId);
    switch (left.kind) {
      case 'ended':
        counts.recovered++;
        return { attemptId, deliveryId, ...left.end };
      case 'not_sent':
        counts.notSent++;
        return notSent(attempt);
      case 'maybe_sent':
        counts.unknown++;
        return maybeSent(attempt, deps);
      default:
        return left satisfies never;
    }
  }
}

function notSent({ attemptId, deliveryId }: InterruptedAttempt): RecordAttemptCommand {
  const error = localText((texts) => texts.service.processDiedBeforeSending);
  const outcome: Outcome = { ...withoutAnswer, kind: 'transient', error };
  return { attemptId, deliveryId, durationMs: null, outcome, next: { kind: 'again', error } };
}

function maybeSent(
  { attemptId, deliveryId, channel, retriesUsed }: InterruptedAttempt,
  { policyOf, random }: SettleDeps,
): RecordAttemptCommand {
  const error = localText((texts) => texts.service.processDied);
  const outcome: Outcome = { ...withoutAnswer, kind: 'unknown', error };
  const ended = { outcome, moreParts: false, retriesUsed, limitsInARow: 0 };
  const next = decideNextStep(ended, policyOf(channel), random());
  return { attemptId, deliveryId, durationMs: null, outcome, next };
}

const withoutAnswer = { httpStatus: null, platformCode: null, response: null } as const;
