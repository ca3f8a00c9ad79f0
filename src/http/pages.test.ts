import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { request } from 'undici';
import { Secret } from '../core/secret.ts';
import type { PageFiles } from './page-files.ts';
import { pickEncoding } from './pick-encoding.ts';
import { startServer } from './test-support.ts';

const SCRIPT = Buffer.from(`export const text = '${'磁盘'.repeat(500)}';`);
const PAGES: PageFiles = {
  shell:
    '<!doctype html><meta name="postpoint-api-headers" content="" /><script type="module" src="/pages/assets/a-1.js"></script>',
  files: [
    {
      name: 'assets/a-1.js',
      type: 'text/javascript; charset=utf-8',
      bodies: { identity: SCRIPT, br: brotliCompressSync(SCRIPT), gzip: gzipSync(SCRIPT) },
      hash: 'h1',
    },
    {
      name: 'licenses.md',
      type: 'text/plain; charset=utf-8',
      bodies: { identity: Buffer.from('MIT') },
      hash: 'h2',
    },
  ],
};

/** As it comes, without the decoding that `fetch` does: it must see the bytes. */
async function get(url: string, headers: Record<string, string> = {}) {
  const { statusCode, headers: got, body } = await request(url, { headers });
  return { status: statusCode, headers: got, body: Buffer.from(await body.arrayBuffer()) };
}

test('both pages are the shell, public and under a strict policy', async (t) => {
  const headers = [{ name: 'X-Token', value: new Secret('s') }];
  const { url } = await startServer(t, { pages: Promise.resolve(PAGES), api: { headers } });
  for (const path of ['/log', '/send', '/log?status=failed&message=01']) {
    const { status, headers: got, body } = await get(`${url}${path}`);
    assert.equal(status, 200, path);
    assert.equal(got['content-type'], 'text/html; charset=utf-8');
    assert.equal(got['cache-control'], 'no-cache');
    const policy = String(got['content-security-policy']);
    assert.match(policy, /default-src 'none'.*script-src 'self'; style-src 'self';/);
    assert.doesNotMatch(policy, /unsafe|https?:/);
    assert.match(body.toString(), /name="postpoint-api-headers" content="X-Token"/);
    assert.doesNotMatch(body.toString(), />s<|"s"/);
  }
});

test('a file comes in the form that the caller takes, with a validator of that form', async (t) => {
  const { url } = await startServer(t, { pages: Promise.resolve(PAGES) });
  const read = { br: brotliDecompressSync, gzip: gunzipSync, identity: (bytes: Buffer) => bytes };
  for (const encoding of ['br', 'gzip', 'identity'] as const) {
    const { headers, body } = await get(`${url}/pages/assets/a-1.js`, { 'accept-encoding': encoding });
    assert.equal(headers['content-encoding'], encoding === 'identity' ? undefined : encoding);
    assert.equal(headers['content-type'], 'text/javascript; charset=utf-8');
    assert.equal(headers['cache-control'], 'public, max-age=31536000, immutable');
    assert.equal(headers.vary, 'accept-encoding');
    assert.deepEqual(read[encoding](body), SCRIPT);
    const again = await get(`${url}/pages/assets/a-1.js`, {
      'accept-encoding': encoding,
      'if-none-match': `"other", ${String(headers.etag)}`,
    });
    assert.deepEqual([again.status, again.body.length], [304, 0]);
  }
  const { headers } = await get(`${url}/pages/licenses.md`);
  assert.equal(headers['cache-control'], 'no-cache');
});

test('nothing but the known names is there', async (t) => {
  const { url } = await startServer(t, { pages: Promise.resolve(PAGES) });
  const paths = [
    'assets/',
    'assets/a-2.js',
    'assets/..%2f..%2fpackage.json',
    '%2e%2e/%2e%2e/package.json',
    '..%5c..%5cpackage.json',
    '%2fetc%2fpasswd',
    '__proto__',
    'index.html',
    'assets/a-1.js.br',
  ];
  for (const path of paths) assert.equal((await get(`${url}/pages/${path}`)).status, 404, path);
  for (const path of ['log', 'pages/assets/a-1.js']) {
    const post = await fetch(`${url}/${path}`, { method: 'POST' });
    assert.deepEqual([post.status, post.headers.get('allow')], [405, 'GET, HEAD'], path);
  }
});

test('a page that is asked for before the pages are read waits; if they cannot be read, it says so', async (t) => {
  const reading = Promise.withResolvers<PageFiles | null>();
  const early = await startServer(t, { pages: reading.promise });
  const asked = Promise.all(['/log', '/pages/assets/a-1.js'].map((path) => get(`${early.url}${path}`)));
  assert.equal(await Promise.race([asked, sleep(100, 'waiting')]), 'waiting');
  reading.resolve(PAGES);
  assert.deepEqual(
    (await asked).map(({ status }) => status),
    [200, 200],
  );

  const { url, logLines } = await startServer(t, { pages: Promise.reject(new Error('EIO: disk')) });
  for (const path of ['/log', '/pages/assets/a-1.js']) {
    const { status, body } = await get(`${url}${path}`);
    assert.equal(status, 500);
    assert.doesNotMatch(body.toString(), /EIO/);
  }
  assert.match(logLines.join('\n'), /EIO: disk/);
});

test('where the pages have not been built, they say what to run, in the language of the caller', async (t) => {
  const { url } = await startServer(t, { pages: Promise.resolve(null) });
  for (const [lang, words] of [
    ['zh', /页面还没有构建.*npm ci/],
    ['en', /have not been built.*npm ci/],
  ] as const) {
    const { status, headers, body } = await get(`${url}/log`, { 'accept-language': lang });
    assert.deepEqual([status, headers['content-type']], [503, 'text/plain; charset=utf-8']);
    assert.match(body.toString(), words);
  }
  assert.equal((await get(`${url}/pages/assets/a-1.js`)).status, 404);
});

const encodings: [string | undefined, string][] = [
  [undefined, 'identity'],
  ['', 'identity'],
  ['gzip, deflate, br, zstd', 'br'],
  ['gzip', 'gzip'],
  ['GZIP;q=0.5', 'gzip'],
  ['br;q=0, gzip', 'gzip'],
  ['br;q=0.0, *', 'gzip'],
  ['*', 'br'],
  ['identity', 'identity'],
];
for (const [header, want] of encodings) {
  test(`Accept-Encoding ${header} gets ${want}`, () =>
    assert.equal(pickEncoding(header, ['br', 'gzip']), want));
}
