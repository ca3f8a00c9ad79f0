import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { answerOf, endpointOf, PART, readFixture } from './provider-test-kit.ts';
import { telegramBot } from './telegram_bot.ts';

const METHOD = 'https://api.telegram.org/bot123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11/sendMessage';
const build = (text: string, query = '?chat_id=-1001000000001') =>
  telegramBot.buildRequest(endpointOf(`${METHOD}${query}`), { ...PART, text }, 0);
const bodyOf = (text: string, query?: string) => JSON.parse(build(text, query).body ?? '');

test('telegram_bot sends the documented figures less a margin', () => {
  const { minute, second } = telegramBot.windows;
  assert.deepEqual([minute.maxSends, minute.documented, second.maxSends, second.documented], [18, 20, 1, 1]);
});

test('telegram_bot builds plain text without a preview, and the chat in the body', () => {
  const request = build('*a* _b_ `c` <b>&amp;</b> #d');
  assert.equal(request.method, 'POST');
  assert.equal(request.url, METHOD);
  assert.equal(request.headers['content-type'], 'application/json');
  assert.deepEqual(JSON.parse(request.body ?? ''), {
    chat_id: -1_001_000_000_001,
    text: '*a* _b_ `c` <b>&amp;</b> #d',
    link_preview_options: { is_disabled: true },
  });
});

const queries = [
  { query: '?chat_id=@ops_channel', want: { chat_id: '@ops_channel' } },
  { query: '?chat_id=-100&message_thread_id=7', want: { chat_id: -100, message_thread_id: 7 } },
  { query: '?chat_id=-100&disable_notification=true', want: { chat_id: -100, disable_notification: true } },
  { query: '?chat_id=-100&parse_mode=HTML&text=b&entities=%5B%5D', want: { chat_id: -100 } },
  { query: '?chat_id=%2D100#x', want: { chat_id: -100 } },
  { query: '', want: {} },
];
for (const { query, want } of queries) {
  test(`telegram_bot moves ${JSON.stringify(query)} into the body`, () => {
    const { text, link_preview_options, ...rest } = bodyOf('a', query);
    assert.deepEqual({ text, rest }, { text: 'a', rest: want });
    assert.deepEqual(link_preview_options, { is_disabled: true });
  });
}

const texts = [
  { name: 'a mention', text: '@alice 请看', want: '@\u2060alice 请看' },
  { name: 'two mentions', text: '（@bob）@all', want: '（@\u2060bob）@\u2060all' },
  { name: 'a mail address', text: 'a@b.com 值班@bob', want: 'a@b.com 值班@bob' },
  { name: 'a bare @', text: '@ @@ @好', want: '@ @@ @好' },
  {
    name: 'an address with a name',
    text: 'https://x.test/@bob @bob',
    want: 'https://x.test/@bob @\u2060bob',
  },
  { name: 'half a surrogate pair', text: 'a\ud83d', want: 'a\ufffd' },
];
for (const { name, text, want } of texts) {
  test(`telegram_bot sends ${name}`, () => assert.equal(bodyOf(text).text, want));
}

test('telegram_bot measures at least what it sends, in UTF-16 units', () => {
  assert.equal(telegramBot.textLimit?.measure('中😀\n'), 4);
  fc.assert(
    fc.property(fc.array(fc.constantFrom('@', 'a', ' ', '好', 'https://x.test/', '😀')), (parts) => {
      const text = parts.join('');
      assert.ok((telegramBot.textLimit?.measure(text) ?? 0) >= bodyOf(text).text.length);
      assert.equal(bodyOf(text).text.replaceAll('\u2060', ''), text);
    }),
  );
});

const fixture = (name: string) => readFixture(`telegram_bot/${name}.json`);
const cases = [
  { name: 'sent', status: 200, body: fixture('sent'), want: 'ok', code: 'ok' },
  { name: 'a page', status: 200, body: '<html>', want: 'unknown', code: null },
  { name: 'nothing', status: 200, body: '', want: 'unknown', code: null },
  { name: 'ok as a word', status: 200, body: '{"ok":"true"}', want: 'unknown', code: null },
  {
    name: 'a refusal under 200',
    status: 200,
    body: fixture('kicked'),
    want: 'permanent',
    code: 'bot was kicked',
    gone: true,
  },
  {
    name: 'too fast, by the body',
    status: 429,
    body: fixture('rate-limited'),
    want: 'rate_limited',
    code: '429',
    pauseMs: 34_000,
  },
  {
    name: 'too fast, by the larger of header and body',
    status: 429,
    body: fixture('rate-limited'),
    headers: { 'retry-after': '35' },
    want: 'rate_limited',
    code: '429',
    pauseMs: 35_000,
  },
  {
    name: 'too fast, no pause stated',
    status: 429,
    body: fixture('rate-limited-2016'),
    want: 'rate_limited',
    code: '429',
    pauseMs: 60_000,
  },
  {
    name: 'an unknown chat',
    status: 400,
    body: fixture('chat-not-found'),
    want: 'permanent',
    code: 'chat not found',
    gone: true,
  },
  {
    name: 'a group that became a supergroup',
    status: 400,
    body: fixture('upgraded'),
    want: 'permanent',
    code: 'upgraded to a supergroup chat',
    gone: true,
    says: /chat_id 改成 -1001000000002/,
  },
  {
    name: 'the same in the words of 2016',
    status: 400,
    body: fixture('migrated-2016'),
    want: 'permanent',
    code: 'is migrated to',
    gone: true,
    says: /chat_id 改成 -1001000000002/,
  },
  {
    name: 'the same without the new id',
    status: 400,
    body: '{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded to a supergroup chat"}',
    want: 'permanent',
    code: 'upgraded to a supergroup chat',
    gone: true,
    says: /请更新 endpoint\.url/,
  },
  {
    name: 'an empty text',
    status: 400,
    body: fixture('empty-text'),
    want: 'permanent',
    code: 'message text is empty',
  },
  {
    name: 'a long text',
    status: 400,
    body: fixture('too-long'),
    want: 'permanent',
    code: 'message is too long',
  },
  {
    name: 'missing rights',
    status: 400,
    body: fixture('no-rights'),
    want: 'permanent',
    code: 'not enough rights to send',
  },
  {
    name: 'a deleted topic',
    status: 400,
    body: fixture('thread-not-found'),
    want: 'permanent',
    code: 'message thread not found',
  },
  {
    name: 'a closed topic',
    status: 400,
    body: fixture('topic-closed'),
    want: 'permanent',
    code: 'TOPIC_CLOSED',
  },
  {
    name: 'a revoked token',
    status: 401,
    body: fixture('unauthorized'),
    want: 'permanent',
    code: '401',
    gone: true,
  },
  {
    name: 'a bot that was kicked',
    status: 403,
    body: fixture('kicked'),
    want: 'permanent',
    code: 'bot was kicked',
    gone: true,
  },
  {
    name: 'a bot that was never in',
    status: 403,
    body: fixture('not-a-member'),
    want: 'permanent',
    code: 'bot is not a member',
    gone: true,
  },
  {
    name: 'a deleted group',
    status: 403,
    body: fixture('group-deleted'),
    want: 'permanent',
    code: 'chat was deleted',
    gone: true,
  },
  {
    name: 'no such token',
    status: 404,
    body: fixture('not-found'),
    want: 'permanent',
    code: '404',
    gone: true,
  },
  {
    name: 'a refusal that no table has',
    status: 400,
    body: '{"ok":false,"error_code":400,"description":"Bad Request: moon is full"}',
    want: 'permanent',
    code: '400',
    says: /moon is full（错误码 400）/,
  },
  {
    name: 'a number that is no code of ours',
    status: 400,
    body: '{"ok":false,"error_code":"ok"}',
    want: 'permanent',
    code: null,
  },
  {
    name: 'a fault of the server',
    status: 502,
    body: '{"ok":false,"error_code":502,"description":"Bad Gateway"}',
    want: 'transient',
    code: '502',
  },
  { name: 'a gateway page', status: 502, body: '<html>', want: 'transient', code: null },
  {
    name: 'success under an error status',
    status: 500,
    body: fixture('sent'),
    want: 'transient',
    code: null,
  },
];
for (const { name, status, body, headers, want, code, pauseMs, gone, says } of cases) {
  test(`telegram_bot reads ${name}`, () => {
    const verdict = telegramBot.readAnswer(answerOf(status, body, headers));
    assert.equal(verdict.kind, want);
    assert.equal(verdict.platformCode, code);
    assert.equal(verdict.pauseMs, pauseMs);
    assert.equal(verdict.endpointGone, gone);
    assert.equal(verdict.error === null, want === 'ok');
    if (says) assert.match(verdict.error?.zh ?? '', says);
  });
}
