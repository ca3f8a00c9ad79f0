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

/** `POST /api/text`, the hot path: everything that can be refused without the body is refused before it is read. */
export function registerText(app: FastifyInstance, { accept, bodyLimitBytes }: TextDeps): void {
  app.post('/text', async (request, reply) => {
    const { raw } = request;
    const requestId = requestIdOf(raw);
    const kind = bodyKindOf(raw.headers);
    const bytes = await readBody(raw, reply.raw, bodyLimitBytes);
    const { text, to } = parseTextBody(kind, bytes);
    const answer = await accept({ text, to, requestId });
    sendJson(reply, okJson(acceptedId(answer), requestId));
    return reply;
  });
}

function acceptedId(answer: AcceptAnswer): string {
  switch (answer.kind) {
    case 'accepted':
      return answer.messageId;
    case 'unknown_recipient':
      throw invalidArgument((t) => t.toUnknown(shownWord(answer.word)));
    case 'unavailable':
      throw unavailable(answer.why);
    default:
      return answer satisfies never;
  }
}
