import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createWorkplace, eventually, postText, runPostpoint, startService } from '../support/service.ts';

// Goal: no secret of the configuration leaves through any output. Method: a canary in every secret place, receivers
// that echo all they are told in every form, and a search of all that the real command writes and answers.

/** Each is a word of its own, long enough to be no coincidence, and has characters that encodings change. */
const canary = (name: string) => `CANARY-${name}/+=&~`;
const inUrl = (name: string) => encodeURIComponent(canary(name));

const NAMES = [
  'wecom',
  'feishu',
  'feishuSecret',
  'dingtalk',
  'dingtalkSecret',
  'slack',
  'discord',
  'mattermost',
  'telegram',
  'hookPath',
  'hookLogin',
  'hookHeader',
  'proxyLogin',
  'globalProxy',
  'apiHeader',
] as const;

const HOOK_SECRET = Buffer.from('CANARY-standard-webhooks').toString('base64');

function configOf(echo: string, deadProxyPort: number): string {
  const url = (path: string) => `http://${echo}${path}`;
  return `
api.port = 0
api.headers.X-Token = "${canary('apiHeader')}"
log.level = "debug"
log.file = true
delivery.retry.count = 0
delivery.timeout = 2
delivery.proxy = "http://user:${inUrl('globalProxy')}@127.0.0.1:${deadProxyPort}"
[provider.workweixin_bot]
endpoint.url = "${url(`/cgi-bin/webhook/send?key=${inUrl('wecom')}`)}"
proxy = "no"
[provider.feishu_bot]
endpoint.url = "${url(`/open-apis/bot/v2/hook/${inUrl('feishu')}`)}"
secret = "${canary('feishuSecret')}"
proxy = "no"
[provider.dingtalk_bot]
endpoint.url = "${url(`/robot/send?access_token=${inUrl('dingtalk')}`)}"
secret = "${canary('dingtalkSecret')}"
proxy = "no"
[provider.slack_bot]
endpoint.url = "${url(`/services/T0/B0/${inUrl('slack')}`)}"
proxy = "no"
[provider.discord_bot]
endpoint.url = "${url(`/api/webhooks/1/${inUrl('discord')}`)}"
proxy = "no"
[provider.mattermost_bot]
endpoint.url = "${url(`/hooks/${inUrl('mattermost')}`)}"
proxy = "no"
[provider.telegram_bot]
endpoint.url = "${url(`/bot1:${inUrl('telegram')}/sendMessage?chat_id=-1`)}"
proxy = "no"
[provider.webhook]
endpoint.url = "http://user:${inUrl('hookLogin')}@${echo}/${inUrl('hookPath')}"
secret = "whsec_${HOOK_SECRET}"
headers.Authorization = "Bearer ${canary('hookHeader')}"
proxy = "no"
[channel.proxied]
provider = "webhook"
endpoint.url = "${url('/x')}"
proxy = "http://user:${inUrl('proxyLogin')}@127.0.0.1:${deadProxyPort}"
[channel.dead]
provider = "webhook"
endpoint.url = "http://127.0.0.1:${deadProxyPort}/${inUrl('hookPath')}"
`;
}

/** The forms in which a secret may come out. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    encodeURIComponent(secret),
    encodeURIComponent(encodeURIComponent(secret)),
    JSON.stringify(secret).slice(1, -1),
    bytes.toString('base64'),
    bytes.toString('base64url'),
    bytes.toString('hex'),
  ];
}

const SECRETS = [...NAMES.map(canary), HOOK_SECRET, 'CANARY-standard-webhooks'];
const FORMS = [...new Set(SECRETS.flatMap(formsOf))];

function assertNoSecret(where: string, text: string): void {
  const found = FORMS.filter((form) => text.includes(form));
  assert.deepEqual(found, [], `secrets in ${where}`);
  // The part that no encoding changes, in case of a form that nobody thought of.
  const word = /CANARY-[A-Za-z]+/i.exec(text)?.[0];
  assert.equal(word, undefined, `a canary in ${where}`);
}

/** Answers with everything that it was told, as it is and encoded, under statuses that take turns. */
async function startEcho(t: TestContext): Promise<{ host: string; deadPort: number; told: () => string }> {
  let told = '';
  let count = 0;
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      const seen = [request.url ?? '', ...Object.values(request.headers).map(String)];
      const all = [...seen, ...seen.map(decode), body].join('\n');
      told += all;
      const echo = [
        all,
        encodeURIComponent(all),
        ...seen.map((part) => Buffer.from(part).toString('base64')),
      ].join('\n');
      const status = [200, 400, 500, 403][count++ % 4] ?? 200;
      response.writeHead(status, { 'x-echo': encodeURIComponent(request.url ?? '') });
      response.end(
        JSON.stringify({
          errcode: 99999,
          errmsg: echo,
          code: 99999,
          msg: echo,
          ok: false,
          error_code: 400,
          description: echo,
          message: echo,
          id: 'x.y',
          detailed_error: echo,
        }),
      );
    });
  });
  const closed = createServer();
  for (const each of [server, closed])
    await new Promise<void>((resolve) => each.listen(0, '127.0.0.1', resolve));
  const deadPort = (closed.address() as AddressInfo).port;
  await new Promise((resolve) => closed.close(resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, deadPort, told: () => told };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Everything that was written into the folder, but the configuration itself. */
function filesIn(folder: string): { path: string; text: string }[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile() && !path.endsWith('config.toml'))
    .map((path) => ({ path, text: readFileSync(path, 'latin1') }));
}

test('secrets of the configuration come out nowhere, though every platform echoes them', async (t) => {
  const echo = await startEcho(t);
  const workplace = createWorkplace(configOf(echo.host, echo.deadPort));
  t.after(() => workplace.remove());
  const service = await startService(workplace);
  t.after(() => service.end('SIGKILL'));
  const headers = { 'x-token': canary('apiHeader') };

  const ids: string[] = [];
  for (let count = 0; count < 4; count++) {
    const { status, body } = await postText(service.url, { msg: `hello ${count}` }, headers);
    assert.equal(status, 200);
    ids.push(body.id);
  }
  const answers = new Map<string, string>();
  const ask = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`${service.url}${path}`, {
      ...init,
      headers: { ...headers, ...init.headers },
      redirect: 'manual',
    });
    const text = `${JSON.stringify([...response.headers])}\n${await response.text()}`;
    answers.set(`${init.method ?? 'GET'} ${path}`, text);
    return text;
  };
  await eventually('every delivery has ended', async () => {
    const open = await Promise.all(ids.map((id) => ask(`/api/messages/${id}`)));
    return open.some((text) => /"status":"(?:queued|sending)"/.test(text)) ? undefined : true;
  });
  for (const path of [
    '/api/messages?limit=200',
    '/api/channels',
    '/metrics',
    '/healthz',
    '/readyz',
    '/',
    '/log',
    '/send',
    '/swagger/',
    '/swagger/openapi.yaml',
    '/api/nope',
    '/api/messages?limit=x',
    '/api/messages/x',
  ])
    await ask(path);
  await ask('/api/messages', { headers: { 'accept-language': 'en' } });
  await ask('/api/text', { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } });
  await ask('/api/text', { method: 'POST', body: '{"msg":"a"}', headers: { 'x-token': 'wrong' } });
  // The receivers were told the secrets, or else nothing was tested.
  for (const name of [
    'wecom',
    'feishu',
    'dingtalk',
    'slack',
    'discord',
    'mattermost',
    'telegram',
    'hookPath',
  ] as const)
    assert.ok(echo.told().includes(canary(name)), `${name} was sent`);
  for (const [where, text] of answers) assertNoSecret(where, text);
  assert.ok(answers.get(`GET /api/messages/${ids[0]}`)?.includes('[secret]'), 'an echo was masked');

  // The database as a dying process leaves it.
  await service.end('SIGKILL');
  assertNoSecret('what serve prints', service.output());
  for (const args of [
    ['check'],
    ['test'],
    ['test', 'webhook', 'proxied'],
    ['-h'],
    ['serve', '-h'],
    ['test', 'nope'],
  ]) {
    const { output } = await runPostpoint(workplace, args);
    assertNoSecret(`postpoint ${args.join(' ')}`, output);
  }
  const files = filesIn(workplace.folder);
  assert.ok(
    files.some(({ path }) => path.endsWith('.log')) && files.some(({ path }) => path.endsWith('.db')),
  );
  for (const { path, text } of files) assertNoSecret(path, text);
});

const broken: { name: string; spoil: (toml: string) => string }[] = [
  { name: 'an unknown key', spoil: (toml) => toml.replace('secret =', 'secrt =') },
  {
    name: 'a URL without a scheme',
    spoil: (toml) => toml.replaceAll('endpoint.url = "http://', 'endpoint.url = "'),
  },
  { name: 'a quote too few', spoil: (toml) => toml.replace('/x"', '/x') },
  { name: 'a proxy that is none', spoil: (toml) => toml.replaceAll('proxy = "http://', 'proxy = "ftp://') },
  { name: 'a secret of the wrong form', spoil: (toml) => toml.replace('whsec_', 'CANARY-whsec') },
  { name: 'a header that HTTP does not take', spoil: (toml) => toml.replace('"Bearer ', '"Bearer\\r\\nX: ') },
  { name: 'a number in place of a secret', spoil: (toml) => toml.replace('secret = "', 'secret = 1 # "') },
  {
    name: 'a key set twice',
    spoil: (toml) =>
      toml.replace('[provider.feishu_bot]\n', '[provider.feishu_bot]\nsecret = "CANARY-twice"\n'),
  },
];
for (const { name, spoil } of broken) {
  test(`a configuration with ${name} is refused without showing a secret`, async (t) => {
    const toml = configOf('127.0.0.1:9', 9);
    assert.notEqual(spoil(toml), toml);
    const workplace = createWorkplace(spoil(toml));
    t.after(() => workplace.remove());
    const { code, output } = await runPostpoint(workplace, ['check']);
    assert.equal(code, 2, output);
    assertNoSecret(name, output);
  });
}
