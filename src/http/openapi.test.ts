import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Compile } from 'typebox/compile';
import { parse } from 'yaml';
import type { LogEntryWithAttempts } from '../store/store.ts';
import { LANGS, texts } from '../texts/texts.ts';
import { API_ERRORS } from './api-error.ts';
import { buildOpenApi } from './openapi.ts';
import { createSchemas, type DetailedMessageJson, type SchemaName } from './schemas.ts';
import { startServer } from './test-support.ts';

// Goal: the OpenAPI document is true. Method: every documented operation is called on a real server, and real answers
// are held against the documented schemas.

interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<
    Record<
      string,
      {
        readonly content?: Readonly<Record<string, { schema: { $ref?: string } }>>;
        readonly headers?: object;
      }
    >
  >;
  readonly requestBody?: { readonly content: object };
}
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, { properties?: { code?: { enum?: string[] } } }>>;
  };
}

const schemas = createSchemas(texts.zh.api.docs);
const ID = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
const error = { zh: '平台拒绝', en: 'refused' };
const entry: LogEntryWithAttempts = {
  id: ID,
  requestId: null,
  msgType: 'text',
  text: '测试',
  createdAtMs: 0,
  deliveries: [
    {
      id: '7',
      channel: 'ops',
      provider: 'feishu_bot',
      status: 'retrying',
      resentAtMs: null,
      attemptCount: 2,
      nextAttemptAtMs: 1_500.5,
      finishedAtMs: null,
      error,
      attempts: [
        {
          number: 1,
          part: 1,
          startedAtMs: 1,
          durationMs: 12.5,
          outcome: 'unknown',
          httpStatus: null,
          platformCode: null,
          response: null,
          error,
          possibleDuplicate: false,
        },
        {
          number: 2,
          part: 1,
          startedAtMs: 2,
          durationMs: null,
          outcome: null,
          httpStatus: 200,
          platformCode: '0',
          response: '{}',
          error: null,
          possibleDuplicate: true,
        },
      ],
    },
  ],
};

async function load(url: string): Promise<Document> {
  return parse(await (await fetch(`${url}/swagger/openapi.yaml`)).text());
}

function schemaOf(operation: Operation, status: number): SchemaName {
  const ref = operation.responses[status]?.content?.['application/json']?.schema.$ref ?? '';
  const name = Object.keys(schemas).find((key) => ref === `#/components/schemas/${key}`);
  assert.ok(name !== undefined, `status ${status} of ${operation.operationId} is not documented`);
  return name as SchemaName;
}

const calls: { operationId: string; path: string; init?: RequestInit; status: number }[] = [
  {
    operationId: 'sendText',
    path: '/api/text',
    init: {
      method: 'POST',
      body: '{"msg":"a"}',
      headers: { 'content-type': 'application/json', 'x-ppt-request-id': 'k' },
    },
    status: 200,
  },
  {
    operationId: 'sendText',
    path: '/api/text',
    init: { method: 'POST', body: new URLSearchParams({ msg: 'a' }) },
    status: 200,
  },
  { operationId: 'sendText', path: '/api/text', init: { method: 'POST', body: 'x' }, status: 400 },
  {
    operationId: 'sendText',
    path: '/api/text',
    init: {
      method: 'POST',
      body: '{"msg":"a"}',
      headers: { 'content-type': 'application/json', origin: 'https://evil.example' },
    },
    status: 403,
  },
  {
    operationId: 'sendText',
    path: '/api/text',
    init: { method: 'POST', body: ' '.repeat(2_000_000), headers: { 'content-type': 'application/json' } },
    status: 413,
  },
  { operationId: 'listMessages', path: '/api/messages', status: 200 },
  { operationId: 'listMessages', path: '/api/messages?limit=x', status: 400 },
  { operationId: 'getMessage', path: `/api/messages/${ID}`, status: 200 },
  { operationId: 'getMessage', path: '/api/messages/x', status: 404 },
  {
    operationId: 'resendMessage',
    path: `/api/messages/${ID}/resend`,
    init: { method: 'POST', body: '{"channels":["ops"]}', headers: { 'content-type': 'application/json' } },
    status: 200,
  },
  {
    operationId: 'resendMessage',
    path: `/api/messages/${ID}/resend`,
    init: { method: 'POST', body: '[]', headers: { 'content-type': 'application/json' } },
    status: 400,
  },
  {
    operationId: 'resendMessage',
    path: '/api/messages/x/resend',
    init: {
      method: 'POST',
      body: '{"channels":["no message"]}',
      headers: { 'content-type': 'application/json' },
    },
    status: 404,
  },
  { operationId: 'exportMessages', path: '/api/messages/export', status: 400 },
  { operationId: 'watchEvents', path: '/api/events?x=1', status: 400 },
  {
    operationId: 'previewText',
    path: '/api/preview',
    init: { method: 'POST', body: '{"msg":"a"}', headers: { 'content-type': 'application/json' } },
    status: 200,
  },
  {
    operationId: 'previewText',
    path: '/api/preview',
    init: { method: 'POST', body: '{"msg":1}', headers: { 'content-type': 'application/json' } },
    status: 400,
  },
  { operationId: 'readStats', path: '/api/stats?range=7d&channel=ops', status: 200 },
  { operationId: 'readStats', path: '/api/stats?range=1y', status: 400 },
  { operationId: 'listChannels', path: '/api/channels', status: 200 },
  { operationId: 'resumeChannel', path: '/api/channels/ops/resume', init: { method: 'POST' }, status: 200 },
  {
    operationId: 'resumeChannel',
    path: '/api/channels/nobody/resume',
    init: { method: 'POST' },
    status: 404,
  },
  { operationId: 'healthz', path: '/healthz', status: 200 },
  { operationId: 'readyz', path: '/readyz', status: 503 },
];

test('each documented operation answers as documented', async (t) => {
  const { url } = await startServer(t, { entries: [entry], isReady: () => false });
  const document = await load(url);
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
  for (const { operationId, path, init, status } of calls) {
    const response = await fetch(`${url}${path}`, init);
    const body = await response.json();
    assert.equal(response.status, status, `${operationId} ${path}`);
    const operation = operations.find((candidate) => candidate.operationId === operationId);
    assert.ok(operation !== undefined);
    const schema = Compile(schemas[schemaOf(operation, status)]);
    assert.deepEqual([...schema.Errors(body)], [], JSON.stringify(body));
  }
  const plain = ['metrics', 'openapi'];
  assert.deepEqual(
    new Set(operations.map(({ operationId }) => operationId)),
    new Set([...calls.map((call) => call.operationId), ...plain]),
  );
});

test('each documented path and method exists', async (t) => {
  const { url } = await startServer(t, { entries: [entry] });
  for (const [path, operations] of Object.entries((await load(url)).paths)) {
    for (const method of Object.keys(operations)) {
      const { status } = await fetch(`${url}${path.replace('{id}', ID).replace('{name}', 'ops')}`, {
        method: method.toUpperCase(),
      });
      assert.ok(status === 200 || status === 400, `${method} ${path}: ${status}`);
    }
  }
});

test('the document is OpenAPI 3.1 with every code, both body types and no dangling reference', async (t) => {
  const { url } = await startServer(t);
  const document = await load(url);
  assert.match(document.openapi, /^3\.1\./);
  assert.deepEqual(document.components.schemas.ErrorAnswer?.properties?.code?.enum, Object.keys(API_ERRORS));
  const text = document.paths['/api/text']?.post;
  assert.deepEqual(Object.keys(text?.requestBody?.content ?? {}), [
    'application/json',
    'application/x-www-form-urlencoded',
  ]);
  assert.deepEqual(
    Object.keys(text?.responses ?? {})
      .map(Number)
      .sort((a, b) => a - b),
    [200, 400, 401, 403, 408, 413, 429, 431, 500, 503],
  );
  for (const [, name = ''] of JSON.stringify(document).matchAll(/#\/components\/schemas\/(\w+)/g))
    assert.ok(name in document.components.schemas, name);
  assert.ok(
    JSON.stringify(document.components.schemas.MessageAnswer).includes(
      '#/components/schemas/DetailedMessage',
    ),
  );
});

test('who is told when to come again is told so in the document', async (t) => {
  const { url } = await startServer(t);
  const { paths } = await load(url);
  const retryAfter = Object.values(paths)
    .flatMap((path) => Object.values(path))
    .flatMap(({ operationId, responses }) =>
      Object.entries(responses)
        .filter(([, { headers }]) => headers !== undefined && 'Retry-After' in headers)
        .map(([status]) => `${operationId} ${status}`),
    );
  assert.deepEqual(retryAfter.toSorted(), [
    'exportMessages 503',
    'previewText 429',
    'resendMessage 429',
    'resumeChannel 429',
    'sendText 429',
  ]);
});

test('required headers are named, all of them together, their values never', () => {
  const document = JSON.stringify(buildOpenApi({ lang: 'zh', version: '1', headerNames: ['X-A', 'X-B'] }));
  assert.ok(document.includes('"security":[{"X-A":[],"X-B":[]}]'));
});

test('the catalogue has the statuses of the contract, and a meaning in each language', () => {
  assert.deepEqual(
    Object.fromEntries(Object.entries(API_ERRORS).map(([code, { status }]) => [code, status])),
    {
      invalid_argument: 400,
      unauthenticated: 401,
      permission_denied: 403,
      not_found: 404,
      method_not_allowed: 405,
      resource_exhausted: 429,
      internal: 500,
      unavailable: 503,
    },
  );
  for (const lang of LANGS)
    for (const { meaning } of Object.values(API_ERRORS)) assert.ok(meaning[lang].length > 0);
});

test("a message shows its times in UTC with ms, and errors in the caller's language", async (t) => {
  const { url } = await startServer(t, { entries: [entry] });
  const call = async (language: string) => {
    const response = await fetch(`${url}/api/messages/${ID}`, { headers: { 'accept-language': language } });
    return ((await response.json()) as { message: DetailedMessageJson }).message;
  };
  const { deliveries, ...head } = await call('en');
  assert.deepEqual(head, {
    id: ID,
    request_id: null,
    msg_type: 'text',
    msg: '测试',
    created_at: '1970-01-01T00:00:00.000Z',
  });
  const { attempts, ...delivery } = deliveries[0] ?? assert.fail('no delivery');
  assert.deepEqual(delivery, {
    id: '7',
    channel: 'ops',
    provider: 'feishu_bot',
    status: 'retrying',
    resent_at: null,
    attempt_count: 2,
    next_attempt_at: '1970-01-01T00:00:01.500Z',
    finished_at: null,
    error: 'refused',
  });
  assert.deepEqual(attempts[1], {
    number: 2,
    part: 1,
    started_at: '1970-01-01T00:00:00.002Z',
    duration_ms: null,
    outcome: null,
    http_status: 200,
    platform_code: '0',
    response: '{}',
    error: null,
    possible_duplicate: true,
  });
  assert.equal((await call('zh')).deliveries[0]?.attempts[0]?.error, '平台拒绝');
});
