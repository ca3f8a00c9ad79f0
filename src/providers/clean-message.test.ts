import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanMessage } from './clean-message.ts';

const cases = [
  { message: 'a\r\n\tb\u202ec', want: 'a b c' },
  { message: 'from ip: 203.0.113.7, more info at https://x.test/?e=1', want: 'from ip: …, more info at …' },
  { message: 'from 2001:db8:0:0:1:2:3:4', want: 'from …' },
  { message: 'hook 1xqz3n7ykbfd3mh9xp1jz5u6wo failed at 12:30:45', want: 'hook … failed at 12:30:45' },
  { message: '机器人发送签名不匹配', want: '机器人发送签名不匹配' },
  { message: '中'.repeat(300), want: `${'中'.repeat(200)}…` },
  { message: 'a\ud83d', want: 'a\ufffd' },
];
for (const { message, want } of cases) {
  test(`cleanMessage: ${JSON.stringify(message.slice(0, 40))}`, () =>
    assert.equal(cleanMessage(message), want));
}
