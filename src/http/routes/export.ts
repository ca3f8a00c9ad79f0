import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../log/logger.ts';
import type { PushLog } from '../../pushlog/push-log.ts';
import type { LogEntry } from '../../store/store.ts';
import { type Lang, langOfHeader, texts } from '../../texts/texts.ts';
import { ApiError } from '../api-error.ts';
import { CSV_HEADER, CSV_START, csvRows } from '../csv.ts';
import { type ExportFormat, type ExportQuery, parseExportQuery } from '../export-query.ts';
import { messageJson } from '../message-json.ts';

/** Exports at the same time: each holds a page of the log and what its client has not taken yet. */
export const MAX_EXPORTS = 8;
/** When one that was refused may come again. */
const RETRY_AFTER_S = 10;
/** Characters that are sent at once, give or take a row. */
const CHUNK_LENGTH = 64 * 1024;

export interface ExportDeps {
  readonly pushLog: Pick<PushLog, 'walkMessages'>;
  readonly clock: Pick<Clock, 'wallMs'>;
  readonly logger: Logger;
  /** Of the service log, and for callers that ask for none. */
  readonly lang: Lang;
  /** A client that takes none of what waits for it for so long gives its place to others. */
  readonly stallMs: number;
}

interface Format {
  readonly type: string;
  readonly start: string;
  rows(entry: LogEntry, filters: ExportQuery['filters'], lang: Lang): Iterable<string>;
}

const FORMATS: Readonly<Record<ExportFormat, Format>> = {
  ndjson: {
    type: 'application/x-ndjson; charset=utf-8',
    start: '',
    rows: (entry, _filters, lang) => [`${JSON.stringify(messageJson(entry, lang))}\n`],
  },
  csv: {
    type: 'text/csv; charset=utf-8',
    start: CSV_START + CSV_HEADER,
    rows: (entry, filters, lang) => csvRows(messageJson(ofDeliveries(entry, filters), lang)),
  },
};

/** `GET /api/messages/export`: all of the log that matches, as a file. A page is read once the one before is on its way. */
export function registerExport(app: FastifyInstance, deps: ExportDeps): void {
  const { pushLog, clock, logger, lang, stallMs } = deps;
  const open = new Set<ServerResponse>();

  app.get('/messages/export', async ({ raw }, reply) => {
    const { format: name, filters } = parseExportQuery(raw.url ?? '');
    const format = FORMATS[name];
    await itsTurn(reply.raw);
    takePlace(open, reply.raw);
    const pages = pushLog.walkMessages(filters);
    // Before the head leaves, so that a store that cannot be read is told by the status.
    const first = await pages.next();
    reply
      .header('content-type', format.type)
      .header('content-disposition', `attachment; filename="postpoint-${fileTime(clock.wallMs())}.${name}"`);
    // Without a body, and without a length that would say that there is none.
    if (raw.method === 'HEAD') return reply.send(Readable.from([]));
    const callerLang = langOfHeader(raw.headers['accept-language'], lang);
    const rows = (entry: LogEntry) => format.rows(entry, filters, callerLang);
    const stream = Readable.from(chunksOf(format.start, rows, first.value ?? [], pages), {
      objectMode: false,
    });
    // The head has left: all that can be done is to cut the answer short, which every client notices.
    stream.once('error', (error) =>
      logger.warn('api', texts[lang].api.exportBroken, { error: error.message }),
    );
    reply.raw.setTimeout(stallMs, () => {
      // A search that finds nothing for a while is no fault of the client.
      if (reply.raw.writableLength > 0)
        stream.destroy(new Error(`the client took nothing for ${stallMs} ms`));
    });
    return reply.send(stream);
  });
}

/** On a connection with several requests at once, an answer that waits for the ones before it reads and holds nothing. */
async function itsTurn(response: ServerResponse): Promise<void> {
  if (response.socket === null) await once(response, 'socket');
}

function takePlace(open: Set<ServerResponse>, response: ServerResponse): void {
  if (open.size >= MAX_EXPORTS) {
    throw new ApiError('unavailable', (t) => t.tooManyExports(MAX_EXPORTS), {
      headers: { 'retry-after': String(RETRY_AFTER_S) },
    });
  }
  open.add(response);
  response.once('close', () => open.delete(response));
}

/** Nothing is read before it is wanted, and what a page has is sent before the next one is looked for. */
async function* chunksOf(
  start: string,
  rows: (entry: LogEntry) => Iterable<string>,
  first: readonly LogEntry[],
  rest: AsyncIterable<readonly LogEntry[]>,
): AsyncGenerator<string> {
  yield* inChunks(start, first);
  for await (const entries of rest) yield* inChunks('', entries);

  function* inChunks(before: string, entries: readonly LogEntry[]): Generator<string> {
    let chunk = before;
    for (const entry of entries) {
      for (const row of rows(entry)) {
        chunk += row;
        if (chunk.length < CHUNK_LENGTH) continue;
        yield chunk;
        chunk = '';
      }
    }
    if (chunk !== '') yield chunk;
  }
}

/** A line is a delivery, so that of a message that matches those are left out that do not. */
function ofDeliveries(entry: LogEntry, { channel, status }: ExportQuery['filters']): LogEntry {
  if (channel === undefined && status === undefined) return entry;
  const isWanted = (delivery: LogEntry['deliveries'][number]) =>
    (channel === undefined || delivery.channel === channel) &&
    (status === undefined || delivery.status === status);
  return { ...entry, deliveries: entry.deliveries.filter(isWanted) };
}

/** `20260102T030405Z`: a time that every file system takes. */
function fileTime(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+|[-:]/g, '');
}
