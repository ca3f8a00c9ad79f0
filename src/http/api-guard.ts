import type { IncomingMessage } from 'node:http';
import type { Clock } from '../core/clock.ts';
import { ApiError } from './api-error.ts';
import { createHeaderCheck, type RequiredHeader } from './auth.ts';
import { createBrowserGuard } from './browser-guard.ts';
import { createRequestRate } from './request-rate.ts';

/** The `api` section of the configuration. */
export interface ApiOptions {
  readonly host: string;
  readonly port: number;
  readonly headers: readonly RequiredHeader[];
  /** 0 = no limit. */
  readonly maxRequestsPerSecond: number;
  readonly bodyLimitBytes: number;
  readonly allowedHosts: readonly string[];
}

/** Everything that a request under `/api/` must pass before it is looked at. The rate comes last: strangers use none of it up. */
export function createApiGuard(api: ApiOptions, clock: Clock): (raw: IncomingMessage) => ApiError | null {
  const checkCaller =
    api.headers.length > 0 ? createHeaderGuard(api.headers) : createBrowserGuard(api.allowedHosts);
  const countRequest = createRequestRate(api.maxRequestsPerSecond);

  return (raw) => checkCaller(raw) ?? (raw.method === 'POST' ? countRequest(clock.monotonicMs()) : null);
}

function createHeaderGuard(headers: readonly RequiredHeader[]): (raw: IncomingMessage) => ApiError | null {
  const carriesAll = createHeaderCheck(headers);
  return (raw) =>
    carriesAll(raw.headers) ? null : new ApiError('unauthenticated', (t) => t.unauthenticated);
}
