import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadConfig } from '../../src/config/load.ts';
import { parseTextBody } from '../../src/http/text-body.ts';
import { providers } from '../../src/providers/registry.ts';
import { httpAnswer, startScriptedServer } from '../support/scripted-server.ts';
import { createWorkplace, eventually, postText, startService } from '../support/service.ts';

// Goal: what comes from outside stays text: no second log line, no terminal command, no header, no property of Object.

const EVIL =
  '\n2025-07-01T22:07:02.081+0800\tinfo\tfast\t成功\r\u001b[2J\u001b]0;x\u0007\u009b31m\u2028\u2029\u202e\u2066\u0085';

test('neither a message nor an answer makes a line or an escape sequence in the service log', async (t) => {
  const platform = await startScriptedServer((socket) =>
    socket.end(httpAnswer(400, `{"id":"x.y","message":${JSON.stringify(EVIL)}}${EVIL}`)),
  );
  t.after(() => platform.close());
  const workplace = createWorkplace(`
api.port = 0
log.level = "debug"
delivery.retry.count = 0
[channel.evil]
provider = "mattermost_bot"
endpoint.url = "http://127.0.0.1:${platform.port}/hooks/x"
`);
  t.after(() => workplace.remove());
  const service = await startService(workplace);
  t.after(() => service.end('SIGKILL'));
  const { body } = await postText(service.url, { msg: `hello${EVIL}`, to: ['evil'] });
  await postText(service.url, { msg: 'x', to: [`nobody${EVIL}`] });
  await postText(
    service.url,
    { msg: `other${EVIL}` },
    { 'x-ppt-request-id': 'a\u001b[2J'.replace('\u001b', '%1b') },
  );
  await eventually('the delivery has failed', async () => {
    const answer = await (await fetch(`${service.url}/api/messages/${body.id}`)).text();
    return /"status":"failed"/.test(answer) ? true : undefined;
  });
  await service.end('SIGTERM');
  const lines = service.output().trimEnd().split('\n');
  assert.ok(lines.length > 3);
  for (const line of lines) {
    assert.match(line, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d{4}\t(?:debug|info|warn|error)\t/);
    assert.doesNotMatch(line.replaceAll('\t', ''), /[\p{Cc}\u2028\u2029\u202e\u2066]/u, JSON.stringify(line));
  }
});

const readConfig = (folder: string) =>
  loadConfig({ file: join(folder, 'config.toml'), cwd: folder, env: {}, providers });

const channel = '[provider.webhook]\nendpoint.url = "http://127.0.0.1/"\n';
const headers: { name: string; toml: string }[] = [
  { name: 'CR and LF in a value', toml: 'headers.X-A = "a\\r\\nX-B: b"' },
  { name: 'LF in a value', toml: 'headers.X-A = "a\\nX-B: b"' },
  { name: 'NUL in a value', toml: 'headers.X-A = "a\\u0000"' },
  { name: 'DEL in a value', toml: 'headers.X-A = "a\\u007f"' },
  { name: 'a character beyond Latin-1', toml: 'headers.X-A = "中"' },
  { name: 'LF in a name', toml: 'headers."X-A\\nX-B" = "a"' },
  { name: 'a colon in a name', toml: 'headers."X-A: b\\r\\nX" = "a"' },
  { name: 'a blank in a name', toml: 'headers."X A" = "a"' },
  { name: 'an empty name', toml: 'headers."" = "a"' },
  { name: 'a name beyond ASCII', toml: 'headers."X-头" = "a"' },
  { name: 'Content-Length', toml: 'headers.Content-Length = "1"' },
  { name: 'Transfer-Encoding', toml: 'headers.transfer-encoding = "chunked"' },
  { name: 'Connection', toml: 'headers.Connection = "close"' },
  { name: 'Host', toml: 'headers.Host = "evil.example"' },
];
for (const { name, toml } of headers) {
  test(`a configured header with ${name} is refused at the start`, (t) => {
    const workplace = createWorkplace(`${channel}${toml}\n`);
    t.after(() => workplace.remove());
    assert.equal(readConfig(workplace.folder).ok, false);
  });
}

test('no input sets a property of Object', (t) => {
  const names = ['__proto__', 'constructor', 'prototype'];
  for (const name of names) {
    for (const [kind, text] of [
      ['json', `{"msg":"a","${name}":{"polluted":true}}`],
      ['json', `{"msg":"a","constructor":{"prototype":{"polluted":true}}}`],
      ['form', `msg=a&${name}[polluted]=1`],
      ['form', `msg=a&${name}.polluted=1`],
    ] as const) {
      assert.throws(() => parseTextBody(kind, Buffer.from(text)), `${kind} ${text}`);
    }
    for (const toml of [
      `[${name}]\npolluted = true`,
      `[channel.${name}]\nprovider = "webhook"\npolluted = true`,
      `${channel}headers.${name} = "polluted"`,
      `${name}.polluted = true`,
    ]) {
      const workplace = createWorkplace(`${toml}\n`);
      t.after(() => workplace.remove());
      readConfig(workplace.folder);
    }
  }
  for (const provider of providers) {
    for (const body of ['{"__proto__":{"polluted":true}}', '{"constructor":{"prototype":{"polluted":true}}}'])
      provider.readAnswer({ httpStatus: 400, headers: {}, body, complete: true });
  }
  assert.equal('polluted' in {}, false);
});
