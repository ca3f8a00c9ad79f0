import { type AcceptCommand, type AcceptResult, IDEMPOTENCY_WINDOW_MS } from '../store.ts';
import type { DeliveryCounts } from './delivery-counts.ts';
import type { Statements } from './statements.ts';
import type { StoreClock } from './store-clock.ts';

/** Expired idempotency keys deleted by one accept at most: the table stays bounded and no accept waits for a purge. */
const PURGE_KEYS = 20;

/** One object for all: between threads it is copied once. */
const ACCEPTED: AcceptResult = { kind: 'accepted' };

export function createAcceptMessage(
  sql: Statements,
  clock: StoreClock,
  counts: DeliveryCounts,
  noteTime: (nowMs: number) => void,
): (command: AcceptCommand) => AcceptResult {
  return ({ message, channelIds }) => {
    const { id, requestId, msgType, text, createdAtMs } = message;
    const nowMs = clock.nowMs();
    if (requestId !== null) {
      const first = sql.findKey.get(requestId) as { id: string; text: string; first_ms: number } | undefined;
      if (first !== undefined && nowMs - first.first_ms < IDEMPOTENCY_WINDOW_MS) {
        return { kind: 'repeated', messageId: first.id, sameText: first.text === text };
      }
    }
    noteTime(nowMs);
    const { lastInsertRowid: seq } = sql.addMessage.run(id, requestId, msgType, text, createdAtMs);
    for (const channelId of channelIds) {
      sql.addDelivery.run(seq, channelId);
      counts.add(channelId, 'accepted', createdAtMs);
    }
    if (requestId !== null) {
      sql.putKey.run(requestId, seq, nowMs);
      sql.purgeKeys.run(nowMs - IDEMPOTENCY_WINDOW_MS, PURGE_KEYS);
    }
    return ACCEPTED;
  };
}
