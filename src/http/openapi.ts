import { DELIVERY_STATUSES } from '../core/delivery.ts';
import { type Lang, type Texts, texts } from '../texts/texts.ts';
import { API_ERRORS } from './api-error.ts';
import { EXPORT_FORMATS } from './export-query.ts';
import { DEFAULT_LIMIT, MAX_LIMIT } from './messages-query.ts';
import { MAX_EXPORTS } from './routes/export.ts';
import { MAX_PREVIEW_BYTES } from './routes/preview.ts';
import { createSchemas, type SchemaName, ULID_PATTERN } from './schemas.ts';
import { DEFAULT_RANGE, STATS_RANGE_NAMES } from './stats-query.ts';

export interface OpenApiOptions {
  readonly lang: Lang;
  readonly version: string;
  /** Names of the headers that every request to `/api/` must carry. */
  readonly headerNames: readonly string[];
}

type Docs = Texts['api']['docs'];
type Json = Readonly<Record<string, unknown>>;

/** Statuses that any request can meet, whatever its route: too slow, headers too large. */
const ALWAYS = [408, 431] as const;
const API_READ = [400, 401, 403, 500, 503, ...ALWAYS] as const;

/** The OpenAPI 3.1 document, from the schemas that give the answers their types. */
export function buildOpenApi({ lang, version, headerNames }: OpenApiOptions): Json {
  const { docs } = texts[lang].api;
  return {
    openapi: '3.1.0',
    info: { title: docs.title, description: docs.about, version },
    servers: [{ url: '/' }],
    paths: pathsOf(docs, lang, headerNames.length > 0 ? [allOf(headerNames)] : []),
    components: { schemas: namedSchemas(docs), securitySchemes: headerSchemes(headerNames) },
  };
}

function pathsOf(docs: Docs, lang: Lang, security: readonly Json[]): Json {
  const refusals = (statuses: readonly number[], busy?: number) => refusalsOf(statuses, docs, lang, busy);
  const probe = (operationId: string, summary: string) => ({
    operationId,
    summary,
    tags: ['service'],
    responses: { 200: answer(docs.ok, 'OkAnswer'), ...refusals([503, ...ALWAYS]) },
  });
  const document = (operationId: string, summary: string, type: string) => ({
    operationId,
    summary,
    tags: ['service'],
    responses: {
      200: { description: docs.ok, content: { [type]: { schema: { type: 'string' } } } },
      ...refusals(ALWAYS),
    },
  });

  return {
    '/api/text': {
      post: {
        operationId: 'sendText',
        summary: docs.sendText,
        description: docs.sendTextAbout,
        tags: ['api'],
        security,
        parameters: [requestIdHeader(docs)],
        requestBody: {
          required: true,
          content: {
            'application/json': { schema: ref('TextRequest') },
            'application/x-www-form-urlencoded': { schema: ref('TextForm') },
          },
        },
        responses: { 200: answer(docs.ok, 'OkAnswer'), ...refusals([...API_READ, 413, 429]) },
      },
    },
    '/api/messages': {
      get: {
        operationId: 'listMessages',
        summary: docs.listMessages,
        tags: ['api'],
        security,
        parameters: messageParameters(docs),
        responses: { 200: answer(docs.ok, 'MessagePageAnswer'), ...refusals(API_READ) },
      },
    },
    '/api/messages/export': {
      get: {
        operationId: 'exportMessages',
        summary: docs.exportMessages,
        description: docs.exportAbout(MAX_EXPORTS),
        tags: ['api'],
        security,
        parameters: [
          {
            name: 'format',
            in: 'query',
            required: true,
            description: docs.exportFormat,
            schema: { type: 'string', enum: [...EXPORT_FORMATS] },
          },
          ...messageParameters(docs).filter(({ name }) => name !== 'limit' && name !== 'cursor'),
        ],
        responses: {
          200: {
            description: docs.ok,
            content: {
              'application/x-ndjson': { schema: { type: 'string' } },
              'text/csv': { schema: { type: 'string' } },
            },
          },
          ...refusals(API_READ, 503),
        },
      },
    },
    '/api/messages/{id}': {
      get: {
        operationId: 'getMessage',
        summary: docs.getMessage,
        tags: ['api'],
        security,
        parameters: [messageIdParameter(docs)],
        responses: { 200: answer(docs.ok, 'MessageAnswer'), ...refusals([...API_READ, 404]) },
      },
    },
    '/api/messages/{id}/resend': {
      post: {
        operationId: 'resendMessage',
        summary: docs.resend,
        description: docs.resendAbout,
        tags: ['api'],
        security,
        parameters: [messageIdParameter(docs)],
        requestBody: { required: false, content: { 'application/json': { schema: ref('ResendRequest') } } },
        responses: { 200: answer(docs.ok, 'ResendAnswer'), ...refusals([...API_READ, 404, 413, 429]) },
      },
    },
    '/api/events': {
      get: {
        operationId: 'watchEvents',
        summary: docs.events,
        description: docs.eventsAbout,
        tags: ['api'],
        security,
        parameters: [
          {
            name: 'Last-Event-ID',
            in: 'header',
            description: docs.lastEventIdHeader,
            schema: { type: 'string' },
          },
          {
            name: 'last_event_id',
            in: 'query',
            description: docs.lastEventId,
            schema: { type: 'string', minLength: 1 },
          },
        ],
        responses: {
          200: { description: docs.ok, content: { 'text/event-stream': { schema: { type: 'string' } } } },
          ...refusals(API_READ),
        },
      },
    },
    '/api/preview': {
      post: {
        operationId: 'previewText',
        summary: docs.preview,
        description: docs.previewAbout(MAX_PREVIEW_BYTES),
        tags: ['api'],
        security,
        requestBody: { required: true, content: { 'application/json': { schema: ref('TextRequest') } } },
        responses: { 200: answer(docs.ok, 'PreviewAnswer'), ...refusals([...API_READ, 413, 429]) },
      },
    },
    '/api/stats': {
      get: {
        operationId: 'readStats',
        summary: docs.stats,
        description: docs.statsAbout,
        tags: ['api'],
        security,
        parameters: [
          {
            name: 'range',
            in: 'query',
            description: docs.statsRange,
            schema: { type: 'string', enum: [...STATS_RANGE_NAMES], default: DEFAULT_RANGE },
          },
          {
            name: 'channel',
            in: 'query',
            description: docs.channel,
            schema: { type: 'string', minLength: 1 },
          },
        ],
        responses: { 200: answer(docs.ok, 'StatsAnswer'), ...refusals(API_READ) },
      },
    },
    '/api/channels': {
      get: {
        operationId: 'listChannels',
        summary: docs.listChannels,
        tags: ['api'],
        security,
        responses: { 200: answer(docs.ok, 'ChannelsAnswer'), ...refusals(API_READ) },
      },
    },
    '/api/channels/{name}/resume': {
      post: {
        operationId: 'resumeChannel',
        summary: docs.resumeChannel,
        tags: ['api'],
        security,
        parameters: [
          {
            name: 'name',
            in: 'path',
            required: true,
            description: docs.channelName,
            schema: { type: 'string', minLength: 1 },
          },
        ],
        responses: { 200: answer(docs.ok, 'OkAnswer'), ...refusals([...API_READ, 404, 429]) },
      },
    },
    '/healthz': { get: probe('healthz', docs.healthz) },
    '/readyz': { get: probe('readyz', docs.readyz) },
    '/metrics': { get: document('metrics', docs.metrics, 'text/plain') },
    '/swagger/openapi.yaml': { get: document('openapi', docs.openapi, 'application/yaml') },
  };
}

function messageIdParameter(docs: Docs): Json {
  return {
    name: 'id',
    in: 'path',
    required: true,
    description: docs.messageId,
    schema: { type: 'string', pattern: ULID_PATTERN },
  };
}

function messageParameters(docs: Docs): Json[] {
  const word = { type: 'string', minLength: 1 };
  const time = { type: 'string', format: 'date-time' };
  const schemas = {
    limit: { type: 'integer', minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT },
    cursor: word,
    channel: word,
    status: { type: 'string', enum: [...DELIVERY_STATUSES] },
    q: word,
    since: time,
    until: time,
  } as const;
  return Object.entries(schemas).map(([name, schema]) => ({
    name,
    in: 'query',
    description: docs[name as keyof typeof schemas],
    schema,
  }));
}

function requestIdHeader(docs: Docs): Json {
  return {
    name: 'X-Ppt-Request-ID',
    in: 'header',
    description: docs.requestIdHeader,
    schema: { type: 'string', maxLength: 255, pattern: '^[\\x20-\\x7e]*$' },
  };
}

/** @param busy the status that comes with `Retry-After`. */
function refusalsOf(statuses: readonly number[], docs: Docs, lang: Lang, busy = 429): Json {
  return Object.fromEntries(
    statuses.map((status) => {
      const { meaning } =
        Object.values(API_ERRORS).find((error) => error.status === status) ?? API_ERRORS.invalid_argument;
      const retryAfter = { 'Retry-After': { description: docs.retryAfter, schema: { type: 'integer' } } };
      const headers = status === busy ? { headers: retryAfter } : {};
      return [status, { ...answer(meaning[lang], 'ErrorAnswer'), ...headers }];
    }),
  );
}

function answer(description: string, name: SchemaName): Json {
  return { description, content: { 'application/json': { schema: ref(name) } } };
}

function ref(name: string): Json {
  return { $ref: `#/components/schemas/${name}` };
}

/** Each schema once, and a reference wherever one holds another: code generators then make one class of it. */
function namedSchemas(docs: Docs): Json {
  const entries = Object.entries(createSchemas(docs));
  const nameByJson = new Map(entries.map(([name, schema]) => [JSON.stringify(schema), name]));
  const linked = (value: unknown, top: boolean): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    const name = top ? undefined : nameByJson.get(JSON.stringify(value));
    if (name !== undefined) return ref(name);
    if (Array.isArray(value)) return value.map((item) => linked(item, false));
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, linked(item, false)]));
  };
  return Object.fromEntries(entries.map(([name, schema]) => [name, linked(schema, true)]));
}

function headerSchemes(headerNames: readonly string[]): Json {
  return Object.fromEntries(headerNames.map((name) => [name, { type: 'apiKey', in: 'header', name }]));
}

/** One requirement that names several schemes asks for all of them. */
function allOf(headerNames: readonly string[]): Json {
  return Object.fromEntries(headerNames.map((name) => [name, []]));
}
