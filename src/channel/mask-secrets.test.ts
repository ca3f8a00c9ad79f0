import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { testChannel } from '../../test/support/test-channel.ts';
import { Secret } from '../core/secret.ts';
import { cutBytes } from './cut-bytes.ts';
import { createMasker } from './mask-secrets.ts';

// Goal: no secret of a channel is left in what is stored, in whatever form it is echoed; ordinary words are.

const config = testChannel({
  url: 'https://us3r:urlpassw0rd@hooks.example/services/T0ABCDEF12/send/XyZ123abcDEFghi456?key=693a91f6-7xxx&v=2',
  secret: 'whsec_c2VjcmV0LWtleS1ieXRlcw==',
  headers: { 'X-Api': 'Bearer tok/en+with"quotes"&<>', 'X-Env': 'prod' },
  proxy: 'http://pr0xyuser:pr%40xyp%2Fss@proxy.example:3128',
});
const mask = createMasker(config);

const secrets = [
  'XyZ123abcDEFghi456',
  '693a91f6-7xxx',
  'whsec_c2VjcmV0LWtleS1ieXRlcw==',
  'c2VjcmV0LWtleS1ieXRlcw==',
  'Bearer tok/en+with"quotes"&<>',
  'tok/en+with"quotes"&<>',
  'pr@xyp/ss',
  'urlpassw0rd',
  'T0ABCDEF12',
  config.endpoint.url.reveal(),
];
const base64 = (text: string) => Buffer.from(text).toString('base64');
const echoes: { name: string; echo: (secret: string) => string }[] = [
  { name: 'as it is', echo: (s) => s },
  { name: 'in capitals', echo: (s) => s.toUpperCase() },
  { name: 'percent-encoded', echo: encodeURIComponent },
  {
    name: 'percent-encoded in lower case',
    echo: (s) => encodeURIComponent(s).replace(/%../g, (m) => m.toLowerCase()),
  },
  { name: 'percent-encoded twice', echo: (s) => encodeURIComponent(encodeURIComponent(s)) },
  { name: 'form-encoded', echo: (s) => new URLSearchParams({ a: s }).toString() },
  { name: 'in JSON', echo: (s) => JSON.stringify({ error: `no ${s}` }) },
  { name: 'in JSON that escapes slashes', echo: (s) => JSON.stringify(s).replaceAll('/', '\\/') },
  {
    name: 'in JSON that escapes for HTML',
    echo: (s) => JSON.stringify(s).replace(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`),
  },
  {
    name: 'in HTML',
    echo: (s) =>
      s.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
  },
  { name: 'in hex', echo: (s) => Buffer.from(s).toString('hex') },
  { name: 'in base64', echo: base64 },
  { name: 'inside base64, after one byte', echo: (s) => base64(`x${s}y`) },
  { name: 'inside base64, after two bytes', echo: (s) => base64(`xx${s}yy`) },
  { name: 'in base64url', echo: (s) => Buffer.from(s).toString('base64url') },
  { name: 'with a NUL in it', echo: (s) => `${s.slice(0, 4)}\0${s.slice(4)}` },
];
for (const { name, echo } of echoes) {
  test(`masked: a secret ${name}`, () => {
    for (const secret of secrets) {
      const masked = mask(`before ${echo(secret)} after`);
      assert.match(masked, /\[secret\]/);
      assert.match(masked, /^before .* after$/s);
      // Nothing recognisable of it is left, whatever stands around the mask.
      const left = masked.replaceAll('[secret]', '').toLowerCase();
      const plain = echo(secret).replaceAll('\0', '').toLowerCase();
      for (let at = 0; at + 8 <= plain.length; at++) {
        if (
          /[a-z0-9]{8}/.test(plain.slice(at, at + 8)) &&
          !'{"error":"no before after'.includes(plain.slice(at, at + 8))
        ) {
          assert.ok(!left.includes(plain.slice(at, at + 8)), `${masked} shows ${plain.slice(at, at + 8)}`);
        }
      }
    }
  });
}

test('ordinary words are left alone', () => {
  for (const text of [
    'send failed',
    'services',
    'hook v2 send',
    'code 2',
    'a product in production',
    'hooks.example',
    '{"errcode":0,"errmsg":"ok"}',
    '中文 ✓ \t\r\n\x1b[31m',
  ]) {
    assert.equal(mask(text), text);
  }
  assert.equal(mask('env is prod.'), 'env is [secret].');
});

test('a path whose segments are all short is masked as a whole', () => {
  const short = createMasker(testChannel({ url: 'http://127.0.0.1:8065/hook/k3y' }));
  assert.equal(short('Cannot POST /hook/k3y'), 'Cannot POST [secret]');
  assert.equal(short('the hook is gone'), 'the hook is gone');
});

test('a secret that the end of the text cuts off does not show its start', () => {
  const secret = 'XyZ123abcDEFghi456';
  for (let length = 4; length < secret.length; length++) {
    assert.equal(mask(`echo: ${secret.slice(0, length)}`, true), 'echo: [secret]');
  }
  assert.equal(
    mask(`echo: ${secret.slice(0, 9)}`),
    `echo: ${secret.slice(0, 9)}`,
    'only where the text broke off',
  );
  assert.equal(mask('echo: 123abc', true), 'echo: 123abc');
});

test('NUL goes, lone surrogates are made well-formed, other control characters stay', () => {
  assert.equal(mask('a\0b\ud800c\x1b[0m\x07'), 'ab\ufffdc\x1b[0m\x07');
});

test('a channel with nothing to hide masks nothing, and special characters in secrets are no pattern', () => {
  assert.equal(
    createMasker(testChannel({ url: 'http://127.0.0.1/' }))('127.0.0.1 any text'),
    '127.0.0.1 any text',
  );
  const odd = createMasker(testChannel({ url: 'http://h/', secret: '.*+?^$(){}|[]\\/-中😀' }));
  assert.equal(odd('x .*+?^$(){}|[]\\/-中😀 y'), 'x [secret] y');
  assert.equal(odd('plain'), 'plain');
});

test('any secret of some length disappears', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', minLength: 8, maxLength: 40 }),
      fc.string({ unit: 'grapheme' }),
      (secret, around) => {
        fc.pre(!secret.includes('\0') && !around.includes(secret) && !'[secret]'.includes(secret));
        const masked = createMasker({
          ...testChannel({ url: 'http://h/' }),
          endpoint: {
            ...config.endpoint,
            url: new Secret('http://h/'),
            headers: [],
            secret: new Secret(secret),
          },
        })(`${around}${secret}${around}`);
        assert.ok(!masked.includes(secret));
      },
    ),
    { numRuns: 200 },
  );
});

test('a hostile 64 KiB answer is masked in good time', () => {
  const started = performance.now();
  mask('XyZ123abcDEFghi45'.repeat(3_856), true);
  mask('a'.repeat(65_536), true);
  assert.ok(performance.now() - started < 500);
});

test('a text is cut by bytes between code points', () => {
  assert.equal(cutBytes('中文', 5), '中');
  assert.equal(cutBytes('a😀', 4), 'a');
  assert.equal(cutBytes('a😀', 5), 'a😀');
  assert.equal(cutBytes('', 4), '');
  assert.equal(Buffer.byteLength(cutBytes('中'.repeat(9_999), 4_096)), 4_095);
});
