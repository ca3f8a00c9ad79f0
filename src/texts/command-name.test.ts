import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandNameOf } from './command-name.ts';

const node = { isExecutable: false, argv0: 'node', npmCommand: undefined };
const checkout = '/opt/postpoint/bin/postpoint.js';

for (const { name, start, want } of [
  {
    name: 'npx',
    start: { ...node, script: '/opt/postpoint/node_modules/.bin/postpoint', npmCommand: 'exec' },
    want: 'npx postpoint',
  },
  { name: 'npm start', start: { ...node, script: checkout, npmCommand: 'start' }, want: 'npx postpoint' },
  { name: 'node in a checkout', start: { ...node, script: checkout }, want: 'npx postpoint' },
  { name: 'installed', start: { ...node, script: '/usr/local/bin/postpoint' }, want: 'postpoint' },
  { name: 'the bundle', start: { ...node, script: '/opt/postpoint.mjs' }, want: 'node postpoint.mjs' },
  {
    name: 'an executable',
    start: { ...node, isExecutable: true, argv0: './postpoint-linux', script: '/opt/postpoint-linux' },
    want: './postpoint-linux',
  },
]) {
  test(`${name}: ${want}`, () => assert.equal(commandNameOf(start), want));
}
