import type { EndpointConfig } from '../core/channel-config.ts';
import type { LocalText } from '../core/local-text.ts';
import type { Verdict } from '../core/outcome.ts';
import type { TextUnit } from '../core/text-unit.ts';

/** A figure of a platform: what its documents say, where, and when that was read. */
export interface Sourced {
  /** URL or document, and `(read YYYY-MM-DD)`. */
  readonly source: string;
}

/** A rate limit of the platform. Our default stays below the documented figure: their window starts at another moment than ours. */
export interface ProviderWindow extends Sourced {
  /** Our default, requests in any `windowMs`; 0 = no limit. */
  readonly maxSends: number;
  /** The platform's own figure; null where it publishes none. */
  readonly documented: number | null;
}

/** How long one message may be, in the platform's own unit. */
export interface TextLimit extends Sourced {
  readonly max: number;
  readonly unit: TextUnit;
  /** Size of `text` in that unit, as the platform will count it: after escaping, and with the envelope where the limit is on the body. */
  measure(text: string): number;
}

/** A code that the platform answers with, and what it means to us. */
export interface PlatformCode extends Sourced {
  readonly kind: Verdict['kind'];
  /** What happened and what to do about it. */
  readonly meaning: LocalText;
  /** `rate_limited` only: the documented or assumed penalty, when the answer itself states none. */
  readonly pauseMs?: number;
  /** `rate_limited` only: where no pause is stated, ours doubles with each limit met in a row, up to this. */
  readonly pauseGrowsToMs?: number;
  /** `rate_limited` only: the platform means this machine, so all its endpoints pause. */
  readonly pausesPlatform?: boolean;
  /** The endpoint itself is gone, so that no later message can get through either until the configuration changes. */
  readonly endpointGone?: boolean;
  /** It may be gone, but the code has other causes too: it counts only when it comes again and again. */
  readonly endpointSuspect?: boolean;
}

/** A configuration key that not every provider has. */
export const PROVIDER_FIELDS = ['secret', 'endpoint.method', 'content_type', 'headers'] as const;
export type ProviderField = (typeof PROVIDER_FIELDS)[number];

/** One request's worth of a message. */
export interface MessagePart {
  /** Id of the API request: the webhook's `id` field. */
  readonly messageId: string;
  /** The same on each retry of this part and different for every other part: `messageId`, or `messageId-2` for the second part. */
  readonly partKey: string;
  readonly text: string;
}

/** Everything that leaves for the platform in one attempt. */
export interface OutboundRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** A platform's answer as far as it was read (at most 64 KiB). */
export interface Answer {
  readonly httpStatus: number;
  /** Names in lower case; the first value where one is repeated. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** false: the body was longer than we read, or broke off. */
  readonly complete: boolean;
}

/**
 * One platform: its facts and three pure functions. No network, no clock and no logger inside.
 * The registry line and the fixtures are all else that a new platform needs.
 */
export interface Provider {
  /** As in the configuration: `feishu_bot`. */
  readonly id: string;
  /** What people call it. */
  readonly label: LocalText;
  /** An address as the platform gives it out, with `xxx` for what is secret. */
  readonly exampleUrl: string;
  /** Host and path of the addresses that are this platform's and no other's; null: it runs on any host. */
  readonly ownUrl: RegExp | null;
  readonly fields: readonly ProviderField[];
  /**
   * What the platform's limits belong to, as a URL that is compared and never called: addresses with one scope are one
   * group to the platform, however they are written, and their channels share windows, pauses and stops. So only that
   * may be left out which cures no `endpointGone` either. A function of the address alone; never throws.
   */
  limitScope(url: string): string;
  /** Keys of the windows: requests per minute and per second. */
  readonly windows: { readonly minute: ProviderWindow; readonly second: ProviderWindow };
  /** null: the platform states no limit. */
  readonly textLimit: TextLimit | null;
  /** Every code of the platform's documents that a text message can meet, by the code as the platform writes it. */
  readonly codes: Readonly<Record<string, PlatformCode>>;
  /**
   * @param nowMs wall-clock ms since the Unix epoch, for signatures.
   */
  buildRequest(endpoint: EndpointConfig, part: MessagePart, nowMs: number): OutboundRequest;
  /** Never throws, whatever the answer holds. */
  readAnswer(answer: Answer): Verdict;
}
