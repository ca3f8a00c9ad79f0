import type { FastifyInstance } from 'fastify';
import type { PushLog } from '../../pushlog/push-log.ts';
import { type Lang, langOfHeader } from '../../texts/texts.ts';
import { envelope, sendJson } from '../answer.ts';
import { ApiError } from '../api-error.ts';
import { detailedMessageJson, messageJson, timeOrNull } from '../message-json.ts';
import { parseMessagesQuery } from '../messages-query.ts';

export interface MessagesDeps {
  readonly pushLog: PushLog;
  readonly nextId: () => string;
  /** For callers that ask for none. */
  readonly lang: Lang;
}

/** The push log: `GET /api/messages` and `GET /api/messages/{id}`. */
export function registerMessages(app: FastifyInstance, { pushLog, nextId, lang }: MessagesDeps): void {
  app.get('/messages', async ({ raw }, reply) => {
    const { entries, nextCursor, searchedUntilMs } = await pushLog.listMessages(
      parseMessagesQuery(raw.url ?? ''),
    );
    const callerLang = langOfHeader(raw.headers['accept-language'], lang);
    const page = {
      items: entries.map((entry) => messageJson(entry, callerLang)),
      next_cursor: nextCursor,
      searched_until: timeOrNull(searchedUntilMs),
    };
    sendJson(reply, envelope(raw, nextId(), 'ok', 'success', page));
    return reply;
  });

  app.get<{ Params: { id: string } }>('/messages/:id', async ({ raw, params }, reply) => {
    const entry = await pushLog.getMessage(params.id);
    if (entry === null) throw new ApiError('not_found', (t) => t.messageNotFound);
    const message = detailedMessageJson(entry, langOfHeader(raw.headers['accept-language'], lang));
    sendJson(reply, envelope(raw, nextId(), 'ok', 'success', { message }));
    return reply;
  });
}
