import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { Secret } from '../../src/core/secret.ts';
import { startServer } from '../../src/http/test-support.ts';

// Goal: no route under /api/ answers without the required headers, whatever is given instead of them, and no route
// outside of it appears unnoticed. Method: the routes of the running server's own table, so that a new one cannot be
// forgotten; every method; a table of bad credentials.

const TOKEN = 'c0rrect-horse-battery';

/** Public by contract: shells of pages, the description of the API, health and metrics. */
const PUBLIC = /^\/(?:|log|send|healthz|readyz|metrics|swagger(?:\/.*)?|pages\/\*)$/;

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'] as const;

const BAD: { name: string; headers: Record<string, string | string[]> }[] = [
  { name: 'none', headers: {} },
  { name: 'empty', headers: { 'x-token': '' } },
  { name: 'wrong', headers: { 'x-token': 'wrong' } },
  { name: 'its beginning', headers: { 'x-token': TOKEN.slice(0, -1) } },
  { name: 'more than it', headers: { 'x-token': `${TOKEN}x` } },
  { name: 'other case', headers: { 'x-token': TOKEN.toUpperCase() } },
  { name: 'twice', headers: { 'x-token': [TOKEN, TOKEN] } },
  { name: 'another header', headers: { authorization: `Bearer ${TOKEN}`, cookie: `x-token=${TOKEN}` } },
  { name: 'a name like it', headers: { x_token: TOKEN, 'x-token2': TOKEN } },
  { name: 'encoded', headers: { 'x-token': encodeURIComponent(TOKEN).replace('-', '%2D') } },
  { name: 'base64', headers: { 'x-token': Buffer.from(TOKEN).toString('base64') } },
  { name: 'quoted', headers: { 'x-token': `"${TOKEN}"` } },
  { name: '8 KB', headers: { 'x-token': TOKEN.repeat(390) } },
  { name: 'high bytes', headers: { 'x-token': `${TOKEN}\u00e9` } },
];

/** What the server's own table prints, as paths with their methods: a tree of their common beginnings. */
function routesOf(tree: string): { path: string; methods: string[] }[] {
  const open: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const found = /^(?<indent>[\s│]*)[├└]── (?<part>\S+)(?: \((?<methods>[A-Z, ]+)\))?$/.exec(line)?.groups;
    if (found === undefined) return [];
    const depth = (found.indent?.length ?? 0) / 4;
    open.length = depth;
    open[depth] = found.part ?? '';
    if (found.methods === undefined) return [];
    return [{ path: open.join('').replace('//', '/'), methods: found.methods.split(', ') }];
  });
}

function ask(
  port: number,
  method: string,
  path: string,
  headers: Record<string, string | string[]>,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ port, host: '127.0.0.1', method, path, headers, agent: false }, (response) => {
      let body = '';
      // A stream of events has no end of its own.
      if (response.headers['content-type']?.startsWith('text/event-stream')) {
        response.destroy();
        resolve({ status: response.statusCode ?? 0, body });
        return;
      }
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    sent.on('error', reject).end();
  });
}

test('every route of the server x every method x every bad credential is 401, with one body', async (t) => {
  const headers = [{ name: 'X-Token', value: new Secret(TOKEN) }];
  const { server, port, accepted, queries } = await startServer(t, { api: { headers } });
  const routes = routesOf(server.app.printRoutes());
  const guarded = routes.filter(({ path }) => path.startsWith('/api/'));
  assert.deepEqual(
    routes.filter(({ path }) => !path.startsWith('/api/') && !PUBLIC.test(path)).map(({ path }) => path),
    [],
    'a route that is neither under /api/ nor public by contract',
  );
  // The way the table is read must not go blind.
  for (const path of [
    '/api/text',
    '/api/messages',
    '/api/messages/:id',
    '/api/channels/:name/resume',
    '/healthz',
    '/pages/*',
  ])
    assert.ok(
      routes.some((route) => route.path === path),
      `${path} is in the table`,
    );

  const bodies = new Set<string>();
  for (const { path } of guarded) {
    const target = path.replaceAll(/:\w+/g, 'ops');
    for (const method of METHODS) {
      for (const { name, headers: given } of BAD) {
        const { status, body } = await ask(port, method, target, given);
        assert.equal(status, 401, `${method} ${target} with ${name}`);
        if (method !== 'HEAD') bodies.add(body.replace(JSON.parse(body).id, ''));
      }
    }
    const right = await ask(port, 'GET', target, { 'x-token': TOKEN });
    assert.notEqual(right.status, 401, `${target} with the right one`);
  }
  assert.equal(bodies.size, 1, 'a refusal says nothing about how near it was');
  assert.deepEqual([accepted.length, queries.length <= guarded.length], [0, true]);
});

const traversals = [
  '/swagger/../config.toml',
  '/swagger/..%2fconfig.toml',
  '/swagger/%2e%2e/config.toml',
  '/swagger/%2e%2e%2fconfig.toml',
  '/swagger/..%5cconfig.toml',
  '/swagger/..\\config.toml',
  '/swagger//etc/passwd',
  '/swagger/%2fetc%2fpasswd',
  '/swagger/swagger-ui.css%00.png',
  '/swagger/%c0%ae%c0%ae/config.toml',
  '/swagger/package.json',
  '/swagger/absolute-path.js',
  '/swagger/swagger-ui.css/../../package.json',
  '//swagger/../config.toml',
  '/log/../config.toml',
  '/assets/../config.toml',
  '/..%2f..%2f..%2fetc%2fpasswd',
  '/file:///etc/passwd',
];
test('no path leads to a file that is not served', async (t) => {
  const { port } = await startServer(t);
  for (const path of traversals) {
    const { status, body } = await ask(port, 'GET', path, {});
    assert.ok(status === 404 || status === 400, `${path} is ${status}`);
    assert.match(JSON.parse(body).code, /^(?:not_found|invalid_argument)$/, path);
  }
});
