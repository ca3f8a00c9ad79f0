import type { FastifyReply, FastifyRequest } from 'fastify';
import { whyUnavailable } from '../accept/why-unavailable.ts';
import type { Logger } from '../log/logger.ts';
import { StoreError } from '../store/store.ts';
import type { Lang } from '../texts/texts.ts';
import { texts } from '../texts/texts.ts';
import { sendError } from './answer.ts';
import { ApiError, invalidArgument } from './api-error.ts';

export interface ErrorHandlerDeps {
  readonly nextId: () => string;
  readonly logger: Logger;
  readonly lang: Lang;
}

/** Turns whatever a route threw into an answer. Only an `ApiError`'s own sentence leaves; a cause goes to the log. */
export function createErrorHandler({ nextId, logger, lang }: ErrorHandlerDeps) {
  return (error: unknown, _request: FastifyRequest, reply: FastifyReply): void => {
    const id = nextId();
    const refusal = asRefusal(error);
    if (refusal !== null) {
      sendError(reply, id, refusal, lang);
    } else if (error instanceof StoreError) {
      logger.warn('api', texts[lang].api.storeFailed, { id, kind: error.kind, error: error.message });
      sendError(reply, id, unavailable(whyUnavailable(error), error), lang);
    } else {
      const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
      logger.error('api', texts[lang].api.requestFailed, { id, error: cause });
      sendError(reply, id, new ApiError('internal', (t) => t.internal, { cause: error }), lang);
    }
  };
}

export function unavailable(why: 'stopping' | 'overloaded' | 'store', cause?: unknown): ApiError {
  return new ApiError(
    'unavailable',
    (t) => {
      if (why === 'stopping') return t.unavailableStopping;
      return why === 'overloaded' ? t.unavailableOverloaded : t.unavailableStore;
    },
    { cause },
  );
}

/** Ours, or one that Fastify made of a request that it could not read; null for a fault. */
function asRefusal(error: unknown): ApiError | null {
  if (error instanceof ApiError) return error;
  if (!(error instanceof Error) || !('code' in error) || !('statusCode' in error)) return null;
  switch (error.code) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return invalidArgument((t) => t.contentType);
    case 'FST_ERR_BAD_URL':
      return invalidArgument((t) => t.badUrl);
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new ApiError('not_found', (t) => t.notFound);
    default:
      return Number(error.statusCode) < 500 ? invalidArgument((t) => t.badRequest) : null;
  }
}
