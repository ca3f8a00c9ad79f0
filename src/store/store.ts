import type { Attempt } from '../core/attempt.ts';
import type { Delivery, DeliveryStatus, NextStep } from '../core/delivery.ts';
import type { LocalText } from '../core/local-text.ts';
import type { Message } from '../core/message.ts';
import type { Outcome } from '../core/outcome.ts';
import type { RateLimitWindow } from '../core/rate-windows.ts';

/**
 * The heart of the service: every promise is one transaction here.
 *
 * Whatever a method returns is on disk (fsynced). Writes run in the order of their calls, and each sees what those before
 * it wrote, also while they wait for the disk. Waits go in and come out as relative ms: what "now" is, the
 * store decides with its own clock, so that no instance's clock can break a limit. All implementations pass
 * `test/conformance`.
 */
export interface Store {
  /**
   * Makes each channel and endpoint known; the same name, provider and endpoint always get the same ids. A name that had
   * another provider before: its open deliveries go on with this one, those in flight once their attempts have ended.
   */
  registerChannels(channels: readonly ChannelRegistration[]): Promise<RegisteredChannel[]>;
  /** Puts a message and one delivery per channel on disk, or finds what an earlier request with the same key left. */
  accept(command: AcceptCommand): Promise<AcceptResult>;
  /** Leases due deliveries, writes their attempts and books their slots. */
  takeTurns(command: TakeTurnsCommand): Promise<Turns>;
  /** Ends an attempt, frees its slot (one window from now) and moves its delivery on. */
  recordAttempt(command: RecordAttemptCommand): Promise<void>;
  /** Makes new deliveries of a message that is in the log, for channels that had it before or not. */
  resend(command: ResendCommand): Promise<ResendResult>;
  /** Attempts that were in flight when an earlier process died. Each wants a `recordAttempt`. */
  listInterrupted(): Promise<InterruptedAttempt[]>;
  /** Endpoints that are paused or stopped now. */
  listHeldEndpoints(): Promise<HeldEndpoint[]>;
  /** Ends a stop and a pause of an endpoint, because a person says so. */
  resumeEndpoint(endpointId: number): Promise<void>;
  /** What the windows of these endpoints leave now, in the order of the question. */
  listWindowRoom(endpoints: readonly EndpointWindows[]): Promise<EndpointRoom[]>;
  /** A page of the push log, the last accepted first. It takes a bounded time: see `LogPage.searchedTo`. */
  listMessages(query: LogQuery): Promise<LogPage>;
  getMessage(id: string): Promise<LogEntryWithAttempts | null>;
  /** Names of the channels that have open deliveries: found at once, however many there are. */
  listWaitingChannels(): Promise<string[]>;
  /** Deliveries that are not finished, by channel name, also of channels that the configuration no longer has. */
  countOpen(): Promise<{ readonly channel: string; readonly count: number }[]>;
  /** Of each channel that has open deliveries: when the oldest of them was accepted, wall-clock ms. */
  listOldestOpen(): Promise<{ readonly channel: string; readonly acceptedAtMs: number }[]>;
  /** These deliveries as they stand now, in the order of their ids; what does not exist is left out. */
  listDeliveries(selection: DeliverySelection): Promise<DeliveryOfMessage[]>;
  /** How many deliveries were accepted, delivered and failed over time. */
  countDeliveries(query: CountQuery): Promise<ChannelCounts[]>;
  /** false while the store takes no message; it turns true again by itself once the store works. */
  isWritable(): boolean;
  /** Ends what was begun, then closes. Later calls reject with `StoreError`. */
  close(): Promise<void>;
}

export interface ChannelRegistration {
  readonly name: string;
  readonly providerId: string;
  /** Of what the platform's limits belong to, see `endpointHash`: windows and pauses are the endpoint's, not the channel's. */
  readonly endpointHash: string;
}

export interface ChannelRef {
  readonly name: string;
  readonly channelId: number;
  readonly endpointId: number;
}

export interface RegisteredChannel extends ChannelRef {
  /** Deliveries that waited for the provider that the name had before, and wait for this one now. */
  readonly moved: number;
}

/** For this long after its first acceptance, a repeated idempotency key gets the first answer. */
export const IDEMPOTENCY_WINDOW_MS = 120_000;

export interface AcceptCommand {
  readonly message: Message;
  readonly channelIds: readonly number[];
}

export type AcceptResult =
  | { readonly kind: 'accepted' }
  /** The key is known: the first message's id, and whether the first request had the same text. */
  | { readonly kind: 'repeated'; readonly messageId: string; readonly sameText: boolean };

export interface TakeTurnsCommand {
  readonly channelId: number;
  readonly endpointId: number;
  readonly windows: readonly RateLimitWindow[];
  /** At most this many turns. */
  readonly limit: number;
  /** Bytes of text (UTF-8) at most, in all turns together. */
  readonly textRoom: number;
  /** Strictly in order of acceptance: nothing is taken while an older delivery is in flight or waits for its retry. */
  readonly ordered: boolean;
}

export interface Turns {
  readonly turns: readonly Turn[];
  /** Deliveries that failed without an attempt, because the endpoint is stopped. */
  readonly failedUnsent: number;
  /** Ms until more may be taken by time alone: 0 when there may be more at once, null when only an event can change it. */
  readonly waitMs: number | null;
  /** Until what is in flight has ended, or the time has come, more deliveries would change nothing. */
  readonly heldUp: boolean;
  /** Bytes of the next text, if it could go now but for `textRoom`; else 0. */
  readonly textWanted: number;
}

/** A leased delivery whose attempt is on record and whose slots are booked. */
export interface Turn {
  readonly attemptId: number;
  readonly attemptNumber: number;
  readonly deliveryId: number;
  readonly messageId: string;
  readonly text: string;
  /** 0 before the first retry. */
  readonly retriesUsed: number;
  /** Which part of a split text is due, from 0. */
  readonly partIndex: number;
  readonly possibleDuplicate: boolean;
  /** Rate limits that this endpoint has met one after the other; 0 if the last one is long over. */
  readonly limitsInARow: number;
}

export interface RecordAttemptCommand {
  readonly attemptId: number;
  readonly deliveryId: number;
  /** null when nobody saw the end: the process died. */
  readonly durationMs: number | null;
  readonly outcome: Outcome;
  /** `again`: the request never left, so the delivery is due at once and no retry is used up. */
  readonly next: NextStep | { readonly kind: 'again'; readonly error: LocalText };
}

export interface ResendCommand {
  readonly messageId: string;
  readonly channelIds: readonly number[];
  /** Only for those of the channels, by name, whose latest delivery of the message is failed. */
  readonly onlyFailed: boolean;
}

export type ResendResult =
  /** One new delivery for each channel, in their order. */
  | { readonly kind: 'resent'; readonly deliveries: readonly ResentDelivery[] }
  | { readonly kind: 'unknown_message' }
  /** `onlyFailed` left no channel. */
  | { readonly kind: 'nothing_failed' };

export interface ResentDelivery {
  readonly channelId: number;
  readonly delivery: Delivery;
}

export interface InterruptedAttempt {
  readonly attemptId: number;
  readonly deliveryId: number;
  readonly messageId: string;
  readonly attemptNumber: number;
  readonly channel: string;
  readonly retriesUsed: number;
}

/** An endpoint that is only suspected to be gone stops after so many such answers in a row … */
export const SUSPICIONS_TO_STOP = 3;
/** … the first of which is at least this old: a fault of a server that passes in minutes stops nothing. */
export const SUSPECTED_FOR_MS = 600_000;

/** After this long without another rate limit, the next one counts as the first again. */
export const LIMITS_IN_A_ROW_MS = 60_000;

/** An endpoint to which nothing is sent now. */
export interface HeldEndpoint {
  readonly endpointId: number;
  /** Wall-clock ms; null when it is stopped: then time alone does not end it. */
  readonly pausedUntilMs: number | null;
  readonly stoppedAtMs: number | null;
  readonly reason: LocalText | null;
}

export interface EndpointWindows {
  readonly endpointId: number;
  readonly windows: readonly RateLimitWindow[];
}

/** One entry for each window of the endpoint, in their order. */
export interface EndpointRoom {
  readonly windows: readonly (RateLimitWindow & {
    /** Requests that may start now as far as this window is concerned. */
    readonly free: number;
    /** When `free` is 0: ms until a slot comes free, or null if that depends on the end of a request in flight. */
    readonly waitMs: number | null;
  })[];
}

/** Deliveries by their own ids, and all deliveries of whole messages. */
export interface DeliverySelection {
  readonly deliveryIds: readonly number[];
  readonly messageIds: readonly string[];
}

export interface DeliveryOfMessage {
  readonly messageId: string;
  readonly delivery: Delivery;
}

/** Widths of the buckets in which deliveries are counted, ms. Minutes are kept for a day or longer, the others for ever. */
export const COUNT_WIDTHS_MS = [60_000, 900_000, 3_600_000, 14_400_000] as const;
export type CountWidthMs = (typeof COUNT_WIDTHS_MS)[number];

export interface CountQuery {
  readonly widthMs: CountWidthMs;
  /** Only buckets that start at or after this, wall-clock ms. */
  readonly fromMs: number;
  readonly channel?: string;
}

export interface ChannelCounts {
  readonly channel: string;
  readonly provider: string;
  /** Buckets in which anything was counted, oldest first. */
  readonly buckets: readonly CountBucket[];
}

/** New deliveries, those of a resend too, by the time of their acceptance; the other two by the time of their end. */
export type CountBucket = readonly [startMs: number, accepted: number, delivered: number, failed: number];

export interface LogQuery {
  readonly limit: number;
  /** A page ends early rather than be longer than this as JSON, about; the store has a bound of its own above it. */
  readonly maxBytes?: number;
  /** Only messages with a smaller id: the key of the next page. */
  readonly beforeId?: string;
  readonly channel?: string;
  readonly status?: DeliveryStatus;
  /** A substring of the text, as written. */
  readonly text?: string;
  /** Inclusive, wall-clock ms. */
  readonly sinceMs?: number;
  /** Exclusive, wall-clock ms. */
  readonly untilMs?: number;
}

export interface LogEntry extends Message {
  readonly deliveries: readonly Delivery[];
}

export interface LogPage {
  readonly entries: readonly LogEntry[];
  /** Whether older entries match too, or may: see `searchedTo`. */
  readonly more: boolean;
  /**
   * The last message that was looked at, when the search had to stop before it had looked at everything: its id is the
   * key of the next page. Otherwise null.
   */
  readonly searchedTo: { readonly id: string; readonly createdAtMs: number } | null;
}

export interface LogEntryWithAttempts extends Message {
  readonly deliveries: readonly (Delivery & { readonly attempts: readonly Attempt[] })[];
}

/**
 * - `unavailable`: the store could not do it now (disk full, I/O error, locked); nothing is half-written.
 * - `overloaded`: too many commands wait; nothing was written.
 * - `unknown_commit`: the commit itself failed, so it may or may not be on disk after a restart. The process must stop.
 * - `closed`: the store is closing.
 */
export type StoreErrorKind = 'unavailable' | 'overloaded' | 'unknown_commit' | 'closed';

export class StoreError extends Error {
  readonly kind: StoreErrorKind;

  constructor(kind: StoreErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
    this.kind = kind;
  }
}
