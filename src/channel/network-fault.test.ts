import assert from 'node:assert/strict';
import { test } from 'node:test';
import { texts } from '../texts/texts.ts';
import { MalformedAnswerError } from './answer-head.ts';
import {
  codeOfError,
  type FaultCode,
  faultAfterSending,
  faultBeforeSending,
  networkFault,
} from './network-fault.ts';

const peer = { role: 'target', host: 'robot.example:443' } as const;
const coded = (code: string) => Object.assign(new Error('https://robot.example/t0ken'), { code });

const before: [string, FaultCode][] = [
  ['ENOTFOUND', 'dns_not_found'],
  ['ECONNREFUSED', 'refused'],
  ['EHOSTUNREACH', 'unreachable'],
  ['ECONNRESET', 'connect_closed'],
  ['CERT_HAS_EXPIRED', 'tls_expired'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls_untrusted'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls_host_mismatch'],
  ['EMFILE', 'local_limit'],
  ['constructor', 'not_sent'],
  ['ESOMETHING', 'not_sent'],
];
for (const [code, want] of before) {
  test(`before sending, ${code} is ${want}`, () =>
    assert.equal(faultBeforeSending(coded(code), peer, 'connect').code, want));
}

test('an unknown code is named by the step that it broke', () => {
  const codes = (['dns', 'connect', 'proxy', 'tls'] as const).map(
    (stage) => faultBeforeSending(coded('EPROTO'), peer, stage).code,
  );
  assert.deepEqual(codes, ['dns_failed', 'not_sent', 'proxy_broken', 'tls_failed']);
});

test('after sending there is a reset or a malformed answer', () => {
  assert.equal(faultAfterSending(coded('ECONNRESET'), peer).code, 'reset_after_send');
  assert.equal(faultAfterSending(new MalformedAnswerError('STATUS_LINE'), peer).code, 'malformed_answer');
  assert.equal(faultAfterSending('no error at all', peer).code, 'reset_after_send');
});

test('the code of an error is a code and nothing else', () => {
  assert.equal(codeOfError(new AggregateError([coded('ECONNREFUSED')])), 'ECONNREFUSED');
  for (const error of [
    null,
    undefined,
    'x',
    {},
    { code: 'https://a/t0ken' },
    { code: 7 },
    new AggregateError([]),
  ]) {
    assert.equal(codeOfError(error), '?');
  }
});

test('every sentence names the peer in both languages and carries no message of an error', () => {
  for (const code of Object.keys(texts.zh.delivery.faults) as FaultCode[]) {
    const { text } = networkFault(code, {
      peer: { role: 'proxy', host: 'p.example:3128' },
      code: 'EX',
      timeoutMs: 1_500,
    });
    for (const sentence of [text.zh, text.en]) assert.doesNotMatch(sentence, /undefined|\[object|NaN/);
    if (text.zh.includes('p.example')) assert.match(text.zh, /代理 p\.example:3128/);
    assert.equal(text.zh.includes('p.example'), text.en.includes('proxy p.example:3128'), code);
  }
  assert.doesNotMatch(JSON.stringify(faultBeforeSending(coded('EPROTO'), peer, 'tls')), /t0ken/);
});
