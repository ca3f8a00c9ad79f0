import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { testProviders } from '../config/test-providers.ts';
import type { CliDeps, CliIo, TestResult } from './io.ts';
import { runCli } from './main.ts';

const root = mkdtempSync(join(tmpdir(), 'postpoint-cli-'));
after(() => rmSync(root, { recursive: true, force: true }));
const file = join(root, 'config.toml');
beforeEach(() => rmSync(file, { force: true }));

const CONFIG = `
[provider.workweixin_bot]
endpoint.url = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=CANARY1"
tags = ["ops"]
[provider.webhook]
endpoint.url = "http://user:CANARY2@hook.example:8080/CANARY3?t=CANARY4"
secret = "whsec_CANARY5+"
headers.X-Token = "CANARY6"
proxy = "socks5://u:CANARY7@proxy.example:1080"
rate_limit.rate.frequency = 0
ordered = true
[channel.off]
provider = "slack_bot"
endpoint.url = "https://hooks.slack.com/CANARY8"
enabled = false
[api]
headers.Authorization = "CANARY9"
[store]
url = "postgres://u:CANARY10@db.example/x?password=CANARY11"
`;

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly sent: readonly string[];
  readonly served: readonly unknown[];
}

/** Runs a command line in the folder, with stand-ins for the rooms that send and serve. */
async function run(
  argv: readonly string[],
  results: Record<string, Partial<TestResult>> = {},
  env: CliIo['env'] = {},
  overrides: Partial<CliDeps> = {},
): Promise<Ran> {
  let out = '';
  let err = '';
  const sent: string[] = [];
  const served: unknown[] = [];
  const deps: CliDeps = {
    loadProviders: async () => testProviders,
    runServe: async (options) => {
      served.push(options.config?.channels.map(({ name }) => name) ?? null);
      return 1;
    },
    openTestSender: async (_text, { delivery: { timeoutMs } }) => ({
      countedByService: true,
      async send({ name }) {
        sent.push(`${name} ${timeoutMs}`);
        return { error: null, platformCode: null, durationMs: 482.7841, ...results[name] };
      },
      close: async () => {},
    }),
    startSandbox: async (port) => ({ url: `http://127.0.0.1:${port}`, toml: '[x]\n', close: async () => {} }),
    untilSignal: async () => {},
    hostName: () => 'web-1',
    nowMs: () => 0,
    ...overrides,
  };
  const io: CliIo = {
    stdout(text) {
      out += text;
    },
    stderr(text) {
      err += text;
    },
    env,
    cwd: root,
    executableDir: null,
  };
  const code = await runCli(argv, io, deps);
  assert.doesNotMatch(out + err, /CANARY/);
  return { code, out, err, sent, served };
}

const writeConfig = (toml = CONFIG) => writeFileSync(file, toml, { mode: 0o600 });

// Goal: what the line itself asks for, or gets wrong, without any configuration.
const lines: { argv: string[]; code: number; out?: RegExp; err?: RegExp; env?: CliIo['env'] }[] = [
  { argv: [], code: 0, out: /^一个 API 请求.*\n\n用法:\n {2}postpoint \[command\]\n\n可用命令:\n {2}serve/ },
  { argv: ['-h'], code: 0, out: /可用命令:/ },
  { argv: ['--help'], code: 0, out: /Available Commands:/, env: { LANG: 'en_US.UTF-8' } },
  { argv: ['help'], code: 0, out: /可用命令:/ },
  { argv: ['help', 'help'], code: 0, out: /可用命令:/ },
  {
    argv: ['help', 'test'],
    code: 0,
    out: /postpoint test \[channel\.\.\.\] \[flags\]\n\n选项:\n {2}-c, --config <FILE>/,
  },
  { argv: ['sandbox', '-h', '--lang', 'en'], code: 0, out: /--port <PORT> {3}port/ },
  { argv: ['--lang=en', 'check', '--help'], code: 0, out: /^Check the configuration/ },
  { argv: ['-v'], code: 0, out: /^PostPoint v\d+\.\d+\.\d+ \w+\/\w+, node v\d+\S+\n$/ },
  { argv: ['--version'], code: 0, out: /^PostPoint v/ },
  { argv: ['srve'], code: 2, err: /^错误：未知的命令 "srve"，是否想用 "serve"？\n/ },
  { argv: ['help', 'nothing'], code: 2, err: /未知的命令 "nothing"\n/ },
  { argv: ['check', '--confg', 'x'], code: 2, err: /未知的选项 --confg，是否想用 --config？/ },
  {
    argv: ['check', '--confg', 'x', '--lang', 'en'],
    code: 2,
    err: /unknown option --confg; did you mean --config\?/,
  },
  { argv: ['check', '-c'], code: 2, err: /缺少值/ },
  { argv: ['serve', 'x'], code: 2, err: /serve 后面有多余的参数/ },
  { argv: ['--lang', 'fr', 'check'], code: 2, err: /"fr"/ },
  { argv: ['serve\u001b[2J'], code: 2, err: /未知的命令 "serve\\u001b\[2J"/ },
  { argv: ['check'], code: 2, err: /运行 npx postpoint init 生成/ },
  { argv: ['test'], code: 2, err: /运行 npx postpoint init 生成/ },
  ...['check', 'test', 'serve'].map((command) => ({
    argv: [command, '-c', 'no.toml'],
    code: 2,
    err: /no\.toml/,
  })),
  { argv: ['sandbox', '--port', '65536'], code: 2, err: /--port/ },
  { argv: ['sandbox', '--port', 'x'], code: 2, err: /--port/ },
  { argv: ['sandbox', '--port', '0'], code: 0, out: /http:\/\/127\.0\.0\.1:0（.*\n.*\n\n\[x\]\n$/ },
];
for (const { argv, code, out, err, env } of lines) {
  test(`postpoint ${JSON.stringify(argv.join(' '))} exits with ${code}`, async () => {
    const ran = await run(argv, {}, env);
    assert.equal(ran.code, code, ran.out + ran.err);
    assert.match(ran.out, out ?? /^$/);
    assert.match(ran.err, err ?? /^$/);
  });
}

test('test sends to every enabled channel and says how each fared', async () => {
  writeConfig();
  const ran = await run(['test']);
  assert.equal(ran.code, 0);
  assert.deepEqual(ran.sent, ['workweixin_bot 10000', 'webhook 10000']);
  const [title, ...rest] = ran.out.trimEnd().split('\n');
  assert.match(
    title ?? '',
    /^1970-01-01T\S+\tinfo\t测试\t\{"text": "PostPoint 测试消息\\n[^\\]+\\n发自 web-1，1970-01-01T[^"]+"\}$/,
  );
  assert.match(rest[0] ?? '', /\tinfo\tworkweixin_bot\t成功\t\{"耗时": "482\.784ms"\}$/);
  assert.equal(rest.length, 2);
});

test('test exits with 1 when any channel fails, and gives the reason and the platform’s code', async () => {
  writeConfig();
  const error = { zh: '密钥无效', en: 'bad key' };
  const ran = await run(['test', '--lang', 'en'], { workweixin_bot: { error, platformCode: '93000' } });
  assert.equal(ran.code, 1);
  assert.match(
    ran.out,
    /\terror\tworkweixin_bot\tfailed\t\{"took": "482\.784ms", "error": "bad key", "platform code": "93000"\}\n/,
  );
  assert.match(ran.out, /\tinfo\twebhook\tok\t/);
});

test('test sends to all channels at once', async () => {
  writeConfig();
  const waiting: (() => void)[] = [];
  const openTestSender = async () => ({
    countedByService: false,
    send: () =>
      new Promise<TestResult>((resolve) => {
        waiting.push(() => resolve({ error: null, platformCode: null, durationMs: 1 }));
        // The first answer comes only once both are under way.
        if (waiting.length === 2) for (const answer of waiting) answer();
      }),
    close: async () => {},
  });
  const { code, out } = await run(['test'], {}, {}, { openTestSender });
  assert.equal(code, 0);
  assert.match(out, /\twarn\t测试\t无法读写存储文件/);
});

test('test sends to the named channels only, each once', async () => {
  writeConfig();
  assert.deepEqual((await run(['test', 'webhook', 'webhook'])).sent, ['webhook 10000']);
});

for (const [name, why] of [
  [
    'workweixin',
    /没有名为 "workweixin" 的通道，最接近的是 "workweixin_bot"；已配置的通道：workweixin_bot、webhook/,
  ],
  ['ops', /没有名为 "ops" 的通道；/],
  ['off', /"off" 已被 enabled = false 停用/],
] as const) {
  test(`test of the channel "${name}" sends nothing and exits with 2`, async () => {
    writeConfig();
    const ran = await run(['test', 'webhook', name]);
    assert.equal(ran.code, 2);
    assert.deepEqual(ran.sent, []);
    assert.match(ran.err, why);
  });
}

test('check shows channels, limits, address and store, and no secret', async () => {
  writeConfig();
  const { code, out, err } = await run(['check']);
  assert.equal(code, 0);
  assert.equal(err, '');
  const rows = out.split('\n').map((line) => line.split(/ {2,}/));
  assert.deepEqual(rows[2], ['通道', '平台', '每分钟', '每秒', '代理', '按序', '超长', '主机', '标签']);
  assert.deepEqual(rows[3], [
    'workweixin_bot',
    'workweixin_bot 平台',
    '18',
    '1',
    '否',
    '否',
    'split',
    'qyapi.weixin.qq.com',
    'ops',
  ]);
  assert.deepEqual(rows[4], [
    'webhook',
    'webhook 平台',
    '不限',
    '不限',
    '是',
    '是',
    'split',
    'hook.example:8080',
  ]);
  assert.match(
    out,
    /API +http:\/\/localhost:39270\nAPI 请求头 +Authorization\n存储 +postgres:\/\/db\.example\n/,
  );
  assert.match(out, /已停用的通道 +off\n/);
});

test('check warns of an open API and of a file that others can read', async () => {
  writeFileSync(
    file,
    '[provider.slack_bot]\nendpoint.url = "https://hooks.slack.com/CANARY"\n[api]\nhost = ""\n',
    { mode: 0o644 },
  );
  const { code, out, err } = await run(['check', '--lang', 'en']);
  assert.equal(code, 0);
  assert.match(out, /every interface, port 39270/);
  assert.match(err, /warning: the API listens beyond this machine/);
  if (process.platform !== 'win32') assert.match(err, /warning: other users .*mode 644/);
});

test('check warns of a sample and of the wrong platform, and still says that the file is valid', async () => {
  writeConfig(
    '[provider.slack_bot]\nendpoint.url = "https://slack_bot.example/xxx"\n[provider.webhook]\nendpoint.url = "https://feishu_bot.example/CANARY"\n',
  );
  const { code, out, err } = await run(['check']);
  assert.equal(code, 0);
  assert.match(out, /^配置正确/);
  assert.match(
    err,
    /^警告：config\.toml:2 {2}\S+ {2}这是样例.*\n警告：config\.toml:4 {2}\S+ {2}这是 feishu_bot 的地址.*\n$/,
  );
});

test('a bad configuration is told line by line and exits with 2', async () => {
  writeConfig('[provider.slack_bot]\nendpoint.url = "CANARY"\n[api]\nport = -1\n');
  for (const command of ['check', 'test', 'serve']) {
    const { code, out, err, served } = await run([command]);
    assert.equal(code, 2);
    assert.equal(out, '');
    assert.deepEqual(served, []);
    assert.match(err, /^错误：配置文件 config\.toml 有 2 个问题：\nconfig\.toml:2 .*\nconfig\.toml:4 .*\n$/);
  }
});

test('serve runs with the configuration, or without one in demo mode, and passes its exit code on', async () => {
  const demo = await run(['serve']);
  assert.deepEqual([demo.code, demo.served], [1, [null]]);
  writeConfig();
  assert.deepEqual((await run(['serve'])).served, [['workweixin_bot', 'webhook']]);
});

test('init writes a file for its owner only, and never over another', async () => {
  const first = await run(['init']);
  assert.equal(first.code, 0);
  assert.match(first.out, /npx postpoint check/);
  const written = readFileSync(file, 'utf8');
  assert.match(written, /^# {3}npx postpoint check/m);
  assert.match(written, /#\[provider\.slack_bot\]/);
  if (process.platform !== 'win32') assert.equal(statSync(file).mode & 0o777, 0o600);
  writeFileSync(file, 'mine');
  const second = await run(['init']);
  assert.equal(second.code, 1);
  assert.match(second.err, /已存在，没有覆盖/);
  assert.equal(readFileSync(file, 'utf8'), 'mine');
});

for (const { code, err } of [
  { code: 'EADDRINUSE', err: /端口 39271 已被其他程序占用，请用 --port/ },
  { code: 'EACCES', err: /39271（EACCES）/ },
]) {
  test(`a sandbox that cannot listen says why: ${code}`, async () => {
    const failed = Object.assign(new Error('listen'), { code });
    const ran = await run(['sandbox'], {}, {}, { startSandbox: () => Promise.reject(failed) });
    assert.equal(ran.code, 1);
    assert.match(ran.err, err);
    assert.ok(!existsSync(file));
  });
}

test('a bug is told without a stack trace', async () => {
  const ran = await run(['serve'], {}, {}, { runServe: () => Promise.reject(new Error('boom\u001b')) });
  assert.equal(ran.code, 1);
  assert.match(ran.err, /^错误：意外的错误：boom\\u001b\n$/);
});
