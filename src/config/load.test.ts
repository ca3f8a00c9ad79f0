// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${NAME}` is PostPoint's own syntax
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { demoConfig, loadConfig } from './load.ts';
import { formatProblems } from './problem.ts';
import { testProviders as providers } from './test-providers.ts';

const folder = mkdtempSync(join(tmpdir(), 'postpoint-config-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const env = { HOST: 'env.example', EMPTY: '', LOOP: '${HOST}', CANARY: 'CANARY-of-env' };

function load(toml: string | Uint8Array) {
  writeFileSync(join(folder, 'config.toml'), toml, { mode: 0o600 });
  return loadConfig({ file: 'config.toml', cwd: folder, env, providers });
}

function problemsOf(toml: string | Uint8Array): string[] {
  const loaded = load(toml);
  assert.equal(loaded.ok, false, 'the file should be refused');
  return loaded.ok ? [] : formatProblems(loaded.problems, 'en').map((line) => line.replace(/ {2,}/g, '  '));
}

function configOf(toml: string) {
  const loaded = load(toml);
  if (!loaded.ok) throw new Error(formatProblems(loaded.problems, 'en').join('\n'));
  return loaded.config;
}

const CHANNEL = '[provider.webhook]\nendpoint.url = "http://127.0.0.1/hook"\n';
/** The line after `CHANNEL`. */
const NEXT = 3;

// Goal: each kind of fault gives exactly its lines: place, key, what is wrong, what is allowed, nearest key.
const faulty: { name: string; toml: string | Uint8Array; want: RegExp[] }[] = [
  {
    name: 'no end of a string',
    toml: 'a = "x',
    want: [/^config\.toml:1 {2}TOML syntax error: the string has no end/],
  },
  { name: 'a table twice', toml: '[api]\n[api]', want: [/^config\.toml:2 {2}.*defined twice/] },
  { name: 'a key twice', toml: '[api]\nport = 1\nport = 2', want: [/^config\.toml:3 {2}.*defined twice/] },
  {
    name: 'a value without quotes',
    toml: '\n\na = http://x',
    want: [/^config\.toml:3 {2}.*straight double quotes/],
  },
  {
    name: 'a rare syntax error in the parser’s words',
    toml: 'a = 1__0',
    want: [/:1 {2}TOML syntax error: Underscores/],
  },
  {
    name: 'bytes that are not UTF-8',
    toml: new Uint8Array([0x61, 0xff, 0xfe]),
    want: [/^config\.toml {2}the file is not UTF-8/],
  },
  {
    name: 'an empty file',
    toml: '',
    want: [/^config\.toml {2}no channel is configured.*; allowed: .*provider\.workweixin_bot/],
  },
  {
    name: 'only disabled channels',
    toml: `${CHANNEL}enabled = false`,
    want: [/every channel has enabled = false/],
  },
  {
    name: 'a misspelt key',
    toml: `${CHANNEL}[delivery]\nretry.coutn = 3`,
    want: [
      /:4 {2}delivery\.retry\.coutn {2}unknown key; allowed: count, interval, algorithm, jitter; closest known: delivery\.retry\.count$/,
    ],
  },
  {
    name: 'a misspelt table, with one line for all in it',
    toml: `${CHANNEL}[delivry]\ntimeout = 5\nretry.count = 1`,
    want: [
      /:3 {2}delivry {2}unknown table; allowed: provider, channel, delivery, api, store, log; closest known: delivery$/,
    ],
  },
  {
    name: 'a key in the wrong table',
    toml: `timeout = 5\n${CHANNEL}`,
    want: [/:1 {2}timeout {2}unknown key; .*closest known: delivery\.timeout$/],
  },
  {
    name: 'a misspelt key of a channel',
    toml: `${CHANNEL}endpoint.mehtod = "GET"`,
    want: [
      /:3 {2}provider\.webhook\.endpoint\.mehtod {2}unknown key; .*closest known: provider\.webhook\.endpoint\.method$/,
    ],
  },
  {
    name: 'an unknown platform, and nothing about its keys',
    toml: `${CHANNEL}[provider.feishu]\nurl = "x"`,
    want: [
      /:3 {2}provider\.feishu {2}unknown platform type; allowed: "workweixin_bot".*; closest known: feishu_bot$/,
    ],
  },
  {
    name: 'an empty provider',
    toml: '[provider.slack_bot]',
    want: [/:1 {2}provider\.slack_bot\.endpoint\.url {2}required/],
  },
  {
    name: 'a channel without a provider',
    toml: '[channel.ops]\nendpoint.url = "http://x/"',
    want: [/:1 {2}channel\.ops\.provider {2}required key is missing.*"feishu_bot"/],
  },
  {
    name: 'a channel of an unknown provider',
    toml: '[channel.ops]\nprovider = "slack"\nendpoint.url = "http://x/"',
    want: [/:2 {2}channel\.ops\.provider {2}unknown platform type.*closest known: slack_bot$/],
  },
  {
    name: 'a provider that is no string',
    toml: '[channel.ops]\nprovider = 5\nendpoint.url = "http://x/"',
    want: [/:2 {2}channel\.ops\.provider {2}wrong type, this is an integer/],
  },
  {
    name: 'two channels of one name',
    toml: `${CHANNEL}[channel.webhook]\nprovider = "slack_bot"\nendpoint.url = "http://x/"`,
    want: [/:3 {2}channel\.webhook {2}a channel of this name is already defined in line 1$/],
  },
  {
    name: 'a channel name with a space',
    toml: '[channel."a b"]\nprovider = "slack_bot"\nendpoint.url = "http://x/"',
    want: [/:1 {2}channel\."a b" {2}the channel name has a character/],
  },
  {
    name: 'a key that the platform does not have',
    toml: '[provider.slack_bot]\nendpoint.url = "http://x/"\nsecret = "CANARY"',
    want: [
      /:3 {2}provider\.slack_bot\.secret {2}this platform has no such key; platforms that have it: feishu_bot, webhook$/,
    ],
  },
  {
    name: 'headers of a platform that takes none, once for all',
    toml: '[provider.feishu_bot]\nendpoint.url = "http://x/"\nheaders.A = "CANARY"\nheaders.B = "CANARY"',
    want: [
      /:3 {2}provider\.feishu_bot\.headers {2}this platform has no such key; platforms that have it: webhook$/,
    ],
  },
  {
    name: 'provider as a value',
    toml: 'provider = 5',
    want: [/:1 {2}provider {2}wrong type, this is an integer/, /no channel/],
  },
  {
    name: 'a provider as an array of tables',
    toml: '[[provider.webhook]]\nendpoint.url = "x"',
    want: [/:1 .*array of tables/, /no channel/],
  },
  {
    name: 'an array of tables',
    toml: `${CHANNEL}[[api]]\nport = 1`,
    want: [/:3 {2}api {2}wrong type, this is an array of tables/],
  },
  {
    name: 'a value where a table belongs',
    toml: `${CHANNEL}[delivery]\nretry = 5`,
    want: [/:4 {2}delivery\.retry {2}wrong type, this is an integer; allowed: a table/],
  },
  {
    name: 'a table where a value belongs',
    toml: `${CHANNEL}[delivery.timeout]\nx = 1`,
    want: [
      /:3 {2}delivery\.timeout {2}wrong type, this is a table/,
      /:4 {2}delivery\.timeout\.x {2}unknown key/,
    ],
  },
  {
    name: 'one quoted key with dots',
    toml: `${CHANNEL}"rate_limit.minute.burst" = 5`,
    want: [/:3 {2}provider\.webhook\."rate_limit\.minute\.burst" {2}unknown key/],
  },
  {
    name: '__proto__ as a key',
    toml: `${CHANNEL}__proto__.x = 1`,
    want: [/:3 {2}provider\.webhook\.__proto__\.x {2}unknown key/],
  },
  {
    name: '__proto__ as a channel',
    toml: `${CHANNEL}[channel.__proto__]\nenabled = true`,
    want: [/:3 .*__proto__\.provider {2}required/, /:3 .*__proto__\.endpoint\.url {2}required/],
  },
  {
    name: 'constructor as a table',
    toml: `${CHANNEL}[constructor]\nprototype.x = 1`,
    want: [/:3 {2}constructor {2}unknown table/],
  },
];
for (const { name, toml, want } of faulty) {
  test(`config refuses ${name}`, () => {
    const lines = problemsOf(toml);
    assert.equal(lines.length, want.length, lines.join('\n'));
    for (const [i, pattern] of want.entries()) assert.match(lines[i] ?? '', pattern);
    assert.equal(({} as Record<string, unknown>).x, undefined);
  });
}

// Goal: one bad value gives one line that names its key and says why.
const badValues: [key: string, value: string, why: RegExp][] = [
  ['endpoint.url', '5', /this is an integer; allowed: a string/],
  ['endpoint.url', '""', /empty; allowed/],
  ['endpoint.url', '"open.feishu.cn/CANARY"', /not a valid URL; allowed: .*http/],
  ['endpoint.url', '"http://CANARY:port/"', /not a valid URL/],
  ['endpoint.url', '"ftp://CANARY/x"', /scheme is not supported/],
  ['endpoint.url', '"http://x/CANARY "', /not a valid URL/],
  ['endpoint.url', '"https:CANARY"', /not a valid URL/],
  ['secret', '"CANARY"', /not a Standard Webhooks secret/],
  ['secret', '"whsec_CANARY-_"', /not a Standard Webhooks secret/],
  ['endpoint.method', '"get"', /"get" is not one of the choices; allowed: "GET".*closest known: GET/],
  ['endpoint.method', '"https://x/CANARY"', /not one of the choices/],
  ['endpoint.method', '"${CANARY}"', /not one of the choices/],
  ['content_type', '"xml"', /allowed: "json", "form"/],
  ['overflow', 'true', /this is a boolean; allowed: "split"/],
  ['ordered', '"yes"', /this is a string; allowed: true or false/],
  ['enabled', '1', /this is an integer; allowed: true or false/],
  ['on_uncertain', '"retri"', /closest known: retry/],
  ['tags', '"ops"', /this is a string; allowed: an array/],
  ['tags', '["a,b"]', /not a valid tag/],
  ['tags', '["a b"]', /not a valid tag/],
  ['tags', '[""]', /not a valid tag/],
  ['tags', '[1]', /the array holds an integer/],
  ['tags', '[{a = 1}]', /the array holds a table/],
  ['rate_limit.minute.burst', '-1', /-1 is out of range; allowed: an integer from 0/],
  ['rate_limit.minute.burst', '1.5', /1\.5 is not an integer/],
  ['rate_limit.rate.frequency', '"5"', /this is a string/],
  ['rate_limit.rate.frequency', '99999999999999999999', /out of range/],
  ['proxy', '"socks4://u:CANARY@x"', /scheme is not supported; allowed: .*socks5/],
  ['proxy', '"CANARY"', /not a valid URL/],
  ['proxy', '"http://x:1/CANARY"', /has no path/],
  ['proxy', '"http://u:%CANARY@x:1"', /two hexadecimal digits/],
  ['proxy', '""', /empty/],
  ['proxy', 'false', /this is a boolean/],
  ['headers', '"CANARY"', /this is a string; allowed: a table/],
  ['headers."A: CANARY"', '""', /not a valid HTTP header name/],
  ['headers.Host', '"CANARY"', /sets this header itself/],
  ['headers.Content-Length', '"CANARY"', /sets this header itself/],
  ['headers.transfer-encoding', '"CANARY"', /sets this header itself/],
  ['headers.Connection', '"CANARY"', /sets this header itself/],
  ['headers.Webhook-Signature', '"CANARY"', /sets this header itself/],
  ['headers.X', '""', /empty/],
  ['headers.X', '"CANARY\\n"', /not allowed; allowed: visible ASCII/],
  ['headers.X', '"CANARY中"', /not allowed/],
  ['headers.X', '5', /this is an integer/],
  ['headers', '{ a = "x", A = "CANARY" }', /there twice/],
  ['overflow', '"${NOPE}"', /environment variable NOPE is not set/],
  ['overflow', '"${constructor}"', /environment variable constructor is not set/],
  ['overflow', '"${1}"', /not the name of an environment variable/],
];
const badGlobals: [key: string, value: string, why: RegExp][] = [
  ['delivery.timeout', '0', /out of range; allowed: an integer from 1 to 300/],
  ['delivery.timeout', '301', /out of range/],
  ['delivery.timeout', '2.5', /2\.5 is not an integer/],
  ['delivery.timeout', '2020-01-01', /this is a date or time/],
  ['delivery.retry.count', '101', /from 0 to 100/],
  ['delivery.retry.interval', '900.5', /a number from 0 to 900/],
  ['delivery.retry.interval', 'nan', /not a finite number/],
  ['delivery.retry.algorithm', 'inf', /not a finite number/],
  ['delivery.retry.algorithm', '0.5', /from 1 to 10/],
  ['delivery.on_uncertain', '"stop"', /allowed: "retry", "hold"/],
  ['delivery.proxy', '"CANARY"', /not a valid URL/],
  ['delivery.shutdown_grace', '-1', /out of range/],
  ['api.host', '"http://x"', /not a host name/],
  ['api.port', '65536', /from 0 to 65535/],
  ['api.headers', '[]', /this is an array; allowed: a table/],
  ['api.headers.Authorization', '""', /empty/],
  ['api.headers.Host', '"x"', /sets this header itself/],
  ['api.rate_limit.frequency', '-1', /out of range/],
  ['api.body_limit', '0', /from 1/],
  ['api.allowed_hosts', '["a:80"]', /not a host name/],
  ['store.url', '"mysql://CANARY"', /unknown kind of store/],
  ['store.url', '"sqlite:"', /path after sqlite: is missing/],
  ['store.url', '"sqlite::memory:"', /in memory is not supported/],
  ['store.url', '"postgres:CANARY"', /unknown kind of store/],
  ['log.level', '"inf"', /closest known: info/],
  ['log.console', '"on"', /this is a string/],
];
const valueCases = [
  ...badValues.map(([key, value, why]) => ({
    toml: `[provider.webhook]\nendpoint.url = "http://x/"\n`,
    key,
    value,
    why,
  })),
  ...badGlobals.map(([key, value, why]) => ({ toml: CHANNEL, key, value, why })),
].map((c, i) => ({ ...c, isGlobal: i >= badValues.length }));
for (const { toml, key, value, why, isGlobal } of valueCases) {
  test(`config refuses ${key} = ${value}`, () => {
    const [top, ...rest] = key.split('.');
    const text = isGlobal
      ? `${toml}[${top}]\n${rest.join('.')} = ${value}\n`
      : key === 'endpoint.url'
        ? `[provider.webhook]\n\n${key} = ${value}\n`
        : `${toml}${key} = ${value}\n`;
    const lines = problemsOf(text);
    assert.equal(lines.length, 1, lines.join('\n'));
    assert.match(lines[0] ?? '', why);
    assert.match(lines[0] ?? '', new RegExp(`^config\\.toml:${isGlobal ? NEXT + 1 : NEXT} `));
    assert.match(lines[0] ?? '', isGlobal ? new RegExp(` {2}${top}\\.`) : / {2}provider\.webhook\./);
    assert.doesNotMatch(lines.join(), /CANARY-of-env|CANARY(?! is not)/);
  });
}

test('config reports every problem at once, in the order of the file', () => {
  const lines = problemsOf(
    '[api]\nport = -1\n[provider.feishu_bot]\nendpoint.url = "x"\ntags = [1, "a b"]\n[log]\nlevle = "info"',
  );
  assert.deepEqual(
    lines.map((line) => line.split(' ')[0]),
    [2, 4, 5, 5, 7].map((line) => `config.toml:${line}`),
  );
});

test('config refuses a folder and a file that is not there', () => {
  mkdirSync(join(folder, 'folder'));
  for (const [file, why] of [
    ['folder', /is a folder/],
    ['nothing.toml', /does not exist/],
  ] as const) {
    const loaded = loadConfig({ file, cwd: folder, env, providers });
    assert.equal(loaded.ok, false);
    if (!loaded.ok) assert.match(formatProblems(loaded.problems, 'en').join(), why);
  }
});

test('config fills in every default and freezes all of it', () => {
  const config = configOf('[provider.feishu_bot]\nendpoint.url = "https://open.feishu.cn/x"');
  const [channel] = config.channels;
  assert.deepEqual(channel?.windows, [
    { maxSends: 98, windowMs: 60_000 },
    { maxSends: 4, windowMs: 1_000 },
  ]);
  assert.equal(channel?.onUncertain, 'retry');
  assert.equal(channel?.proxy, null);
  assert.equal(channel?.overflow, 'split');
  assert.deepEqual(config.delivery, {
    timeoutMs: 10_000,
    retry: { count: 5, intervalMs: 10_000, factor: 1, jitter: false },
    onUncertain: 'retry',
    shutdownGraceMs: 10_000,
  });
  assert.deepEqual(config.api, {
    host: 'localhost',
    port: 39_270,
    headers: [],
    maxRequestsPerSecond: 0,
    bodyLimitBytes: 1_048_576,
    allowedHosts: [],
  });
  assert.deepEqual(config.store, { kind: 'sqlite', path: join(folder, 'data', 'postpoint.db') });
  assert.deepEqual(config.log, { console: true, folder: null, level: 'info' });
  for (const part of [config, config.channels, channel, channel?.windows[0], config.delivery.retry])
    assert.ok(Object.isFrozen(part));
});

test('config reads every key', () => {
  const config = configOf(`\uFEFF
[delivery]
proxy = "http://u:p@proxy:3128"
timeout = 300
on_uncertain = "hold"
retry = { count = 0, interval = 0.5, algorithm = 2, jitter = true }
[provider.webhook]
endpoint = { url = "http://\${HOST}/a?b=\${LOOP}&c=\${EMPTY}", method = "PUT" }
secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
content_type = "form"
headers = { X-Token = "a b", "Authorization" = "Bearer x" }
rate_limit = { minute.burst = 0, rate.frequency = 3 }
tags = ["ops", "开发", "ops"]
overflow = "fail"
ordered = true
[channel.a-1]
provider = "slack_bot"
endpoint.url = "https://hooks.slack.com/x"
proxy = "no"
on_uncertain = "retry"
[channel.off]
provider = "slack_bot"
endpoint.url = "https://hooks.slack.com/x"
enabled = false
[api]
host = ""
port = 0
headers.Authorization = "Bearer \${HOST}"
allowed_hosts = ["Push.Example.com"]
[store]
url = "postgres://u:p@db/x"
[log]
file = true
level = "debug"`);
  const [webhook, slack] = config.channels;
  assert.equal(webhook?.endpoint.url.reveal(), 'http://env.example/a?b=${HOST}&c=');
  assert.equal(webhook?.endpoint.method, 'PUT');
  assert.equal(webhook?.endpoint.contentType, 'form');
  assert.equal(webhook?.endpoint.secret?.reveal(), 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
  assert.deepEqual(
    webhook?.endpoint.headers.map(({ name, value }) => [name, value.reveal()]),
    [
      ['X-Token', 'a b'],
      ['Authorization', 'Bearer x'],
    ],
  );
  assert.deepEqual(webhook?.windows, [{ maxSends: 3, windowMs: 1_000 }]);
  assert.deepEqual(webhook?.tags, ['ops', '开发']);
  assert.equal(webhook?.proxy?.reveal(), 'http://u:p@proxy:3128');
  assert.equal(webhook?.onUncertain, 'hold');
  assert.equal(slack?.name, 'a-1');
  assert.equal(slack?.proxy, null);
  assert.equal(slack?.onUncertain, 'retry');
  assert.deepEqual(slack?.windows, [{ maxSends: 1, windowMs: 1_000 }]);
  assert.deepEqual(config.disabledChannels, ['off']);
  assert.deepEqual(config.delivery.retry, { count: 0, intervalMs: 500, factor: 2, jitter: true });
  assert.equal(config.api.headers[0]?.value.reveal(), 'Bearer env.example');
  assert.deepEqual(config.api.allowedHosts, ['push.example.com']);
  assert.equal(config.store.kind === 'postgres' && config.store.url.reveal(), 'postgres://u:p@db/x');
  assert.equal(config.log.folder, join(folder, 'log'));
  assert.doesNotMatch(JSON.stringify(config) + inspect(config, { depth: 9 }), /Bearer|whsec|u:p|slack\.com/);
});

test('config warns of a file that others can read', { skip: process.platform === 'win32' }, () => {
  const closed = load(CHANNEL);
  assert.deepEqual(closed.ok && closed.warnings, []);
  chmodSync(join(folder, 'config.toml'), 0o644);
  const loaded = loadConfig({ file: 'config.toml', cwd: folder, env, providers });
  assert.match(loaded.ok ? (loaded.warnings[0]?.en ?? '') : '', /mode 644/);
  chmodSync(join(folder, 'config.toml'), 0o600);
});

const CHANNEL_OF = (provider: string, url: string, more = '') =>
  `[provider.${provider}]\nendpoint.url = "${url}"\n${more}`;
const SAMPLE = /^config\.toml:2 {2}provider\.\w+\.endpoint\.url {2}this is a sample/;
const OTHER =
  /^config\.toml:2 {2}provider\.webhook\.endpoint\.url {2}.*address of slack_bot.* allowed: .*slack_bot$/;
const doubtful: { name: string; toml: string; want: RegExp[] }[] = [
  { name: 'its own host', toml: CHANNEL_OF('slack_bot', 'https://slack_bot.example/CANARY'), want: [] },
  { name: 'a host of one’s own', toml: CHANNEL_OF('slack_bot', 'https://chat.corp/CANARY'), want: [] },
  { name: 'words that only hold a sample', toml: CHANNEL_OF('webhook', 'http://h/fxxx/your/a.b'), want: [] },
  {
    name: 'the host of another platform',
    toml: CHANNEL_OF('webhook', 'https://slack_bot.example/CANARY'),
    want: [OTHER],
  },
  {
    name: 'the host of another platform, in a channel that is left out',
    toml: `${CHANNEL_OF('webhook', 'https://slack_bot.example/CANARY', 'enabled = false\n')}${CHANNEL.replace('webhook', 'slack_bot')}`,
    want: [],
  },
  ...[
    'https://slack_bot.example/xxx',
    'https://h/services/T000/B000/xxx',
    'https://h/send?key=XXXX',
    'https://h/bot000:xxx/sendMessage?chat_id=-100xxx',
    'https://h/hook/yyy',
    'https://h/hook/<key>',
    'https://h/hook/your-key',
    'https://h/hook/...',
    'https://mattermost.example.com/hooks/CANARY',
  ].map((url) => ({ name: url, toml: CHANNEL_OF('slack_bot', url), want: [SAMPLE] })),
  {
    name: 'the signing key of the template',
    toml: CHANNEL_OF('feishu_bot', 'https://h/CANARY', 'secret = "…"\n'),
    want: [/^config\.toml:3 {2}provider\.feishu_bot\.secret {2}this is a sample/],
  },
  {
    name: 'the signing key of the README',
    toml: CHANNEL_OF('feishu_bot', 'https://h/CANARY', 'secret = "SECxxx"\n'),
    want: [/secret/],
  },
];
for (const { name, toml, want } of doubtful) {
  test(`config warns: ${name}`, () => {
    const loaded = load(toml);
    const warnings = loaded.ok
      ? loaded.warnings.map(({ en }) => en)
      : assert.fail(problemsOf(toml).join('\n'));
    assert.equal(warnings.length, want.length, warnings.join('\n'));
    for (const [index, line] of warnings.entries()) {
      assert.match(line, want[index] ?? /^$/);
      assert.doesNotMatch(line, /CANARY/);
    }
  });
}

test('config of demo mode has no file, and refuses what is wrong in it', () => {
  const config = demoConfig({ toml: CHANNEL, cwd: folder, providers });
  assert.equal(config.file, null);
  assert.equal(config.store.kind === 'sqlite' && config.store.path, join(folder, 'data', 'postpoint.db'));
  assert.throws(() => demoConfig({ toml: '', cwd: folder, providers }), /no channel/);
});

test('config never throws and never prints more than a line per problem, whatever the file holds', () => {
  const piece = fc.constantFrom(
    '[provider.webhook]\n',
    'endpoint.url',
    ' = ',
    '"http://x"',
    '\n',
    '[',
    ']',
    '{',
    '}',
    '"',
    '__proto__',
    '.',
    '\u001b[2J',
    '\u202e',
    '5',
    'api',
    ',',
    '#',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const loaded = load(pieces.join(''));
      if (loaded.ok) return;
      for (const line of formatProblems(loaded.problems, 'zh')) assert.doesNotMatch(line, /[\p{Cc}\u202e]/u);
    }),
    { numRuns: 300 },
  );
});
