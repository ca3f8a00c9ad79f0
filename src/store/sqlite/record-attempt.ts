import type { EndpointStop } from '../../core/delivery.ts';
import {
  LIMITS_IN_A_ROW_MS,
  type RecordAttemptCommand,
  SUSPECTED_FOR_MS,
  SUSPICIONS_TO_STOP,
} from '../store.ts';
import type { DeliveryCounts } from './delivery-counts.ts';
import type { Lease, Leases } from './leases.ts';
import type { Statements } from './statements.ts';
import { DELIVERED, FAILED } from './status-codes.ts';
import type { StoreClock } from './store-clock.ts';
import type { Succession } from './succession.ts';

export function createRecordAttempt(
  sql: Statements,
  clock: StoreClock,
  counts: DeliveryCounts,
  leases: Leases,
  succession: Succession,
): (command: RecordAttemptCommand) => void {
  /** Once there has been one, each success asks for it, until the next start. */
  let maybeSuspicions = sql.anySuspicion.get() !== undefined;

  return ({ attemptId, deliveryId, durationMs, outcome, next }) => {
    const { kind, httpStatus, platformCode, response, error } = outcome;
    const errorJson = error === null ? null : JSON.stringify(error);
    const ended = sql.endAttempt.run(
      durationMs,
      kind,
      httpStatus,
      platformCode,
      response,
      errorJson,
      attemptId,
    );
    // Recorded before: the answer to an earlier try was lost on its way back.
    if (ended.changes === 0) return;
    const lease = leases.take(attemptId);
    if (lease?.hasSlot !== false) sql.endSlot.run(clock.endMs(), attemptId);
    if (kind === 'unknown') sql.markMaybeSent.run(deliveryId);
    if (kind === 'ok' && maybeSuspicions) sql.clearSuspicion.run(attemptId);

    switch (next.kind) {
      case 'delivered':
        finish(deliveryId, lease, 'delivered', null);
        return;
      case 'next_part':
        sql.nextPart.run(deliveryId);
        break;
      case 'retry':
        sql.retry.run(clock.endMs() + next.waitMs, 1, JSON.stringify(next.error), deliveryId);
        break;
      case 'again':
        sql.retry.run(clock.endMs(), 0, JSON.stringify(next.error), deliveryId);
        break;
      case 'pause': {
        const untilMs = clock.endMs() + next.waitMs;
        const reason = JSON.stringify(next.error);
        const pause = next.scope === 'platform' ? sql.pausePlatform : sql.pauseEndpoint;
        // A lack of our own is no limit that was met.
        const inARow = kind === 'rate_limited' ? (lease?.limitsInARow ?? 0) + 1 : 0;
        pause.run(untilMs, reason, clock.nowMs() - LIMITS_IN_A_ROW_MS, inARow, attemptId);
        sql.retry.run(untilMs, 0, reason, deliveryId);
        break;
      }
      case 'failed':
        finish(deliveryId, lease, 'failed', JSON.stringify(next.error));
        if (next.stopsEndpoint !== null) stopEndpoint(next.stopsEndpoint, attemptId);
        return;
      default:
        next satisfies never;
    }
    succession.follow(deliveryId, channelOf(deliveryId, lease));
  };

  function finish(
    deliveryId: number,
    lease: Lease | null,
    status: 'delivered' | 'failed',
    errorJson: string | null,
  ): void {
    const atMs = clock.wallMs();
    const code = status === 'delivered' ? DELIVERED : FAILED;
    sql.finish.run(code, atMs, errorJson, deliveryId);
    counts.add(channelOf(deliveryId, lease), status, atMs);
  }

  function channelOf(deliveryId: number, lease: Lease | null): number {
    return lease?.channelId ?? (sql.channelOfDelivery.get(deliveryId) as { channel_id: number }).channel_id;
  }

  function stopEndpoint({ reason, when }: EndpointStop, attemptId: number): void {
    const reasonJson = JSON.stringify(reason);
    if (when === 'now') {
      sql.stopEndpoint.run(clock.wallMs(), reasonJson, attemptId);
      return;
    }
    const nowMs = clock.nowMs();
    maybeSuspicions = true;
    sql.suspectEndpoint.run(nowMs, attemptId);
    sql.stopSuspect.run(clock.wallMs(), reasonJson, attemptId, SUSPICIONS_TO_STOP, nowMs - SUSPECTED_FOR_MS);
  }
}
