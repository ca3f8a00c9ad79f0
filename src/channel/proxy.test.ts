import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type ProxyBehaviour,
  startHttpProxy,
  startSocks5Proxy,
  type TestProxy,
} from '../../test/support/proxies.ts';
import { httpAnswer, startScriptedServer } from '../../test/support/scripted-server.ts';
import { testCertificates } from '../../test/support/test-certificates.ts';
import { Secret } from '../core/secret.ts';
import { createTransport } from './http-client.ts';
import { parseProxy } from './proxy.ts';

// Goal: http, https and SOCKS5 proxies carry http and https targets, and what goes wrong at a proxy is never taken
// for an answer or for a request that may have arrived. Method: real proxies on 127.0.0.1.

const LOGIN = 'us%40er:pa%3Ass';
const PLAIN_LOGIN = 'us@er:pa:ss';
const CA = testCertificates.localhost;

type Kind = 'http' | 'https' | 'socks5';

function startProxy(kind: Kind, behaviour: ProxyBehaviour): Promise<TestProxy> {
  if (kind === 'socks5') return startSocks5Proxy(behaviour);
  return startHttpProxy(kind === 'https' ? { ...behaviour, cert: CA } : behaviour);
}

interface Case {
  readonly proxy: Kind;
  readonly target: 'http' | 'https';
  readonly behaviour?: ProxyBehaviour;
  readonly login?: string;
  readonly want: string;
  readonly asked: RegExp | null;
}

const cases: Case[] = [];
for (const proxy of ['http', 'https', 'socks5'] as const) {
  for (const target of ['http', 'https'] as const) {
    const asked =
      proxy === 'socks5'
        ? /^SOCKS localhost:\d+$/
        : target === 'http'
          ? /^POST http:\/\/localhost:\d+\/h00k\?q=1$/
          : /^CONNECT localhost:\d+$/;
    const forward = proxy !== 'socks5' && target === 'http';
    const common = { proxy, target, asked };
    cases.push(
      { ...common, want: 'answer 200 ok' },
      { ...common, behaviour: { login: PLAIN_LOGIN }, login: LOGIN, want: 'answer 200 ok' },
      {
        ...common,
        behaviour: { login: PLAIN_LOGIN },
        login: 'us%40er:t0psecret',
        want: 'not_sent proxy_auth',
        asked: proxy === 'socks5' ? null : asked,
      },
      {
        ...common,
        behaviour: { login: PLAIN_LOGIN },
        want: 'not_sent proxy_auth',
        asked: proxy === 'socks5' ? null : asked,
      },
      // In absolute form the proxy's refusal looks as any answer of the target would.
      {
        ...common,
        behaviour: { mood: 'refuse' },
        want: forward ? 'answer 403 denied' : 'not_sent proxy_refused',
      },
      // The http target: the request has been written into the tunnel by then.
      ...(forward
        ? []
        : [
            {
              ...common,
              behaviour: { mood: 'die' } as const,
              want:
                target === 'http'
                  ? 'unknown reset_after_send|not_sent connect_closed'
                  : 'not_sent connect_closed',
            },
          ]),
      {
        ...common,
        behaviour: { mood: 'mute' },
        want: forward ? 'unknown answer_timeout' : 'not_sent connect_timeout',
        asked: proxy === 'socks5' ? null : asked,
      },
    );
  }
}

for (const { proxy: kind, target, behaviour = {}, login, want, asked } of cases) {
  const title = JSON.stringify({ ...behaviour, given: login !== undefined });
  test(`${kind} proxy, ${target} target, ${title}: ${want}`, { concurrency: true }, async () => {
    const server = await startScriptedServer(
      (s) => s.write(httpAnswer(200, 'ok')),
      target === 'https' ? { cert: CA } : {},
    );
    const proxy = await startProxy(kind, behaviour);
    const transport = createTransport({ ca: CA });
    try {
      const result = await transport.send(
        { method: 'POST', url: `${target}://localhost:${server.port}/h00k?q=1`, headers: {}, body: 'b' },
        {
          proxy: new Secret(`${kind}://${login ? `${login}@` : ''}localhost:${proxy.port}`),
          timeoutMs: behaviour.mood === 'mute' ? 150 : 2_000,
        },
      );
      const got =
        result.kind === 'answer'
          ? `answer ${result.answer.httpStatus} ${result.answer.body}`
          : `${result.kind} ${result.fault.code}`;
      assert.match(got, new RegExp(`^(${want})$`));
      assert.equal(proxy.asked.length, asked === null ? 0 : 1);
      if (asked) assert.match(proxy.asked[0] ?? '', asked);
      assert.equal(server.requests.length, want === 'answer 200 ok' ? 1 : 0);
      // The login is the proxy's business and goes no further.
      assert.doesNotMatch(server.requests[0] ?? '', /proxy-auth/i);
      assert.doesNotMatch(JSON.stringify(result), /t0psecret|pa:ss|pa%3Ass|h00k/);
    } finally {
      transport.close();
      await Promise.all([server.close(), proxy.close()]);
    }
  });
}

test('TLS of an https proxy is verified like any other', async () => {
  const proxy = await startHttpProxy({ cert: testCertificates.other });
  const transport = createTransport({ ca: testCertificates.other });
  const result = await transport.send(
    { method: 'POST', url: 'http://robot.example/', headers: {}, body: '' },
    { proxy: new Secret(`https://localhost:${proxy.port}`), timeoutMs: 2_000 },
  );
  assert.ok(result.kind === 'not_sent');
  assert.equal(result.fault.code, 'tls_host_mismatch');
  assert.equal(proxy.asked.length, 0);
  transport.close();
  await proxy.close();
});

test('something that is no proxy is named as such', async () => {
  const server = await startScriptedServer(() => {}, {
    onConnect: (s) => s.write('SSH-2.0-OpenSSH_9.6\r\n'),
  });
  const transport = createTransport();
  for (const kind of ['http', 'socks5']) {
    const result = await transport.send(
      { method: 'POST', url: 'https://robot.example/', headers: {}, body: '' },
      { proxy: new Secret(`${kind}://127.0.0.1:${server.port}`), timeoutMs: 1_000 },
    );
    assert.equal(result.kind === 'not_sent' && result.fault.code, 'proxy_broken', kind);
  }
  transport.close();
  await server.close();
});

const refused = [
  { url: 'http://169.254.169.254/x', via: 'http://127.0.0.1:1' },
  { url: 'https://[::ffff:a9fe:a9fe]/x', via: 'http://127.0.0.1:1' },
  { url: 'http://2852039166/x', via: 'socks5://127.0.0.1:1' },
  { url: 'http://Metadata.Google.Internal./x', via: 'socks5://127.0.0.1:1' },
  { url: 'http://robot.example/x', via: 'http://169.254.169.254:3128' },
  // The host of a scheme that URL does not know is left as written; the system's resolver reads it as an address.
  { url: 'http://robot.example/x', via: 'socks5://2852039166:1080' },
];
for (const { url, via } of refused) {
  test(`${url} through ${via} is blocked`, async () => {
    const transport = createTransport();
    const options = { proxy: new Secret(via), timeoutMs: 2_000 };
    const result = await transport.send({ method: 'POST', url, headers: {}, body: '' }, options);
    assert.equal(result.kind === 'blocked' && result.fault.code, 'blocked_address');
    transport.close();
  });
}

test('a malformed proxy setting is refused, and a well-formed one is read', async () => {
  for (const bad of ['', 'proxy:3128', 'ftp://proxy', 'socks4://proxy', 'http://us%er:x@proxy']) {
    assert.equal(parseProxy(new Secret(bad)), null, bad);
  }
  const transport = createTransport();
  const result = await transport.send(
    { method: 'POST', url: 'http://robot.example/', headers: {}, body: '' },
    { proxy: new Secret('ftp://us:t0psecret@proxy'), timeoutMs: 100 },
  );
  assert.equal(result.kind === 'blocked' && result.fault.code, 'invalid_proxy');
  assert.doesNotMatch(JSON.stringify(result), /t0psecret/);
  const login = { user: 'a@b', password: 'c:d' };
  assert.deepEqual(parseProxy(new Secret('socks5://a%40b:c%3Ad@[::1]')), {
    kind: 'socks5',
    host: '::1',
    port: 1080,
    login,
  });
  assert.deepEqual(parseProxy(new Secret('https://p')), { kind: 'https', host: 'p', port: 443, login: null });
  assert.deepEqual(parseProxy(new Secret('http://p:3128/')), {
    kind: 'http',
    host: 'p',
    port: 3128,
    login: null,
  });
});
