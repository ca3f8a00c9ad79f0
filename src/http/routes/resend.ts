import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Resend, ResendAnswer } from '../../accept/resend.ts';
import type { Delivery } from '../../core/delivery.ts';
import { type Lang, langOfHeader } from '../../texts/texts.ts';
import { envelope, hasBody, sendJson } from '../answer.ts';
import { ApiError, invalidArgument } from '../api-error.ts';
import { unavailable } from '../error-handler.ts';
import { requireJson } from '../media-type.ts';
import { deliveryJson } from '../message-json.ts';
import { shownWord } from '../nearest-word.ts';
import { readBody } from '../read-body.ts';
import { parseResendBody } from '../resend-body.ts';

export interface ResendDeps {
  readonly resend: Resend;
  readonly bodyLimitBytes: number;
  readonly nextId: () => string;
  /** For callers that ask for none. */
  readonly lang: Lang;
}

/** `POST /api/messages/{id}/resend`: new deliveries of a message that is in the log. */
export function registerResend(
  app: FastifyInstance,
  { resend, bodyLimitBytes, nextId, lang }: ResendDeps,
): void {
  app.post<{ Params: { id: string } }>('/messages/:id/resend', async ({ raw, params }, reply) => {
    const channels = await readChannels(raw, reply.raw, bodyLimitBytes);
    const deliveries = deliveriesOf(await resend({ messageId: params.id, channels }));
    const callerLang = langOfHeader(raw.headers['accept-language'], lang);
    const rest = { deliveries: deliveries.map((delivery) => deliveryJson(delivery, callerLang)) };
    sendJson(reply, envelope(raw, nextId(), 'ok', 'success', rest));
    return reply;
  });
}

/** The body may be left out, and its content type with it. */
async function readChannels(
  raw: IncomingMessage,
  response: ServerResponse,
  limitBytes: number,
): Promise<readonly string[] | null> {
  if (!hasBody(raw)) return null;
  requireJson(raw.headers);
  return parseResendBody(await readBody(raw, response, limitBytes));
}

function deliveriesOf(answer: ResendAnswer): readonly Delivery[] {
  switch (answer.kind) {
    case 'resent':
      return answer.deliveries;
    case 'unknown_message':
      throw new ApiError('not_found', (t) => t.messageNotFound);
    case 'unknown_channel':
      throw invalidArgument((t) => t.channelUnknown(shownWord(answer.name)));
    case 'nothing_failed':
      throw invalidArgument((t) => t.nothingFailed);
    case 'unavailable':
      throw unavailable(answer.why);
    default:
      return answer satisfies never;
  }
}
