import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Accept } from '../accept/accept.ts';
import type { Resend } from '../accept/resend.ts';
import type { Clock } from '../core/clock.ts';
import type { NewId } from '../core/ids.ts';
import type { Logger } from '../log/logger.ts';
import type { ChangeFeed } from '../pushlog/change-feed.ts';
import type { PushLog } from '../pushlog/push-log.ts';
import type { Store } from '../store/store.ts';
import type { Lang } from '../texts/texts.ts';
import { ApiError, invalidArgument } from './api-error.ts';
import { type ApiOptions, createApiGuard } from './api-guard.ts';
import { createErrorHandler, unavailable } from './error-handler.ts';
import { createHotPath } from './hot-path.ts';
import { createKnownPaths } from './known-paths.ts';
import type { Metrics } from './metrics.ts';
import { createListeners, DEFAULT_TIMINGS, type Timings } from './node-server.ts';
import type { PageFiles } from './page-files.ts';
import { type ChannelDirectory, registerChannels } from './routes/channels.ts';
import { type EventStreams, registerEvents } from './routes/events.ts';
import { registerExport } from './routes/export.ts';
import { registerHealth } from './routes/health.ts';
import { registerMessages } from './routes/messages.ts';
import { registerMetrics } from './routes/metrics.ts';
import { registerPages } from './routes/pages.ts';
import { type Preview, registerPreview } from './routes/preview.ts';
import { registerResend } from './routes/resend.ts';
import { registerStats } from './routes/stats.ts';
import { registerSwagger } from './routes/swagger.ts';
import { createTakeText, registerText } from './routes/text.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

export interface HttpDeps {
  readonly accept: Accept;
  readonly resend: Resend;
  readonly preview: Preview;
  readonly pushLog: PushLog;
  readonly feed: ChangeFeed;
  readonly channels: ChannelDirectory;
  readonly api: ApiOptions;
  readonly newId: NewId;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Whether the store takes messages. */
  readonly isReady: () => boolean;
  /** Whether the service is on its way out: new requests get 503. */
  readonly isStopping: () => boolean;
  readonly countOpen: Store['countOpen'];
  readonly countDeliveries: Store['countDeliveries'];
  readonly metrics: Metrics;
  readonly version: string;
  /** Resolves when the pages are read; null where they have not been built. */
  readonly pages: Promise<PageFiles | null>;
  /** Of the service log, and of answers to callers that ask for none; default Chinese. */
  readonly lang?: Lang;
  /** For tests that must not wait as long. */
  readonly timings?: Partial<Timings>;
}

export interface HttpServer {
  /** For further routes, before `listen`. */
  readonly app: FastifyInstance;
  /** See `Listeners`; the configured address without an argument. */
  listen(address?: { readonly host: string; readonly port: number }): Promise<AddressInfo[]>;
  /** Takes no new connection; requests that still come on open ones get 503, running ones finish. */
  close(): Promise<void>;
}

type Done = (error?: Error) => void;

/** Wires guards, routes and answers. Nothing listens yet. */
export async function createHttpServer(deps: HttpDeps): Promise<HttpServer> {
  const { clock, logger, lang = 'zh', api } = deps;
  const nextId = () => deps.newId(clock.wallMs());
  const handleError = createErrorHandler({ nextId, logger, lang });
  const guardApi = createApiGuard(api, clock);
  const knownPaths = createKnownPaths();
  const timings = { ...DEFAULT_TIMINGS, ...deps.timings };
  let eventStreams: EventStreams | null = null;
  let closing = false;
  const isStopping = () => closing || deps.isStopping();
  /** Requests of the hot path that it has refused. */
  const refused = new WeakMap<IncomingMessage, unknown>();

  const app = fastify({
    logger: false,
    // No route has a schema for Fastify: the compilers that it would load, 100 modules, have nothing to do.
    schemaController: { compilersFactory: { buildValidator: noCompiler, buildSerializer: noCompiler } },
    // An accepted request's id is its message's; the others get theirs when they are answered.
    genReqId: () => '',
    frameworkErrors(error, request, reply) {
      // A path that cannot be decoded reaches no hook, so that what is under /api/ is checked here.
      reply.headers(SECURITY_HEADERS);
      const underApi = (request.raw.url ?? '').includes('/api/');
      if (underApi) reply.header('cache-control', 'no-store');
      handleError((underApi ? guardApi(request.raw) : null) ?? error, request, reply);
    },
  });
  // Bodies are read by the routes that want one, with rules of their own.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  app.setErrorHandler(handleError);
  app.setNotFoundHandler(refuseUnknownPath);
  app.addHook('onRoute', ({ url, method }) => knownPaths.add(url, [method].flat()));
  app.addHook('onRequest', checkRequest);

  function checkRequest({ raw }: FastifyRequest, reply: FastifyReply, done: Done): void {
    reply.headers(SECURITY_HEADERS);
    if (closing) reply.header('connection', 'close');
    done(checkHost(raw) ?? undefined);
  }

  function checkApiRequest({ raw }: FastifyRequest, reply: FastifyReply, done: Done): void {
    reply.header('cache-control', 'no-store');
    done((refused.get(raw) as Error | undefined) ?? checkApi(raw) ?? undefined);
  }

  /** Its rate counts the request: once for each. */
  function checkApi(raw: IncomingMessage): ApiError | null {
    return guardApi(raw) ?? (isStopping() ? unavailable('stopping') : null);
  }

  function refuseUnknownPath({ raw }: FastifyRequest): void {
    const allow = knownPaths.allowFor(raw.url ?? '');
    if (allow === null) throw new ApiError('not_found', (t) => t.notFound);
    throw new ApiError('method_not_allowed', (t) => t.methodNotAllowed(allow), { headers: { allow } });
  }

  const takeText = createTakeText({ accept: deps.accept, bodyLimitBytes: api.bodyLimitBytes });
  app.get('/', (_request, reply) => reply.redirect('/log', 302));
  registerHealth(app, {
    isReady: () => !isStopping() && deps.isReady(),
    nextId,
  });
  registerMetrics(app, { ...deps, lang });
  const headerNames = api.headers.map(({ name }) => name);
  registerSwagger(app, { version: deps.version, headerNames, lang });
  registerPages(app, { pages: deps.pages, headerNames, lang });
  app.register(
    async (scope) => {
      scope.addHook('onRequest', checkApiRequest);
      scope.setNotFoundHandler(refuseUnknownPath);
      registerText(scope, takeText);
      registerMessages(scope, { pushLog: deps.pushLog, nextId, lang });
      registerExport(scope, {
        pushLog: deps.pushLog,
        clock,
        logger,
        lang,
        stallMs: timings.exportStallMs,
      });
      registerResend(scope, { resend: deps.resend, bodyLimitBytes: api.bodyLimitBytes, nextId, lang });
      eventStreams = registerEvents(scope, {
        feed: deps.feed,
        pingIntervalMs: timings.eventPingIntervalMs,
        lang,
      });
      registerStats(scope, { countDeliveries: deps.countDeliveries, clock, nextId });
      registerPreview(scope, { preview: deps.preview, bodyLimitBytes: api.bodyLimitBytes, nextId });
      registerChannels(scope, { channels: deps.channels, nextId, lang });
    },
    { prefix: '/api' },
  );

  const takeHotPath = createHotPath({
    check: (raw) => checkHost(raw) ?? checkApi(raw),
    takeText,
    refuse(raw, response, error) {
      refused.set(raw, error);
      app.routing(raw, response);
    },
  });
  const handle = (raw: IncomingMessage, response: ServerResponse) => {
    if (!takeHotPath(raw, response)) app.routing(raw, response);
  };
  const listeners = createListeners(handle, nextId, lang, timings);
  return {
    app,
    async listen(address = api) {
      await app.ready();
      return listeners.listen(address);
    },
    async close() {
      closing = true;
      eventStreams?.endAll();
      await listeners.close();
      await app.close();
    },
  };
}

function noCompiler(): never {
  throw new Error('no route has a schema');
}

/** RFC 9112 section 3.2: one `Host`, neither none nor two; with two a proxy in front of us may have gone by the other one. */
function checkHost(raw: IncomingMessage): ApiError | null {
  if (raw.headers.host === undefined)
    return raw.httpVersion === '1.1' ? invalidArgument((t) => t.hostMissing) : null;
  return countHosts(raw.rawHeaders) > 1 ? invalidArgument((t) => t.hostRepeated) : null;
}

function countHosts(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (name.length === 4 && name.toLowerCase() === 'host') count++;
  }
  return count;
}
