/** What crosses the API, as the service's OpenAPI document describes it. Times are RFC 3339, UTC, with ms. */

export const STATUSES = ['queued', 'sending', 'retrying', 'delivered', 'failed'] as const;
export type DeliveryStatus = (typeof STATUSES)[number];
export type OutcomeKind = 'ok' | 'rate_limited' | 'transient' | 'permanent' | 'unknown';

export interface Delivery {
  readonly id: string;
  readonly channel: string;
  readonly provider: string;
  readonly status: DeliveryStatus;
  /** When a person had it sent again; null: it came with its message. */
  readonly resent_at: string | null;
  readonly attempt_count: number;
  readonly next_attempt_at: string | null;
  readonly finished_at: string | null;
  readonly error: string | null;
}

/** An event of `GET /api/events`. */
export interface DeliveryChange extends Delivery {
  readonly message_id: string;
}

export interface Attempt {
  readonly number: number;
  readonly part: number;
  readonly started_at: string;
  readonly duration_ms: number | null;
  readonly outcome: OutcomeKind | null;
  readonly http_status: number | null;
  readonly platform_code: string | null;
  readonly response: string | null;
  readonly error: string | null;
  readonly possible_duplicate: boolean;
}

export interface DetailedDelivery extends Delivery {
  readonly attempts: readonly Attempt[];
}

export interface Message {
  readonly id: string;
  readonly request_id: string | null;
  readonly msg_type: string;
  readonly msg: string;
  readonly created_at: string;
  readonly deliveries: readonly Delivery[];
}

export interface DetailedMessage extends Message {
  readonly deliveries: readonly DetailedDelivery[];
}

export interface MessagePage {
  readonly items: readonly Message[];
  readonly next_cursor: string | null;
  /** Where a search stopped before it had seen everything; null or absent when it saw all of its page. */
  readonly searched_until?: string | null;
}

export interface ChannelWindow {
  readonly window_ms: number;
  readonly max_sends: number;
  readonly left: number;
  readonly next_free_at: string | null;
}

export type SizeUnit = 'bytes' | 'code_points' | 'utf16_units';

export interface Channel {
  readonly name: string;
  readonly provider: string;
  readonly tags: readonly string[];
  readonly state: 'active' | 'paused' | 'stopped';
  readonly paused_until: string | null;
  readonly reason: string | null;
  readonly queue_depth: number;
  readonly oldest_queued_at: string | null;
  readonly windows: readonly ChannelWindow[];
  readonly text_limit: { readonly max: number; readonly unit: SizeUnit } | null;
  readonly overflow: 'split' | 'truncate' | 'fail';
}

export const STATS_RANGES = ['1h', '24h', '7d', '30d'] as const;
export type StatsRange = (typeof STATS_RANGES)[number];

/** Bucket start in ms since the Unix epoch, then how many were accepted, delivered, failed. */
export type StatsBucket = readonly [startMs: number, accepted: number, delivered: number, failed: number];

export interface ChannelStats {
  readonly channel: string;
  readonly provider: string;
  readonly totals: { readonly accepted: number; readonly delivered: number; readonly failed: number };
  readonly series: readonly StatsBucket[];
}

export interface Stats {
  readonly from: string;
  readonly to: string;
  readonly bucket_ms: number;
  readonly channels: readonly ChannelStats[];
}

export interface Preview {
  readonly channel: string;
  readonly provider: string;
  readonly size: number;
  readonly max: number | null;
  readonly unit: SizeUnit;
  readonly parts: number;
  readonly fate: 'whole' | 'split' | 'truncate' | 'too_long';
}
