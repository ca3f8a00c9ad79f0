import type { FastifyInstance } from 'fastify';
import { envelope, sendJson } from '../answer.ts';
import { ApiError } from '../api-error.ts';

export interface HealthDeps {
  readonly isReady: () => boolean;
  readonly isAlive: () => boolean;
  readonly nextId: () => string;
}

/** `/healthz`: does the process live; `/readyz`: does it take messages. */
export function registerHealth(app: FastifyInstance, { isReady, isAlive, nextId }: HealthDeps): void {
  const probe = (path: string, isFine: () => boolean, error: ApiError) =>
    app.get(path, (request, reply) => {
      if (!isFine()) throw error;
      sendJson(reply.header('cache-control', 'no-store'), envelope(request.raw, nextId(), 'ok', 'success'));
    });
  probe('/healthz', isAlive, new ApiError('unavailable', (t) => t.notAlive));
  probe('/readyz', isReady, new ApiError('unavailable', (t) => t.notReady));
}
