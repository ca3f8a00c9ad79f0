import type { Attempt } from '../core/attempt.ts';
import type { Delivery } from '../core/delivery.ts';
import type { Message } from '../core/message.ts';
import type { LogEntry, LogEntryWithAttempts } from '../store/store.ts';
import type { Lang } from '../texts/texts.ts';
import type { AttemptJson, DeliveryJson, DetailedMessageJson, MessageJson } from './schemas.ts';

/** A message of a page, as the API shows it; sentences in the caller's language. */
export function messageJson(entry: LogEntry, lang: Lang): MessageJson {
  return { ...headJson(entry), deliveries: entry.deliveries.map((delivery) => deliveryJson(delivery, lang)) };
}

/** One message with every attempt. */
export function detailedMessageJson(entry: LogEntryWithAttempts, lang: Lang): DetailedMessageJson {
  return {
    ...headJson(entry),
    deliveries: entry.deliveries.map((delivery) => ({
      ...deliveryJson(delivery, lang),
      attempts: delivery.attempts.map((attempt) => attemptJson(attempt, lang)),
    })),
  };
}

function headJson(message: Message): Omit<MessageJson, 'deliveries'> {
  return {
    id: message.id,
    request_id: message.requestId,
    msg_type: message.msgType,
    msg: message.text,
    created_at: timeJson(message.createdAtMs),
  };
}

export function deliveryJson(delivery: Delivery, lang: Lang): DeliveryJson {
  return {
    id: delivery.id,
    channel: delivery.channel,
    provider: delivery.provider,
    status: delivery.status,
    resent_at: timeOrNull(delivery.resentAtMs),
    attempt_count: delivery.attemptCount,
    next_attempt_at: timeOrNull(delivery.nextAttemptAtMs),
    finished_at: timeOrNull(delivery.finishedAtMs),
    error: delivery.error?.[lang] ?? null,
  };
}

function attemptJson(attempt: Attempt, lang: Lang): AttemptJson {
  return {
    number: attempt.number,
    part: attempt.part,
    started_at: timeJson(attempt.startedAtMs),
    duration_ms: attempt.durationMs,
    outcome: attempt.outcome,
    http_status: attempt.httpStatus,
    platform_code: attempt.platformCode,
    response: attempt.response,
    error: attempt.error?.[lang] ?? null,
    possible_duplicate: attempt.possibleDuplicate,
  };
}

export function timeOrNull(ms: number | null): string | null {
  return ms === null ? null : timeJson(ms);
}

/** RFC 3339, UTC, with ms. A time may carry a fraction of a ms, which `Date` drops. */
export function timeJson(ms: number): string {
  return new Date(ms).toISOString();
}
