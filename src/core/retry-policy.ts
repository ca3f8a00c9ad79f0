/** How a transient fault is retried: retry k (1…count) waits `intervalMs * factor^(k-1)`, at most 15 minutes. */
export interface RetryPolicy {
  /** Retries after the first attempt. */
  readonly count: number;
  readonly intervalMs: number;
  /** 1 = fixed interval. */
  readonly factor: number;
  /** Spread each wait by up to 10 % either way. */
  readonly jitter: boolean;
}
