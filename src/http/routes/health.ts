import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { envelope, sendJson } from '../answer.ts';
import { ApiError } from '../api-error.ts';

export interface HealthDeps {
  readonly isReady: () => boolean;
  readonly nextId: () => string;
}

/** `/healthz`: does the process live; `/readyz`: does it take messages. */
export function registerHealth(app: FastifyInstance, { isReady, nextId }: HealthDeps): void {
  const sendOk = (request: FastifyRequest, reply: FastifyReply) =>
    sendJson(reply.header('cache-control', 'no-store'), envelope(request.raw, nextId(), 'ok', 'success'));

  app.get('/healthz', sendOk);
  app.get('/readyz', (request, reply) => {
    if (!isReady()) throw new ApiError('unavailable', (t) => t.notReady);
    sendOk(request, reply);
  });
}
