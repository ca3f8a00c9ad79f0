import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Accept, AcceptAnswer } from '../../accept/accept.ts';
import { okJson, sendJson } from '../answer.ts';
import { invalidArgument } from '../api-error.ts';
import { unavailable } from '../error-handler.ts';
import { bodyKindOf } from '../media-type.ts';
import { shownWord } from '../nearest-word.ts';
import { readBody } from '../read-body.ts';
import { requestIdOf } from '../request-id.ts';
import { parseTextBody } from '../text-body.ts';

export interface TextDeps {
  readonly accept: Accept;
  readonly bodyLimitBytes: number;
}

/**
 * What `POST /api/text` does between its guards and its answer. Everything that can be refused without the body is refused
 * before it is read.
 *
 * @returns the JSON of the answer; rejects with an `ApiError` that says what is wrong.
 */
export type TakeText = (raw: IncomingMessage, response: ServerResponse) => Promise<string>;

export function createTakeText({ accept, bodyLimitBytes }: TextDeps): TakeText {
  return async (raw, response) => {
    const requestId = requestIdOf(raw);
    const kind = bodyKindOf(raw.headers);
    const bytes = await readBody(raw, response, bodyLimitBytes);
    const { text, to } = parseTextBody(kind, bytes);
    const answer = await accept({ text, to, requestId });
    return okJson(acceptedId(answer), requestId);
  };
}

/** For requests that do not go by the hot path: those with a query, for example. */
export function registerText(app: FastifyInstance, takeText: TakeText): void {
  app.post('/text', async (request, reply) => {
    sendJson(reply, await takeText(request.raw, reply.raw));
    return reply;
  });
}

function acceptedId(answer: AcceptAnswer): string {
  switch (answer.kind) {
    case 'accepted':
      return answer.messageId;
    case 'unknown_recipient':
      throw invalidArgument((t) => t.toUnknown(shownWord(answer.word), answer.nearest));
    case 'unavailable':
      throw unavailable(answer.why);
    default:
      return answer satisfies never;
  }
}
