import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSimulatedClock } from '../../test/support/simulated-clock.ts';
import { testChannel } from '../../test/support/test-channel.ts';
import type { Answer, MessagePart, OutboundRequest, Provider } from '../providers/provider.ts';
import { createChannel } from './channel.ts';
import { networkFault } from './network-fault.ts';
import type { TransportResult } from './transport.ts';

// Goal: whatever the provider or the network does, one send is at most one request and one masked outcome.

const nothing = { zh: '无', en: 'none' };
const window = { maxSends: 0, documented: null, source: 'test' };
const echo: Provider = {
  id: 'test',
  label: nothing,
  exampleUrl: 'https://host.test/xxx',
  ownUrl: null,
  fields: [],
  limitScope: (url) => url,
  windows: { minute: window, second: window },
  textLimit: { max: 20, unit: 'code_points', source: 'test', measure: (text) => [...text].length },
  codes: {},
  buildRequest: (endpoint, part) => ({
    method: 'POST',
    url: endpoint.url.reveal(),
    headers: {},
    body: JSON.stringify(part),
  }),
  readAnswer: (answer) => ({
    kind: answer.httpStatus === 200 ? 'ok' : 'permanent',
    platformCode: null,
    error: null,
  }),
};

const TOKEN = 't0ken-t0ken-t0ken-t0ken';
const answer = (body: string, part: Partial<Answer> = {}): TransportResult => ({
  kind: 'answer',
  answer: { httpStatus: 200, headers: {}, body, complete: true, ...part },
});

function setUp({
  result = answer('ok'),
  provider = {},
  overflow = 'split' as const,
}: {
  result?: TransportResult;
  provider?: Partial<Provider>;
  overflow?: 'split' | 'fail' | 'truncate';
} = {}) {
  const sent: OutboundRequest[] = [];
  const clock = createSimulatedClock();
  const transport = {
    async send(request: OutboundRequest) {
      sent.push(request);
      await clock.advance(482);
      return result;
    },
  };
  const config = testChannel({ url: `http://robot.example/hook/${TOKEN}`, overflow });
  const channel = createChannel(config, {
    provider: { ...echo, ...provider },
    clock,
    transport,
    timeoutMs: 1_000,
  });
  const parts = () => sent.map(({ body }) => JSON.parse(body ?? '') as MessagePart);
  return { channel, sent, parts };
}
const message = { messageId: '01M', text: 'hello', partIndex: 0 };

test('a short text is one part, sent once, timed', async () => {
  const { channel, parts } = setUp();
  const { outcome, moreParts, durationMs } = await channel.send(message);
  assert.deepEqual(outcome, { kind: 'ok', platformCode: null, error: null, httpStatus: 200, response: 'ok' });
  assert.deepEqual({ moreParts, durationMs }, { moreParts: false, durationMs: 482 });
  assert.deepEqual(parts(), [{ messageId: '01M', partKey: '01M', text: 'hello' }]);
});

test('a long text goes part by part, each under its own key', async () => {
  const { channel, parts } = setUp();
  const text = 'one two three four five six';
  const more: boolean[] = [];
  for (const partIndex of [0, 1, 0])
    more.push((await channel.send({ ...message, text, partIndex })).moreParts);
  assert.deepEqual(more, [true, false, true]);
  assert.deepEqual(
    parts().map(({ partKey }) => partKey),
    ['01M', '01M-2', '01M'],
  );
  const [first, second, again] = parts().map((part) => part.text);
  assert.equal(`${first}${second}`.replaceAll(/\(\d\/2\)\n/g, ''), text);
  assert.equal(again, first);
});

test('a remembered split is not taken for another text', async () => {
  const { channel, parts } = setUp();
  await channel.send({ ...message, text: 'a '.repeat(15) });
  await channel.send({ ...message, text: 'b '.repeat(15) });
  assert.match(parts()[1]?.text ?? '', /b b/);
});

test('what is never sent is permanent, takes no time and says why', async () => {
  const boom = () => {
    throw new Error(TOKEN);
  };
  const cases = [
    { set: setUp({ overflow: 'fail' as never }), part: { ...message, text: 'x'.repeat(21) }, want: /20/ },
    { set: setUp(), part: { ...message, partIndex: 1 }, want: /part 2/ },
    { set: setUp({ provider: { buildRequest: boom } }), part: message, want: /internal/ },
    {
      set: setUp({ provider: { textLimit: { max: 1, unit: 'bytes', source: '', measure: boom } } }),
      part: message,
      want: /internal/,
    },
  ];
  for (const { set, part, want } of cases) {
    const { outcome, moreParts, durationMs } = await set.channel.send(part);
    assert.equal(outcome.kind, 'permanent');
    assert.match(outcome.error?.en ?? '', want);
    assert.deepEqual(
      { moreParts, durationMs, sent: set.sent.length },
      { moreParts: false, durationMs: 0, sent: 0 },
    );
    assert.ok(!JSON.stringify(outcome).includes(TOKEN));
  }
});

test('each result of the transport has its outcome', async () => {
  const fault = networkFault('refused', { peer: { role: 'target', host: 'robot.example:80' } });
  const kinds = { not_sent: 'transient', unknown: 'unknown', blocked: 'permanent' } as const;
  for (const kind of ['not_sent', 'unknown', 'blocked'] as const) {
    const { outcome } = await setUp({ result: { kind, fault } }).channel.send(message);
    assert.deepEqual(outcome, {
      kind: kinds[kind],
      platformCode: null,
      error: fault.text,
      httpStatus: null,
      response: null,
    });
  }
});

test('a lack of sockets is no fault of the receiver', async () => {
  const peer = { role: 'target', host: 'robot.example:80' } as const;
  const fault = networkFault('local_limit', { peer, code: 'EMFILE' });
  const { outcome } = await setUp({ result: { kind: 'not_sent', fault } }).channel.send(message);
  assert.deepEqual([outcome.kind, outcome.ownFault, outcome.error], ['transient', true, fault.text]);
});

test('a provider that fails over an answer leaves the outcome unknown, with the answer on record', async () => {
  const { channel } = setUp({
    result: answer('strange'),
    provider: {
      readAnswer() {
        throw new Error(TOKEN);
      },
    },
  });
  const { outcome } = await channel.send(message);
  assert.equal(outcome.kind, 'unknown');
  assert.equal(outcome.response, 'strange');
  assert.ok(!JSON.stringify(outcome).includes(TOKEN));
});

test('everything of an answer is masked, then cut', async () => {
  const error = { zh: `错误 ${TOKEN}`, en: `error ${TOKEN}` };
  const { channel } = setUp({
    // The token straddles the 4 KiB mark and, at the end, the limit of what was read.
    result: answer(`${'x'.repeat(4_090)}${TOKEN}${'中'.repeat(3_000)}`),
    provider: {
      readAnswer: () => ({
        kind: 'rate_limited',
        platformCode: TOKEN,
        error,
        pauseMs: 7,
        endpointGone: true,
      }),
    },
  });
  const { outcome } = await channel.send(message);
  assert.equal(outcome.response, `${'x'.repeat(4_090)}[secre`);
  assert.deepEqual(
    { ...outcome, response: null },
    {
      kind: 'rate_limited',
      pauseMs: 7,
      endpointGone: true,
      platformCode: '[secret]',
      error: { zh: '错误 [secret]', en: 'error [secret]' },
      httpStatus: 200,
      response: null,
    },
  );
  const cut = await setUp({ result: answer(`echo ${TOKEN.slice(0, 9)}`, { complete: false }) }).channel.send(
    message,
  );
  assert.equal(cut.outcome.response, 'echo [secret]');
  assert.equal((await setUp({ result: answer('') }).channel.send(message)).outcome.response, null);
});
