import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { answerOf, endpointOf, PART, readFixture } from './provider-test-kit.ts';
import { slackBot } from './slack_bot.ts';

const HOOK = 'https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX';
const bodyOf = (text: string) =>
  JSON.parse(slackBot.buildRequest(endpointOf(HOOK), { ...PART, text }, 0).body ?? '');
const elementsOf = (text: string): { type: string; text?: string; url?: string }[] =>
  bodyOf(text).blocks[0].elements[0].elements;

test('slack_bot builds literal text with living links, and an escaped fallback', () => {
  const text = '*a* _b_ ~c~ `d` :smile: @here #general <!channel> & https://x.test/a_b?c=1&d=2。好';
  const request = slackBot.buildRequest(endpointOf(HOOK), { ...PART, text }, 0);
  assert.equal(request.method, 'POST');
  assert.equal(request.url, HOOK);
  assert.equal(request.headers['content-type'], 'application/json');
  assert.deepEqual(JSON.parse(request.body ?? ''), {
    mrkdwn: false,
    text: '*a* _b_ ~c~ `d` :smile: @here #general &lt;!channel&gt; &amp; https://x.test/a_b?c=1&amp;d=2。好',
    blocks: [
      {
        type: 'rich_text',
        elements: [
          {
            type: 'rich_text_section',
            elements: [
              { type: 'text', text: '*a* _b_ ~c~ `d` :smile: @here #general <!channel> & ' },
              { type: 'link', url: 'https://x.test/a_b?c=1&d=2' },
              { type: 'text', text: '。好' },
            ],
          },
        ],
      },
    ],
  });
});

test('slack_bot sends no field that makes names in a text mean something, and no channel', () => {
  assert.deepEqual(Object.keys(bodyOf('@here')).sort(), ['blocks', 'mrkdwn', 'text']);
});

test('slack_bot leaves a URL that is none as text', () => {
  assert.deepEqual(elementsOf('https://[x'), [{ type: 'text', text: 'https://[x' }]);
});

test('slack_bot: the elements joined are the text, and the fallback has no control character', () => {
  const parts = fc.constantFrom(
    'https://x.test/',
    '<',
    '>',
    '&',
    '&lt;',
    '*',
    '。',
    ' ',
    '\n',
    '@here',
    '😀',
    '!',
    ')',
    '(',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(parts).map((all) => all.join('')),
        fc.string({ unit: 'binary' }),
      ),
      (text) => {
        assert.equal(
          elementsOf(text)
            .map((element) => element.text ?? element.url)
            .join(''),
          text,
        );
        assert.doesNotMatch(bodyOf(text).text, /[<>]|&(?!(?:amp|lt|gt);)/);
      },
    ),
  );
});

test('slack_bot measures UTF-16 units after escaping', () => {
  assert.equal(slackBot.textLimit?.measure('a&b<😀'), 'a&amp;b&lt;'.length + 2);
});

const fixture = (name: string) => readFixture(`slack_bot/${name}`);
const cases = [
  { name: 'sent', status: 200, body: fixture('ok.txt'), want: 'ok', code: 'ok' },
  { name: 'sent, with a line end', status: 200, body: 'ok\n', want: 'ok', code: 'ok' },
  {
    name: 'a page that a redirect led to',
    status: 200,
    body: '<!DOCTYPE html>',
    want: 'unknown',
    code: null,
  },
  { name: 'nothing', status: 200, body: '', want: 'unknown', code: null },
  {
    name: 'a refusal under 200',
    status: 200,
    body: fixture('invalid-token.txt'),
    want: 'permanent',
    code: 'invalid_token',
    gone: true,
  },
  { name: 'a redirect', status: 302, body: '', want: 'permanent', code: null },
  {
    name: 'a bad payload',
    status: 400,
    body: fixture('invalid-payload.txt'),
    want: 'permanent',
    code: 'invalid_payload',
  },
  { name: 'an empty text', status: 400, body: fixture('no-text.txt'), want: 'permanent', code: 'no_text' },
  {
    name: 'bad blocks',
    status: 400,
    body: fixture('invalid-blocks.txt'),
    want: 'permanent',
    code: 'invalid_blocks',
  },
  {
    name: 'a forbidden action',
    status: 403,
    body: fixture('action-prohibited.txt'),
    want: 'permanent',
    code: 'action_prohibited',
  },
  {
    name: 'a revoked token',
    status: 403,
    body: fixture('invalid-token.txt'),
    want: 'permanent',
    code: 'invalid_token',
    gone: true,
  },
  {
    name: 'a removed service',
    status: 404,
    body: fixture('no-service.txt'),
    want: 'permanent',
    code: 'no_service',
    gone: true,
  },
  {
    name: 'a disabled hook',
    status: 404,
    body: fixture('no-active-hooks.txt'),
    want: 'permanent',
    code: 'no_active_hooks',
    gone: true,
  },
  {
    name: 'a missing channel',
    status: 404,
    body: fixture('channel-not-found.txt'),
    want: 'permanent',
    code: 'channel_not_found',
    gone: true,
  },
  {
    name: 'an archived channel',
    status: 410,
    body: fixture('channel-is-archived.txt'),
    want: 'permanent',
    code: 'channel_is_archived',
    gone: true,
  },
  {
    name: 'the rate limit by the header',
    status: 429,
    body: fixture('rate-limited.json'),
    headers: { 'retry-after': '30' },
    want: 'rate_limited',
    code: 'rate_limited',
    pauseMs: 30_000,
  },
  {
    name: 'the rate limit by the body',
    status: 429,
    body: '{"retry_after":12,"ok":false,"error":"rate_limited"}',
    want: 'rate_limited',
    code: 'rate_limited',
    pauseMs: 12_000,
  },
  {
    name: 'the rate limit without a word',
    status: 429,
    body: '',
    want: 'rate_limited',
    code: 'rate_limited',
    pauseMs: 1_000,
  },
  {
    name: 'a fault of Slack',
    status: 500,
    body: fixture('rollup-error.txt'),
    want: 'transient',
    code: 'rollup_error',
  },
  { name: 'a server error', status: 500, body: '', want: 'transient', code: null },
  {
    name: 'a word that nobody documents',
    status: 400,
    body: 'invalid_moon',
    want: 'permanent',
    code: 'invalid_moon',
    says: /invalid_moon/,
  },
  {
    name: 'a word named like a property',
    status: 400,
    body: 'constructor',
    want: 'permanent',
    code: 'constructor',
  },
];
for (const { name, status, body, headers, want, code, pauseMs, gone, says } of cases) {
  test(`slack_bot reads ${name}`, () => {
    const verdict = slackBot.readAnswer(answerOf(status, body, headers));
    assert.equal(verdict.kind, want);
    assert.equal(verdict.platformCode, code);
    assert.equal(verdict.pauseMs, pauseMs);
    assert.equal(verdict.endpointGone, gone);
    if (says) assert.match(verdict.error?.zh ?? '', says);
  });
}
