import type { OnUncertain } from '../core/channel-config.ts';
import type { EndpointStop, NextStep } from '../core/delivery.ts';
import type { LocalText } from '../core/local-text.ts';
import type { Verdict } from '../core/outcome.ts';
import type { RetryPolicy } from '../core/retry-policy.ts';
import { localText } from '../texts/texts.ts';

/** No wait between two tries is longer, whatever the policy computes. */
const MAX_RETRY_WAIT_MS = 900_000;

/** How long an endpoint is silent when neither the platform nor its documents say. */
const DEFAULT_PAUSE_MS = 60_000;

/** How long an endpoint is silent when this machine has no room for another connection. */
const OWN_FAULT_PAUSE_MS = 5_000;

/** How far jitter spreads a wait, either way. */
const JITTER = 0.1;

export interface DeliveryPolicy {
  readonly retry: RetryPolicy;
  readonly onUncertain: OnUncertain;
}

export interface EndedAttempt {
  readonly outcome: Verdict;
  /** The text has parts after the one that this attempt carried. */
  readonly moreParts: boolean;
  /** 0 after the first attempt; a pause for a rate limit does not add to it. */
  readonly retriesUsed: number;
  /** Rate limits that the endpoint has met one after the other before this attempt. */
  readonly limitsInARow: number;
}

/**
 * Decides what follows an attempt. Pure: the same inputs give the same step.
 *
 * @param random a number in [0, 1), passed in so that a test can fix the jitter.
 */
export function decideNextStep(attempt: EndedAttempt, policy: DeliveryPolicy, random: number): NextStep {
  const { outcome, moreParts, retriesUsed } = attempt;
  const error = outcome.error ?? localText((texts) => texts.service.noReason);
  switch (outcome.kind) {
    case 'ok':
      return moreParts ? { kind: 'next_part' } : { kind: 'delivered' };
    case 'permanent':
      return { kind: 'failed', error, stopsEndpoint: stopOf(outcome, error) };
    case 'rate_limited': {
      const scope = outcome.pausesPlatform ? 'platform' : 'endpoint';
      return { kind: 'pause', waitMs: pauseMs(outcome, attempt.limitsInARow), error, scope };
    }
    case 'unknown':
      if (policy.onUncertain === 'hold') return { kind: 'failed', error: held(error), stopsEndpoint: null };
      return retryOrGiveUp(error, retriesUsed, policy.retry, random);
    case 'transient':
      if (outcome.ownFault) return { kind: 'pause', waitMs: OWN_FAULT_PAUSE_MS, error, scope: 'endpoint' };
      return retryOrGiveUp(error, retriesUsed, policy.retry, random);
    default:
      return outcome.kind satisfies never;
  }
}

function retryOrGiveUp(error: LocalText, retriesUsed: number, policy: RetryPolicy, random: number): NextStep {
  if (retriesUsed >= policy.count) {
    return { kind: 'failed', error: givenUp(error, policy.count), stopsEndpoint: null };
  }
  return { kind: 'retry', waitMs: retryWaitMs(policy, retriesUsed, random), error };
}

/**
 * @param retriesUsed 0 before the first retry.
 * @returns whole ms: interval x factor^retriesUsed, at most 15 minutes, then spread by up to 10 % either way.
 */
export function retryWaitMs(policy: RetryPolicy, retriesUsed: number, random: number): number {
  const waitMs = Math.min(policy.intervalMs * policy.factor ** retriesUsed, MAX_RETRY_WAIT_MS);
  const spread = policy.jitter ? 1 + JITTER * (2 * random - 1) : 1;
  return Math.round(waitMs * spread);
}

function pauseMs(
  { pauseMs: statedMs = DEFAULT_PAUSE_MS, pauseGrowsToMs }: Verdict,
  limitsInARow: number,
): number {
  if (pauseGrowsToMs === undefined) return statedMs;
  return Math.min(statedMs * 2 ** limitsInARow, Math.max(statedMs, pauseGrowsToMs));
}

function stopOf({ endpointGone, endpointSuspect }: Verdict, error: LocalText): EndpointStop | null {
  if (!endpointGone && !endpointSuspect) return null;
  const reason = localText((texts) => texts.service.endpointStopped(pick(error, texts.service.langTag)));
  return { reason, when: endpointGone ? 'now' : 'repeated' };
}

function givenUp(error: LocalText, count: number): LocalText {
  return localText((texts) => texts.service.retriesUsedUp(count, pick(error, texts.service.langTag)));
}

function held(error: LocalText): LocalText {
  return localText((texts) => texts.service.held(pick(error, texts.service.langTag)));
}

function pick(text: LocalText, langTag: string): string {
  return langTag === 'en' ? text.en : text.zh;
}
