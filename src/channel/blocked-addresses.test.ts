import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isBlockedAddress, isBlockedForProxy } from './blocked-addresses.ts';
import { bareHost } from './proxy.ts';

// Goal: no spelling of a forbidden address gets through, and no legitimate private address is refused.

const blockedHosts = [
  '169.254.169.254',
  '169.254.0.1',
  '2852039166',
  '0xa9fea9fe',
  '0xa9.0xfe.0xa9.0xfe',
  '0251.0376.0251.0376',
  '0251.254.43518',
  '169.16689662',
  '①⑥⑨.②⑤④.①⑥⑨.②⑤④',
  '１６９.２５４.１６９.２５４',
  '169。254。169。254',
  '169.254.169.254.',
  '%31%36%39.254.169.254',
  '[::ffff:a9fe:a9fe]',
  '[::ffff:169.254.169.254]',
  '[::a9fe:a9fe]',
  '[::ffff:0:a9fe:a9fe]',
  '[64:ff9b::a9fe:a9fe]',
  '[64:ff9b:1::169.254.169.254]',
  '[2002:a9fe:a9fe::]',
  '[2002:a9fe:a9fe::1]',
  '[2001:0:a9fe:a9fe::]',
  '[2001:0:102:304:0:0:5601:5601]',
  '[2001:db8::5efe:a9fe:a9fe]',
  '[2001:db8::200:5efe:a9fe:a9fe]',
  '[fe80::1]',
  '[fe80::a9fe:a9fe]',
  '[febf::1]',
  '[fd00:ec2::254]',
  '[FD00:EC2:0:0:0:0:0:254]',
  '[fd20:ce::254]',
  '[fd00:c1::a9fe:a9fe]',
  '100.100.100.200',
  '192.0.0.192',
  '168.63.129.16',
  '[::ffff:6464:64c8]',
  '0',
  '0.0.0.0',
  '0.1.2.3',
  '[::]',
  '[::ffff:0.0.0.0]',
  '224.0.0.1',
  '239.1.2.3',
  '255.255.255.255',
  '[ff02::1]',
];
for (const host of blockedHosts) {
  test(`blocked: http://${host}/`, () => {
    assert.equal(isBlockedAddress(bareHost(new URL(`http://${host}/`).hostname)), true);
  });
}

const allowedHosts = [
  '127.0.0.1',
  '127.1',
  '2130706433',
  '0x7f.1',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '10.0.0.1',
  '172.16.0.1',
  '192.168.1.1',
  '192.0.0.193',
  '100.64.0.1',
  '100.100.100.201',
  '169.253.255.255',
  '169.255.0.1',
  '8.8.8.8',
  '[fd12:3456::1]',
  '[fec0::1]',
  '[2001:4860:4860::8888]',
  '[64:ff9b::808:808]',
  '[2002:808:808::1]',
  '1.0.0.1',
];
for (const host of allowedHosts) {
  test(`allowed: http://${host}/`, () => {
    assert.equal(isBlockedAddress(bareHost(new URL(`http://${host}/`).hostname)), false);
  });
}

test('a resolver may add a scope', () => {
  assert.equal(isBlockedAddress('fe80::1%eth0'), true);
  assert.equal(isBlockedAddress('fe80::a9fe:a9fe%1'), true);
});

test('what is no address is blocked', () => {
  for (const text of [
    '',
    ' ',
    'localhost',
    '127.1',
    '2130706433',
    '1.2.3.4 ',
    '1.2.3.4.5',
    '::g',
    '[::1]',
    '0177.0.0.1',
    '1.2.3.4/8',
    'x'.repeat(1_000),
  ]) {
    assert.equal(isBlockedAddress(text), true, text);
  }
});

test('names of metadata services are not asked of a proxy', () => {
  for (const name of [
    'metadata.google.internal',
    'METADATA.google.Internal',
    'metadata.google.internal.',
    'metadata',
  ]) {
    assert.equal(isBlockedForProxy(name), true, name);
  }
  for (const name of ['example.com', 'metadata.example.com', 'localhost', 'oapi.dingtalk.com']) {
    assert.equal(isBlockedForProxy(name), false, name);
  }
});
