import type { OutcomeKind } from '../../src/core/outcome.ts';
import type { OutboundRequest } from '../../src/providers/provider.ts';
import type { GroupOptions } from '../../src/sandbox/group.ts';
import type { PlatformId } from '../../src/sandbox/platforms.ts';

export interface Row {
  readonly name: string;
  readonly group?: Omit<GroupOptions, 'platform'>;
  /** How the request differs from the one that the provider builds. */
  readonly request?: (built: OutboundRequest) => Partial<OutboundRequest>;
  /** Requests of the same instant that come before. */
  readonly after?: number;
  /** Instead of a request: what the platform answers when it is overloaded or the sender is too fast. */
  readonly scripted?: 'busy' | 'tooFast';
  readonly kind: OutcomeKind;
  /** As the platform writes it; null: the status is all. */
  readonly code: string | null;
  readonly pauseMs?: number;
  /** The limit is that of this machine, so every channel of the platform pauses. */
  readonly pausesPlatform?: true;
  /** What a text never meets: codes of images and cards, or of a request that no provider makes. */
  readonly notText?: true;
}

export type Change = NonNullable<Row['request']>;
const body =
  (value: object): Change =>
  () => ({ body: JSON.stringify(value) });
const raw =
  (text: string): Change =>
  () => ({ body: text });
const url =
  (from: string | RegExp, to: string): Change =>
  (built) => ({ url: built.url.replace(from, to) });
const header =
  (name: string, value: string): Change =>
  ({ headers }) => ({ headers: { ...headers, [name]: value } });
const method =
  (name: string): Change =>
  () => ({ method: name });
const FORM = header('content-type', 'application/x-www-form-urlencoded');
const long = (length: number) => 'x'.repeat(length);

const wecom = (content: object | string) => body({ msgtype: 'text', text: { content } });
const wecomCard = { msgtype: 'template_card', template_card: {} };
const image = { base64: Buffer.from('a').toString('base64'), md5: 'b' };
const bigImage = { base64: Buffer.alloc(2_097_153).toString('base64'), md5: 'b' };

/** What a stand-in can answer, and what the provider must make of it. */
export const ROWS: Readonly<Record<PlatformId, readonly Row[]>> = {
  // https://developer.work.weixin.qq.com/document/path/91770 and …/90455 (read 2026-09)
  workweixin_bot: [
    { name: 'taken', kind: 'ok', code: '0' },
    { name: 'busy', scripted: 'busy', kind: 'transient', code: '-1' },
    { name: 'too fast', scripted: 'tooFast', kind: 'rate_limited', code: '45009', pauseMs: 60_000 },
    { name: 'the 21st of a minute', after: 20, kind: 'rate_limited', code: '45009', pauseMs: 60_000 },
    { name: 'a wrong path', request: url('/send', '/sent'), kind: 'permanent', code: null },
    { name: 'not a POST', request: method('GET'), kind: 'permanent', code: '43002' },
    { name: 'a form', request: FORM, kind: 'permanent', code: null },
    { name: 'no key', request: url(/key=.*/, ''), kind: 'permanent', code: '93000' },
    { name: 'an unknown key', request: url('key=', 'key=x'), kind: 'permanent', code: '93000' },
    { name: 'switched off', group: { disabled: true }, kind: 'permanent', code: '93004' },
    { name: 'no JSON', request: raw('{'), kind: 'permanent', code: '44004' },
    { name: 'nothing in it', request: wecom(''), kind: 'permanent', code: '44004' },
    { name: 'too long', request: wecom(long(2_049)), kind: 'permanent', code: '40058' },
    { name: 'a wrong type', request: body({ msgtype: 'TEXT' }), kind: 'permanent', code: '40008' },
    ...(
      [
        ['an image that is missing', { msgtype: 'image' }, '40063'],
        ['a large image', { msgtype: 'image', image: bigImage }, '40009'],
        ['a wrong md5', { msgtype: 'image', image }, '301019'],
        ['an unknown file', { msgtype: 'file' }, '40007'],
        ['nine articles', { msgtype: 'news', news: { articles: Array(9).fill({}) } }, '45008'],
        ['a bad card', wecomCard, '40058'],
      ] as const
    ).map(
      ([name, sent, code]): Row => ({ name, request: body(sent), kind: 'permanent', code, notText: true }),
    ),
  ],
  // https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot (read 2026-09)
  feishu_bot: [
    { name: 'taken', kind: 'ok', code: '0' },
    { name: 'busy', scripted: 'busy', kind: 'rate_limited', code: '11232', pauseMs: 2_000 },
    { name: 'too fast', scripted: 'tooFast', kind: 'rate_limited', code: '11232', pauseMs: 2_000 },
    { name: 'the 6th of a second', after: 5, kind: 'rate_limited', code: '11232', pauseMs: 2_000 },
    { name: 'a wrong path', request: url('/v2/', '/v3/'), kind: 'permanent', code: null },
    { name: 'not a POST', request: method('GET'), kind: 'permanent', code: '99991201' },
    { name: 'an unknown token', request: url('/hook/', '/hook/x'), kind: 'permanent', code: '19001' },
    { name: 'removed', group: { disabled: true }, kind: 'permanent', code: '19001' },
    { name: 'too large', request: raw(long(20_001)), kind: 'permanent', code: '9499' },
    { name: 'no JSON', request: raw('{'), kind: 'permanent', code: '9499' },
    { name: 'no signature', request: body({}), kind: 'permanent', code: '19021' },
    {
      name: 'no type',
      group: { secret: null },
      request: body({ msgtype: 'text' }),
      kind: 'permanent',
      code: '19002',
    },
    { name: 'no keyword', group: { keywords: ['告警'] }, kind: 'permanent', code: '19024' },
    {
      name: 'nothing in it',
      group: { secret: null },
      request: body({ msg_type: 'text', content: { text: '' } }),
      kind: 'permanent',
      code: '10002',
    },
  ],
  // https://open.dingtalk.com/document/orgapp/custom-robots-send-group-messages (read 2026-09)
  dingtalk_bot: [
    { name: 'taken', kind: 'ok', code: '0' },
    { name: 'taken before', after: 1, kind: 'ok', code: '0' },
    { name: 'busy', scripted: 'busy', kind: 'transient', code: '-1' },
    { name: 'too fast', scripted: 'tooFast', kind: 'rate_limited', code: '660026', pauseMs: 600_000 },
    { name: 'the 21st of a minute', after: 20, kind: 'rate_limited', code: '660026', pauseMs: 600_000 },
    { name: 'a wrong path', request: url('/send', '/sent'), kind: 'permanent', code: null },
    { name: 'not a POST', request: method('GET'), kind: 'permanent', code: '43002' },
    { name: 'no token', request: url(/access_token=[^&]*/, ''), kind: 'permanent', code: '40035' },
    {
      name: 'an unknown token',
      request: url('access_token=', 'access_token=x'),
      kind: 'permanent',
      code: '300005',
    },
    { name: 'a form', request: FORM, kind: 'permanent', code: '43004' },
    { name: 'switched off', group: { disabled: true }, kind: 'permanent', code: '400102' },
    { name: 'too long', request: raw(long(20_001)), kind: 'permanent', code: '460101' },
    { name: 'no JSON', request: raw('{'), kind: 'permanent', code: '40035' },
    { name: 'a wrong signature', request: url('sign=', 'sign=x'), kind: 'permanent', code: '310000' },
    {
      name: 'an old timestamp',
      request: url('timestamp=1', 'timestamp='),
      kind: 'permanent',
      code: '310000',
    },
    { name: 'no keyword', group: { keywords: ['告警'] }, kind: 'permanent', code: '310000' },
    { name: 'a wrong type', request: body({ msgtype: 'x' }), kind: 'permanent', code: '400105' },
    { name: 'nothing in it', request: body({ msgtype: 'text', text: {} }), kind: 'permanent', code: '40035' },
  ],
  // https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks and
  // https://api.slack.com/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks (read 2026-09)
  slack_bot: [
    { name: 'taken', kind: 'ok', code: 'ok' },
    { name: 'busy', scripted: 'busy', kind: 'transient', code: 'rollup_error' },
    { name: 'too fast', scripted: 'tooFast', kind: 'rate_limited', code: 'rate_limited', pauseMs: 1_000 },
    { name: 'the 2nd of a second', after: 1, kind: 'rate_limited', code: 'rate_limited', pauseMs: 1_000 },
    { name: 'a wrong path', request: url('/services/T', '/services/t'), kind: 'permanent', code: null },
    { name: 'no such team', request: url('/T0', '/T1'), kind: 'permanent', code: 'no_team' },
    { name: 'no such hook', request: url('/B0', '/B1'), kind: 'permanent', code: 'no_service' },
    { name: 'a wrong secret', request: url(/$/, 'x'), kind: 'permanent', code: 'invalid_token' },
    { name: 'switched off', group: { disabled: true }, kind: 'permanent', code: 'no_active_hooks' },
    { name: 'not a POST', request: method('GET'), kind: 'permanent', code: 'invalid_payload' },
    { name: 'no JSON', request: raw('{'), kind: 'permanent', code: 'invalid_payload' },
    { name: 'nothing in it', request: body({ text: ' ' }), kind: 'permanent', code: 'no_text' },
    { name: 'a bad block', request: body({ blocks: [{}] }), kind: 'permanent', code: 'invalid_blocks' },
    { name: 'no blocks', request: body({ blocks: {} }), kind: 'permanent', code: 'invalid_blocks_format' },
    {
      name: 'a bad attachment',
      request: body({ attachments: [{}] }),
      kind: 'permanent',
      code: 'invalid_attachments',
    },
    {
      name: '101 attachments',
      request: body({ attachments: Array(101).fill({}) }),
      kind: 'permanent',
      code: 'too_many_attachments',
    },
    // A 500 without a word. Only a block that we never send is known to cause it.
    {
      name: 'a markdown block',
      request: body({ blocks: [{ type: 'markdown' }] }),
      kind: 'transient',
      code: null,
    },
  ],
  // https://docs.discord.com/developers/topics/opcodes-and-status-codes and …/rate-limits (read 2026-09)
  discord_bot: [
    { name: 'taken', kind: 'ok', code: null },
    { name: 'taken, not waited for', request: url('wait=true', ''), kind: 'ok', code: null },
    { name: 'busy', scripted: 'busy', kind: 'transient', code: null },
    { name: 'too fast', scripted: 'tooFast', kind: 'rate_limited', code: null, pauseMs: 2_000 },
    { name: 'the 6th of two seconds', after: 5, kind: 'rate_limited', code: null, pauseMs: 2_000 },
    {
      name: 'the 51st of a second',
      after: 50,
      kind: 'rate_limited',
      code: null,
      pauseMs: 1_000,
      pausesPlatform: true,
    },
    {
      name: 'the ban of an address',
      after: 10_005,
      kind: 'rate_limited',
      code: '1015',
      pauseMs: 3_600_000,
      pausesPlatform: true,
    },
    { name: 'a wrong path', request: url(/\?/, '/x/y?'), kind: 'permanent', code: '0' },
    { name: 'a wrong method', request: method('PUT'), kind: 'permanent', code: '0' },
    { name: 'no user agent', request: header('user-agent', ''), kind: 'permanent', code: '40333' },
    { name: 'a wrong version', request: url('/v10/', '/v11/'), kind: 'permanent', code: '50041' },
    { name: 'an id that is none', request: url('webhooks/', 'webhooks/x'), kind: 'permanent', code: '50035' },
    { name: 'an unknown webhook', request: url('webhooks/', 'webhooks/9'), kind: 'permanent', code: '10015' },
    { name: 'a deleted webhook', group: { disabled: true }, kind: 'permanent', code: '10015' },
    { name: 'a wrong token', request: url('?', 'x?'), kind: 'permanent', code: '50027' },
    { name: 'too large', request: raw(long(2_097_153)), kind: 'permanent', code: '40005' },
    { name: 'no JSON', request: raw('{'), kind: 'permanent', code: '50109' },
    { name: 'a wrong type', request: header('content-type', 'text/plain'), kind: 'permanent', code: '50035' },
    { name: 'nothing in it', request: body({ content: ' ' }), kind: 'permanent', code: '50006' },
    { name: 'too long', request: body({ content: long(2_001) }), kind: 'permanent', code: '50035' },
    {
      name: 'too long for version 6',
      request: (built) => ({ url: built.url.replace('/v10/', '/'), body: `{"content":"${long(2_001)}"}` }),
      kind: 'permanent',
      code: null,
    },
  ],
  // https://github.com/mattermost/mattermost: server/channels/web/webhook.go, …/app/ratelimit.go (read 2026-09)
  mattermost_bot: [
    { name: 'taken', kind: 'ok', code: null },
    { name: 'busy', scripted: 'busy', kind: 'transient', code: 'web.incoming_webhook.general.app_error' },
    { name: 'too fast', scripted: 'tooFast', kind: 'rate_limited', code: null, pauseMs: 1_000 },
    { name: 'the 102nd at once', after: 101, kind: 'rate_limited', code: null, pauseMs: 1_000 },
    { name: 'a wrong path', request: url('/hooks/', '/hooks/a/'), kind: 'permanent', code: null },
    { name: 'not a POST', request: method('GET'), kind: 'permanent', code: null },
    {
      name: 'too large',
      request: raw(long(300_513)),
      kind: 'permanent',
      code: 'api.context.request_body_too_large.app_error',
    },
    {
      name: 'no JSON',
      request: raw('{'),
      kind: 'permanent',
      code: 'web.incoming_webhook.decode.app_error',
    },
    ...(
      [
        { name: 'an unknown hook', request: url('/hooks/', '/hooks/x') },
        { name: 'a deleted hook', group: { disabled: true } },
        { name: 'nothing in it', request: body({}) },
        { name: 'a bad field', request: body({ text: 1 }) },
      ] as const
    ).map((row): Row => ({ ...row, kind: 'permanent', code: 'web.incoming_webhook.general.app_error' })),
  ],
  // https://core.telegram.org/bots/api and telegram-bot-api/Client.cpp of https://github.com/tdlib/telegram-bot-api (read 2026-11-23)
  telegram_bot: [
    { name: 'taken', kind: 'ok', code: 'ok' },
    { name: 'busy', scripted: 'busy', kind: 'transient', code: '502' },
    { name: 'too fast', scripted: 'tooFast', kind: 'rate_limited', code: '429', pauseMs: 1_000 },
    { name: 'the 2nd of a second', after: 1, kind: 'rate_limited', code: '429', pauseMs: 1_000 },
    { name: 'no token', request: url(/\/bot[^/]*/, '/botx'), kind: 'permanent', code: '404' },
    { name: 'an unknown token', request: url('/bot1', '/bot2'), kind: 'permanent', code: '401' },
    { name: 'an unknown method', request: url('sendMessage', 'sendText'), kind: 'permanent', code: '404' },
    { name: 'a wrong HTTP method', request: method('PUT'), kind: 'permanent', code: '404' },
    { name: 'too large', request: raw(long(1_048_577)), kind: 'permanent', code: '413', notText: true },
    { name: 'no chat', request: body({ text: 'a' }), kind: 'permanent', code: 'chat_id is empty' },
    { name: 'an unknown chat', request: body({ chat_id: 1 }), kind: 'permanent', code: 'chat not found' },
    { name: 'kicked', group: { disabled: true }, kind: 'permanent', code: 'bot was kicked' },
    {
      name: 'a lone surrogate',
      request: raw('{"chat_id":-1001000000008,"text":"\\ud800"}'),
      kind: 'permanent',
      code: '400',
      notText: true,
    },
    {
      name: 'a parse mode',
      request: body({ chat_id: -1001000000008, text: 'a', parse_mode: 'x' }),
      kind: 'permanent',
      code: '400',
      notText: true,
    },
    {
      name: 'nothing in it',
      request: body({ chat_id: -1001000000008, text: ' ' }),
      kind: 'permanent',
      code: 'message text is empty',
    },
    {
      name: 'too long',
      request: body({ chat_id: -1001000000008, text: long(4_097) }),
      kind: 'permanent',
      code: 'message is too long',
    },
  ],
  // The status is all: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md (read 2026-09)
  webhook: [
    { name: 'taken', kind: 'ok', code: null },
    { name: 'taken before', after: 1, kind: 'ok', code: null },
    { name: 'busy', scripted: 'busy', kind: 'transient', code: null },
    { name: 'too fast', scripted: 'tooFast', kind: 'rate_limited', code: null, pauseMs: 2_000 },
    { name: 'a wrong path', request: url('/demo', '/x'), kind: 'permanent', code: null },
    { name: 'switched off', group: { disabled: true }, kind: 'permanent', code: null },
    { name: 'too large', request: raw(long(1_048_577)), kind: 'permanent', code: null },
    { name: 'a wrong signature', request: raw('{}'), kind: 'permanent', code: null },
  ],
};
