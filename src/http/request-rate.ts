import { ApiError } from './api-error.ts';

/**
 * At most so many requests in any second, over all callers: exact, by the times of the last accepted ones in a ring.
 *
 * Own code instead of `@fastify/rate-limit`, whose hook is asynchronous and whose fixed window lets twice the limit
 * through around its edge.
 *
 * @param maxPerSecond 0 = no limit; below 1 it is one request in 1/maxPerSecond seconds.
 * @returns the refusal for a request at `nowMs` (monotonic), or null after counting it.
 */
export function createRequestRate(maxPerSecond: number): (nowMs: number) => ApiError | null {
  if (maxPerSecond <= 0) return () => null;
  const slots = Math.max(1, Math.floor(maxPerSecond));
  const windowMs = (slots / maxPerSecond) * 1000;
  const acceptedMs = new Float64Array(slots).fill(Number.NEGATIVE_INFINITY);
  let next = 0;

  return (nowMs) => {
    const waitMs = (acceptedMs[next] ?? 0) + windowMs - nowMs;
    if (waitMs > 0) return tooMany(Math.ceil(waitMs / 1000));
    acceptedMs[next] = nowMs;
    next = (next + 1) % slots;
    return null;
  };
}

function tooMany(afterSeconds: number): ApiError {
  return new ApiError('resource_exhausted', (t) => t.tooManyRequests, {
    headers: { 'retry-after': String(afterSeconds) },
  });
}
