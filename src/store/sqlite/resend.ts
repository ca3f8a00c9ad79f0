import type { ResendCommand, ResendResult, ResentDelivery } from '../store.ts';
import type { DeliveryCounts } from './delivery-counts.ts';
import type { Statements } from './statements.ts';
import { FAILED } from './status-codes.ts';
import type { StoreClock } from './store-clock.ts';

interface ChannelRow {
  readonly name: string;
  readonly provider: string;
}

export function createResend(
  sql: Statements,
  clock: StoreClock,
  counts: DeliveryCounts,
): (command: ResendCommand) => ResendResult {
  return ({ messageId, channelIds, onlyFailed }) => {
    const message = sql.findMessage.get(messageId) as { seq: number } | undefined;
    if (message === undefined) return { kind: 'unknown_message' };
    const { seq } = message;
    const channels = channelIds
      .map((channelId) => ({ channelId, ...(sql.channelById.get(channelId) as unknown as ChannelRow) }))
      .filter(({ name }) => !onlyFailed || latestStatus(seq, name) === FAILED);
    if (channels.length === 0) return { kind: 'nothing_failed' };
    const deliveries = channels.map(({ channelId, ...channel }) => addDelivery(seq, channelId, channel));
    return { kind: 'resent', deliveries };
  };

  function latestStatus(seq: number, channel: string): number | undefined {
    return (sql.latestStatus.get(seq, channel) as { status: number } | undefined)?.status;
  }

  function addDelivery(seq: number, channelId: number, { name, provider }: ChannelRow): ResentDelivery {
    const nowMs = clock.wallMs();
    const maybeCopy = sql.mayHaveArrived.get(seq, name) === undefined ? 0 : 1;
    const { lastInsertRowid } = sql.addResent.run(seq, channelId, nowMs, maybeCopy);
    counts.add(channelId, 'accepted', nowMs);
    return {
      channelId,
      delivery: {
        id: String(lastInsertRowid),
        channel: name,
        provider,
        status: 'queued',
        resentAtMs: nowMs,
        attemptCount: 0,
        nextAttemptAtMs: null,
        finishedAtMs: null,
        error: null,
      },
    };
  }
}
