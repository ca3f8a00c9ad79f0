import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secret } from '../core/secret.ts';
import { prepareRequest, rememberWays } from './route.ts';

// Goal: a remembered way is the way of that URL and that proxy, however many there are. Method: beside one found anew.

const proxies = [
  null,
  new Secret('http://10.0.0.1:3128'),
  new Secret('socks5://u:p@10.0.0.1:1080'),
  new Secret('?'),
];
const urls = [
  'http://a.example/hook?key=1',
  'http://user:p%40ss@a.example:8080/hook',
  'https://a.example/hook',
  'http://127.0.0.1/hook',
  'ftp://a.example/',
  'no url',
  // A proxy and a URL in one.
  'http://10.0.0.1:3128 http://a.example/hook?key=1',
];
const more = Array.from({ length: 600 }, (_, index) => `https://b.example/hook?sign=${index}`);

test('a remembered way leads where the URL and the proxy say', () => {
  const wayOf = rememberWays();
  for (const url of [...urls, ...more, ...urls, ...more.slice(0, 10)]) {
    for (const proxy of proxies) {
      const request = { method: 'POST', url, headers: { 'X-A': '1' }, body: '{}' };
      const options = { proxy, timeoutMs: 1_000 };
      assert.deepEqual(prepareRequest(request, options, wayOf), prepareRequest(request, options));
    }
  }
});

test('a URL with a long text in it is not kept', () => {
  const wayOf = rememberWays();
  const long = `https://a.example/hook?text=${'x'.repeat(3_000)}`;
  assert.notEqual(wayOf(long, null), wayOf(long, null));
  assert.equal(wayOf('https://a.example/hook', null), wayOf('https://a.example/hook', null));
});

test('headers: ours where none is configured, each name once, a login from the URL', () => {
  const prepared = prepareRequest(
    {
      method: 'POST',
      url: 'http://user:p%40ss@a.example:8080/hook',
      headers: {
        'User-Agent': 'a',
        'user-agent': 'b',
        Host: 'c',
        'Accept-Encoding': 'gzip',
        ['__proto__']: 'd',
      },
      body: null,
    },
    { proxy: null, timeoutMs: 1_000 },
  );
  assert.ok(prepared.kind === 'ready');
  assert.deepEqual(prepared.request.headers, [
    ...['user-agent', 'b', 'host', 'c'],
    ...['authorization', `Basic ${Buffer.from('user:p@ss').toString('base64')}`],
    ...['accept-encoding', 'identity', '__proto__', 'd'],
  ]);
});
