import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { type Call, CODE_KINDS, type CodeKind, placeholderOf, writeCode } from './copy-as.ts';

// Goal: the code that the page gives out sends exactly the message of the page. Method: it is run, and a server on
// loopback looks at what came; where an interpreter is missing, that one is skipped.

const MESSAGES: readonly string[] = [
  '测试，测试，测试',
  `it's "quoted" \`back\` $HOME $(id) \${x} %PATH% !x! ^ & | < > \\ \\n \\' \\"`,
  '两行\n\t缩进\r\n回车\r结束',
  '</script><?php echo 1; ?> {{x}} #{y} %s %d',
  '👩‍👧 \u202e\u2028\u2029\u200b é',
  '@file',
  "'",
  '\\',
];

interface Received {
  readonly body: unknown;
  readonly contentType: string | undefined;
  readonly token: string | undefined;
}

const received: Received[] = [];
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const { 'content-type': contentType, 'x-token': token } = request.headers;
    received.push({
      body: JSON.parse(Buffer.concat(chunks).toString('utf8')),
      contentType,
      token: token as string | undefined,
    });
    response.setHeader('content-type', 'application/json').end('{"code":"ok"}');
  });
});
let url = '';
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/text`;
});
after(() => server.close());

/** How each kind is run; the code comes on standard input. cmd.exe is not everywhere: its words are checked below. */
const RUNNERS: Readonly<Partial<Record<CodeKind, readonly [command: string, ...args: string[]]>>> = {
  sh: ['sh', '-s'],
  python: ['python3', '-'],
  javascript: [process.execPath, '--input-type=module'],
  php: ['php'],
};

function exists([command]: readonly [string, ...string[]]): boolean {
  const probe = spawnSync(command, command === 'sh' ? ['-c', 'command -v curl'] : ['--version']);
  return probe.status === 0;
}

function run([command, ...args]: readonly [string, ...string[]], code: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    let errors = '';
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    child.on('error', reject);
    child.on('close', (status) => (status === 0 ? resolve(output) : reject(new Error(errors))));
    child.stdin.end(code);
  });
}

for (const kind of CODE_KINDS) {
  const runner = RUNNERS[kind];
  if (runner === undefined) continue;
  const skip = exists(runner) ? false : `${runner[0]} is not installed`;
  for (const msg of MESSAGES) {
    test(`${kind} sends ${JSON.stringify(msg)}`, { skip }, async () => {
      const call: Call = { url, msg, to: ['ops', "it's"], headerNames: ['X-Token'] };
      assert.match(await run(runner, writeCode[kind](call)), /ok/);
      assert.deepEqual(received.pop(), {
        body: { msg, to: ['ops', "it's"] },
        contentType: 'application/json',
        token: 'YOUR_X_TOKEN',
      });
    });
  }
}

test('without recipients the field is left out', async () => {
  for (const kind of CODE_KINDS) {
    assert.doesNotMatch(
      writeCode[kind]({ url, msg: 'm', to: null, headerNames: [] }),
      /\bto\b["']?\s*(:|=>)/,
    );
  }
});

test('cmd: nothing that cmd.exe reads as its own, and the JSON is the message', () => {
  for (const msg of MESSAGES) {
    const code = writeCode.cmd({ url: 'http://h/api/text', msg, to: ['a b'], headerNames: ['X-Token'] });
    assert.match(code, /^[ -~\n]*$/);
    const lines = code.split(' ^\n  ');
    assert.deepEqual(lines.slice(0, 3), [
      'curl -X POST "http://h/api/text"',
      '-H "Content-Type: application/json"',
      '-H "X-Token: YOUR_X_TOKEN"',
    ]);
    const argument = /^-d "(.*)"$/.exec(lines[3] ?? '')?.[1] ?? '';
    assert.doesNotMatch(argument, /[%&|<>^!]/);
    assert.doesNotMatch(argument.replaceAll('\\"', ''), /"/);
    assert.deepEqual(JSON.parse(argument.replaceAll('\\"', '"')), { msg, to: ['a b'] });
  }
});

test('a placeholder is one word', () => assert.equal(placeholderOf('X-Api-Key'), 'YOUR_X_API_KEY'));
