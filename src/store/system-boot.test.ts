import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bootIdOf, systemBoot } from './system-boot.ts';

for (const { text, id } of [
  { text: 'de305d54-75b4-431b-adb2-eb6b9e546014\n', id: 0xde305d5475b4 },
  { text: 'ffffffff-ffff-4fff-bfff-ffffffffffff\n', id: 2 ** 48 - 1 },
  { text: '', id: null },
  { text: 'deadbeef', id: null },
  { text: 'a name', id: null },
  { text: '00000000-0000-0000-0000-000000000000\n', id: null },
]) {
  test(`the boot ${JSON.stringify(text)} is ${id}`, () => assert.equal(bootIdOf(text), id));
}

test('this boot stays the same, and Linux names it', () => {
  const { id } = systemBoot();
  assert.equal(systemBoot().id, id);
  if (process.platform === 'linux') assert.ok(id !== null && id > 0 && id < 2 ** 48, String(id));
});
