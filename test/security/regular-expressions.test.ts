import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { splitText } from '../../src/channel/split-text.ts';
import { Secret } from '../../src/core/secret.ts';
import { parseTextBody } from '../../src/http/text-body.ts';
import { providers } from '../../src/providers/registry.ts';

// Goal: no text that somebody sends makes a regular expression run for ever. Method: every literal of the source
// against repetitions of all that it mentions, and whole functions over the same, in CPU time: what is quadratic takes
// seconds at this size, what is linear a few milliseconds.

const ROOT = join(import.meta.dirname, '../../src');
const TEXT_UNITS = 65_536;
/** A stand-in sees one part of a text at a time, which its platform's limit has cut. */
const PART_UNITS = 16_384;
const MAX_CPU_MS = 500;

/** Quadratic, but over what the operator wrote into the configuration: the host of an address. */
const TRUSTED_INPUT = new Set(['channel/blocked-addresses.ts /\\.+$/']);

/** A literal stands where an expression may begin. */
const LITERAL =
  /(?<=[=(,:[!&|?{;}>]\s*|return\s+)\/((?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)\/([dgimsuvy]*)/g;

/** For a single expression, beside what it mentions itself. */
const ORDINARY = ['a', '0', ' ', '\n', '.', '-', '"', '\\', '中', 'a ', 'a.', '\r\n'];
/** For whole functions: what some expression in them may stumble over. */
const PIECES = [
  ...'a0 \t\n.-_/:;,<>&@#%[](){}|*`"\'=?!+~$^\\中',
  ...[
    'a ',
    'a.',
    'a@',
    '@a',
    'a/',
    'a:',
    ':a',
    '0.',
    ' \n',
    '\r\n',
    '](',
    '(a',
    '<a',
    '</',
    '<!',
    '<@',
    '&a',
    '\ud83d\ude00',
  ],
  ...[
    'http://',
    'http://a.',
    'https://x.test/(',
    'https://x.test/a)',
    'www.',
    'www1',
    'a.bc/',
    'mailto:',
    '1. ',
    '%2',
    '!?.,',
  ],
];

function literalsOf(path: string): RegExp[] {
  const code = readFileSync(path, 'utf8')
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/(^|\s)\/\/.*$/gm, '');
  return [...code.matchAll(LITERAL)].map(([, source = '', flags = '']) => new RegExp(source, flags));
}

/** What the expression itself mentions: single characters, and runs of plain ones. */
function piecesOf({ source }: RegExp): string[] {
  const plain = source.replaceAll(/\\[a-zA-Z]/g, '');
  return [...new Set([...plain, ...(source.match(/[^\\()[\]|*+?{}^$.]{2,}/g) ?? [])])];
}

/** The piece over and over, alone and between two characters that end a match early. */
function textsOf(piece: string, units: number): string[] {
  const long = piece.repeat(Math.ceil(units / piece.length));
  return [long, `x${long}\u0001`];
}

function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  return process.cpuUsage(before).user / 1_000;
}

test('every regular expression of the source takes a text of 64 KiB in its stride', () => {
  const paths = globSync('**/*.ts', { cwd: ROOT }).filter((name) => !name.endsWith('.test.ts'));
  let count = 0;
  const slow: string[] = [];
  for (const path of paths.map((name) => join(ROOT, name))) {
    const name = relative(ROOT, path).replaceAll('\\', '/');
    for (const literal of literalsOf(path)) {
      count++;
      if (TRUSTED_INPUT.has(`${name} ${literal}`)) continue;
      const units = name.startsWith('sandbox/') ? PART_UNITS : TEXT_UNITS;
      for (const piece of [...ORDINARY, ...piecesOf(literal)]) {
        for (const text of textsOf(piece, units)) {
          const spentMs = cpuMs(() => void text.replace(literal, ''));
          if (spentMs > MAX_CPU_MS)
            slow.push(`${name} ${literal} on ${JSON.stringify(piece)}: ${spentMs} ms`);
        }
      }
    }
  }
  assert.deepEqual(slow, []);
  // The search for literals must not go blind.
  assert.ok(count > 150, `${count} literals found`);
});

for (const provider of providers) {
  test(`${provider.id} splits and builds any text of 64 KiB in its stride`, () => {
    const endpoint = {
      url: new Secret('https://x.test/hooks/xxx'),
      secret: null,
      method: 'POST',
      contentType: 'json',
      headers: [],
    } as const;
    for (const text of PIECES.flatMap((piece) => textsOf(piece, TEXT_UNITS))) {
      const spentMs = cpuMs(() => {
        const split = splitText(text, provider.textLimit, 'split');
        assert.ok(split.kind !== 'too_long');
        provider.buildRequest(endpoint, { messageId: 'm', partKey: 'm', text: split.parts[0] ?? '' }, 0);
      });
      assert.ok(spentMs < MAX_CPU_MS, `${JSON.stringify(text.slice(0, 20))}: ${spentMs} ms`);
    }
  });

  test(`${provider.id} reads any answer of 64 KiB in its stride`, () => {
    for (const text of PIECES.flatMap((piece) => textsOf(piece, TEXT_UNITS))) {
      const bodies = [
        text,
        JSON.stringify({
          errcode: 1,
          errmsg: text,
          code: 1,
          msg: text,
          message: text,
          description: text,
          ok: false,
          error_code: 400,
          id: text,
          error: text,
        }),
      ];
      for (const body of bodies) {
        for (const httpStatus of [200, 403, 429]) {
          const spentMs = cpuMs(() => {
            provider.readAnswer({ httpStatus, headers: { 'retry-after': text }, body, complete: true });
          });
          assert.ok(spentMs < MAX_CPU_MS, `${JSON.stringify(text.slice(0, 20))}: ${spentMs} ms`);
        }
      }
    }
  });
}

test('any form of 64 KiB is read or refused in its stride', () => {
  for (const text of PIECES.flatMap((piece) => textsOf(piece, TEXT_UNITS))) {
    for (const kind of ['form', 'json'] as const) {
      const spentMs = cpuMs(() => {
        try {
          parseTextBody(kind, Buffer.from(`msg=${text}`));
        } catch {
          // Refused is as good as read.
        }
      });
      assert.ok(spentMs < MAX_CPU_MS, `${kind} ${JSON.stringify(text.slice(0, 20))}: ${spentMs} ms`);
    }
  }
});
