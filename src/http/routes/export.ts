import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../log/logger.ts';
import type { PushLog } from '../../pushlog/push-log.ts';
import type { LogEntry } from '../../store/store.ts';
import { type Lang, langOfHeader, texts } from '../../texts/texts.ts';
import { CSV_HEADER, CSV_START, csvRows } from '../csv.ts';
import { type ExportFormat, parseExportQuery } from '../export-query.ts';
import { messageJson } from '../message-json.ts';

export interface ExportDeps {
  readonly pushLog: Pick<PushLog, 'walkMessages'>;
  readonly clock: Pick<Clock, 'wallMs'>;
  readonly logger: Logger;
  /** Language of the service log. */
  readonly lang: Lang;
}

interface Format {
  readonly type: string;
  readonly start: string;
  write(entry: LogEntry, lang: Lang): string;
}

const FORMATS: Readonly<Record<ExportFormat, Format>> = {
  ndjson: {
    type: 'application/x-ndjson; charset=utf-8',
    start: '',
    write: (entry, lang) => `${JSON.stringify(messageJson(entry, lang))}\n`,
  },
  csv: {
    type: 'text/csv; charset=utf-8',
    start: CSV_START + CSV_HEADER,
    write: (entry, lang) => csvRows(messageJson(entry, lang)),
  },
};

/** `GET /api/messages/export`: all of the log that matches, as a file. A page is read once the one before is on its way. */
export function registerExport(app: FastifyInstance, { pushLog, clock, logger, lang }: ExportDeps): void {
  app.get('/messages/export', async ({ raw }, reply) => {
    const { format: name, filters } = parseExportQuery(raw.url ?? '');
    const format = FORMATS[name];
    const pages = pushLog.walkMessages(filters);
    // Before the head leaves, so that a store that cannot be read is told by the status.
    const first = await pages.next();
    reply
      .header('content-type', format.type)
      .header('content-disposition', `attachment; filename="postpoint-${fileTime(clock.wallMs())}.${name}"`);
    // Without a body, and without a length that would say that there is none.
    if (raw.method === 'HEAD') return reply.send(Readable.from([]));
    const callerLang = langOfHeader(raw.headers['accept-language']);
    const stream = Readable.from(chunksOf(format, first.value ?? [], pages, callerLang), {
      objectMode: false,
    });
    // The head has left: all that can be done is to cut the answer short, which every client notices.
    stream.once('error', (error) =>
      logger.warn('api', texts[lang].api.exportBroken, { error: error.message }),
    );
    return reply.send(stream);
  });
}

/** A chunk for each page, and nothing is read before it is wanted. */
async function* chunksOf(
  { start, write }: Format,
  first: readonly LogEntry[],
  rest: AsyncIterable<readonly LogEntry[]>,
  lang: Lang,
): AsyncGenerator<string> {
  const chunk = (entries: readonly LogEntry[]) => entries.map((entry) => write(entry, lang)).join('');
  yield start + chunk(first);
  for await (const entries of rest) yield chunk(entries);
}

/** `20260102T030405Z`: a time that every file system takes. */
function fileTime(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+|[-:]/g, '');
}
