import type { ChannelConfig, OnUncertain } from '../core/channel-config.ts';
import type { LogLevel } from '../core/log-level.ts';
import type { RetryPolicy } from '../core/retry-policy.ts';
import type { Secret } from '../core/secret.ts';

/** Everything that the configuration file says, checked, complete and frozen. */
export interface Config {
  /** Absolute path of the file; null in demo mode. */
  readonly file: string | null;
  /** Enabled channels, in the order of the file. */
  readonly channels: readonly ChannelConfig[];
  /** Names of the channels that `enabled = false` leaves out. */
  readonly disabledChannels: readonly string[];
  readonly delivery: {
    readonly timeoutMs: number;
    readonly retry: RetryPolicy;
    readonly onUncertain: OnUncertain;
    readonly shutdownGraceMs: number;
  };
  readonly api: {
    /** `""` = every interface. */
    readonly host: string;
    readonly port: number;
    readonly headers: readonly { readonly name: string; readonly value: Secret }[];
    /** POST requests per second over all callers; 0 = no limit. */
    readonly maxRequestsPerSecond: number;
    readonly bodyLimitBytes: number;
    readonly allowedHosts: readonly string[];
  };
  readonly store: StoreConfig;
  readonly log: {
    readonly console: boolean;
    /** Absolute path of the folder for log files; null = no files. */
    readonly folder: string | null;
    readonly level: LogLevel;
  };
}

export type StoreConfig =
  | { readonly kind: 'sqlite' /** Absolute path. */; readonly path: string }
  | { readonly kind: 'postgres'; readonly url: Secret };
