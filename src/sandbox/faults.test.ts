import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { readFault } from './faults.ts';
import { type Opened, send, withSandbox } from './testing.ts';

const groups = [
  { platform: 'webhook', secret: null },
  { platform: 'slack_bot', rateLimits: false },
] as const;
const text = { 'content-type': 'text/plain' };
const plan = ({ sandbox }: Opened, fault: object) => send(`${sandbox.url}_sandbox/faults`, { body: fault });
const post = ({ url }: Opened) => send(url, { headers: text, body: 'a' });
const verdicts = ({ sandbox }: Opened) => sandbox.received()[0]?.arrivals.map(({ verdict }) => verdict);
const withGroups = (run: (opened: Opened) => Promise<void>) => withSandbox(groups, run);

test('a status as given, for the next n requests', () =>
  withGroups(async (opened) => {
    await plan(opened, {
      kind: 'status',
      times: 2,
      status: 502,
      headers: { 'retry-after': '7' },
      body: '<html>',
    });
    for (let n = 0; n < 2; n++) {
      const got = await post(opened);
      assert.deepEqual([got.status, got.headers['retry-after'], got.body], [502, '7', '<html>']);
    }
    assert.equal((await post(opened)).status, 200);
    assert.deepEqual(verdicts(opened), ['refused', 'refused', 'shown']);
  }));

test('only the group or the platform that was named', () =>
  withGroups(async (opened) => {
    await plan(opened, { kind: 'fail', platform: 'slack_bot' });
    await plan(opened, { kind: 'limit', group: 'webhook' });
    const slack = () => send(opened.sandbox.groups[1]?.endpointUrl ?? '', { body: { text: 'a' } });
    assert.equal((await post(opened)).status, 429);
    assert.equal((await post(opened)).status, 200);
    assert.equal((await slack()).body, 'rollup_error');
    assert.equal((await slack()).body, 'ok');
  }));

test('faults are cleared', () =>
  withGroups(async (opened) => {
    await plan(opened, { kind: 'hang', times: 5 });
    await send(`${opened.sandbox.url}_sandbox/faults`, { method: 'DELETE' });
    assert.equal((await post(opened)).status, 200);
  }));

test('reset breaks the connection; the message may have been taken all the same', () =>
  withGroups(async (opened) => {
    for (const taken of [false, true]) {
      await plan(opened, { kind: 'reset', taken });
      await assert.rejects(post(opened), { code: 'ECONNRESET' });
    }
    assert.deepEqual(verdicts(opened), ['refused', 'shown']);
  }));

test('cut ends within the body, and the message was taken', () =>
  withGroups(async (opened) => {
    await plan(opened, { kind: 'cut' });
    await assert.rejects(post(opened), { code: 'ECONNRESET' });
    assert.deepEqual(verdicts(opened), ['shown']);
  }));

test('delay answers as usual, when the time has come', () =>
  withGroups(async (opened) => {
    await plan(opened, { kind: 'delay', delayMs: 5_000 });
    const answer = post(opened);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(verdicts(opened), []);
    opened.clock.step(5_000);
    assert.equal((await answer).status, 200);
  }));

test('drip gives one byte at a time', () =>
  withGroups(async (opened) => {
    await plan(opened, { kind: 'drip', delayMs: 10 });
    const answer = post(opened);
    const stepping = setInterval(() => opened.clock.step(10), 1);
    assert.equal((await answer).body, '{"ok":true}');
    clearInterval(stepping);
  }));

for (const { kind, taken } of [
  { kind: 'hang', taken: false },
  { kind: 'hang', taken: true },
  { kind: 'endless', taken: true },
]) {
  test(`${kind}${taken ? ', taken' : ''} leaves the sender waiting until the sandbox closes`, () =>
    withGroups(async (opened) => {
      await plan(opened, { kind, taken });
      const { hostname, port, pathname } = new URL(opened.url);
      const socket = connect(Number(port), hostname);
      let bytes = 0;
      socket.on('error', () => {});
      socket.on('data', (chunk) => {
        bytes += chunk.length;
      });
      const closed = new Promise((resolve) => socket.on('close', resolve));
      socket.write(`POST ${pathname} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\na`);
      for (
        let n = 0;
        n < 100 && (verdicts(opened)?.length === 0 || (kind === 'endless' && bytes < 20_000));
        n++
      ) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        opened.clock.step(5);
      }
      assert.deepEqual(verdicts(opened), [taken ? 'shown' : 'refused']);
      assert.equal(bytes > 20_000, kind === 'endless');
      await opened.sandbox.close();
      await closed;
    }));
}

const wrong = [
  null,
  [],
  {},
  { kind: 'x' },
  { kind: 'hang', times: 0 },
  { kind: 'hang', platform: 'x' },
  { kind: 'hang', tiems: 1 },
  { kind: 'status', status: 99 },
  { kind: 'status', headers: { a: 'b\r\nc: d' } },
];
for (const value of wrong) {
  test(`${JSON.stringify(value)} is no fault`, () => assert.equal(typeof readFault(value), 'string'));
}

test('a wrong fault is answered with what is wrong', () =>
  withGroups(async (opened) => {
    const got = await plan(opened, { kind: 'hang', times: -1 });
    assert.equal(got.status, 400);
    assert.match(JSON.parse(got.body).error, /times$/);
  }));
