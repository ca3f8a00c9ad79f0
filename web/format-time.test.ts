import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { pages as en } from '../src/texts/en/pages.ts';
import { pages as zh } from '../src/texts/zh/pages.ts';
import { clockTime, duration, exactTime, relativeTime, wait } from './format-time.ts';

before(() => {
  process.env.TZ = 'Asia/Shanghai';
});

const at = (text: string) => Date.parse(`${text}+08:00`);
const NOW = '2026-11-26T23:31:05.123';

const ages: [string, string, string][] = [
  ['2026-11-26T23:31:05', '刚刚', 'just now'],
  ['2026-11-26T23:31:09', '刚刚', 'just now'],
  ['2026-11-26T23:30:50', '15 秒前', '15 s ago'],
  ['2026-11-26T23:30:05', '1 分钟前', '1 min ago'],
  ['2026-11-26T22:31:06', '59 分钟前', '59 min ago'],
  ['2026-11-26T20:31:05', '3 小时前', '3 h ago'],
  ['2026-11-26T09:05:00', '09:05', '09:05'],
  ['2026-11-25T21:04:00', '昨天 21:04', 'yesterday 21:04'],
  ['2026-11-24T21:04:00', '11-24 21:04', '11-24 21:04'],
  ['2025-11-24T21:04:00', '2025-11-24 21:04', '2025-11-24 21:04'],
];
for (const [then, inChinese, inEnglish] of ages) {
  test(`${then} is ${inEnglish}`, () => {
    assert.equal(relativeTime(at(then), at(NOW), zh.time), inChinese);
    assert.equal(relativeTime(at(then), at(NOW), en.time), inEnglish);
  });
}

test('the day before counts by the calendar, not by 24 hours', () => {
  assert.equal(
    relativeTime(at('2026-11-25T10:00:00'), at('2026-11-26T00:30:00'), en.time),
    'yesterday 10:00',
  );
});

test('an exact time has milliseconds and the zone', () => {
  assert.equal(exactTime(at(NOW)), '2026-11-26 23:31:05.123 UTC+08:00');
  assert.equal(clockTime(at(NOW)), '2026-11-26 23:31:05');
});

const lengths: [number, string][] = [
  [0, '0 ms'],
  [84.6, '85 ms'],
  [999, '999 ms'],
  [1_000, '1.0 s'],
  [1_290, '1.2 s'],
  [9_999, '9.9 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [185_000, '3 min 5 s'],
  [3_600_000, '1 h'],
  [5_400_000, '1 h 30 min'],
  [90_000_000, '1 d 1 h'],
];
for (const [ms, want] of lengths)
  test(`${ms} ms lasts ${want}`, () => assert.equal(duration(ms, en.time), want));

test('what is still to come is at least a second', () => {
  assert.equal(wait(-5, en.time), '1 s');
  assert.equal(wait(1_999, zh.time), '1 秒');
});
