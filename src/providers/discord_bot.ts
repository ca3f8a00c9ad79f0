import type { Verdict } from '../core/outcome.ts';
import { discordCodePoints, escapeDiscord } from './escape-discord.ts';
import { isSuccess, unreadable, verdictOfStatus } from './http-status.ts';
import { groupScope } from './limit-scope.ts';
import { headerOrBodyMs } from './pause.ts';
import {
  DEFAULT_PAUSE_MS,
  findCode,
  gone,
  limited,
  perhapsGone,
  permanent,
  transient,
  unlistedCode,
  verdictOfCode,
} from './platform-code.ts';
import { postJson } from './post-json.ts';
import type { Answer, PlatformCode, Provider } from './provider.ts';
import { replaceQuery } from './query-string.ts';
import { numericCode, readJsonObject, textField } from './read-json.ts';

const RATES = 'https://docs.discord.com/developers/topics/rate-limits (read 2026-09)';
const CODES = 'https://docs.discord.com/developers/topics/opcodes-and-status-codes#json (read 2026-09)';
const CHANNEL_RATE = 'https://github.com/discord/discord-api-docs/issues/4043 (read 2026-09)';
const BUCKET =
  'about 5 requests per 2 s, https://github.com/discord/discord-api-docs/issues/367 (read 2026-09)';
const CLOUDFLARE = 'https://github.com/discord/discord-api-docs/issues/5810 (read 2026-09)';
const COUNTING = 'https://github.com/discord/discord-api-docs/issues/1315 (read 2026-09)';

const RATE_ZH = '超过 Discord 的频率限制，通道暂停后自动继续';
const RATE_EN = 'over Discord’s rate limit; the channel pauses and goes on by itself';
const FORM_ZH = 'Discord 不接受消息的格式或长度，请缩短消息，或把 overflow 设为 "split"';
const FORM_EN =
  'Discord does not take the form or length of the message; shorten it, or set overflow to "split"';
const FORUM_ZH = '这是论坛频道的 Webhook，请在 endpoint.url 里用 thread_id 指明帖子，或换一个文字频道';
const FORUM_EN =
  'the webhook belongs to a forum channel; name a post with thread_id in endpoint.url, or use a text channel';
const FILTER_ZH = '被 Discord 或服务器的内容过滤拦下，请修改消息里的链接或措辞';
const FILTER_EN =
  'stopped by a content filter of Discord or the server; change the links or words of the message';
const THREAD_ZH = '帖子已锁定或归档，请恢复它，或换一个 thread_id';
const THREAD_EN = 'the thread is locked or archived; reopen it, or use another thread_id';
const TOO_LARGE_ZH = '请求过大，请缩短消息';
const TOO_LARGE_EN = 'the request is too large; shorten the message';
const DENIED_ZH = 'Webhook 没有在这个频道发消息的权限，请检查频道权限';
const DENIED_EN = 'the webhook may not post to this channel; check the channel’s permissions';
const OFF_ZH = 'Discord 暂时关闭了这项功能，稍后自动重试';
const OFF_EN = 'Discord has switched this off for the time being; it is tried again later';
const GONE_ZH = 'Webhook 已删除或地址写错了，请在频道设置里重新复制 Webhook 地址';
const GONE_EN =
  'the webhook was deleted or its address is wrong; copy the webhook address from the channel’s settings again';
const API_ZH = 'Discord 不接受这样的请求，请检查 endpoint.url，或升级 PostPoint';
const API_EN = 'Discord does not take such a request; check endpoint.url, or update PostPoint';

const codes = {
  // A deleted thread reads the same, and then others of this webhook may be well; when a channel goes, so does its webhook.
  '10003': perhapsGone(
    CODES,
    '频道或帖子已删除，请换一个 Webhook；或改正 endpoint.url 里的 thread_id，再恢复通道',
    'the channel or thread was deleted; use another webhook, or mend thread_id in endpoint.url and resume the channel',
  ),
  '10004': gone(CODES, '服务器已删除，请换一个 Webhook', 'the server was deleted; use another webhook'),
  '10008': permanent(
    CODES,
    '帖子不存在，请检查 endpoint.url 里的 thread_id',
    'no such thread; check thread_id in endpoint.url',
  ),
  '10015': gone(CODES, GONE_ZH, GONE_EN),
  '10016': gone(CODES, GONE_ZH, GONE_EN),
  '20009': permanent(CODES, FILTER_ZH, FILTER_EN),
  '20016': limited(DEFAULT_PAUSE_MS, CODES, RATE_ZH, RATE_EN),
  '20028': limited(DEFAULT_PAUSE_MS, CODES, RATE_ZH, RATE_EN),
  '20029': limited(DEFAULT_PAUSE_MS, CODES, RATE_ZH, RATE_EN),
  '30015': permanent(CODES, TOO_LARGE_ZH, TOO_LARGE_EN),
  '40001': permanent(
    CODES,
    '没有授权，请在频道设置里重新复制 Webhook 地址',
    'unauthorised; copy the webhook address from the channel’s settings again',
  ),
  '40004': transient(CODES, OFF_ZH, OFF_EN),
  '40005': permanent(CODES, TOO_LARGE_ZH, TOO_LARGE_EN),
  '40006': transient(CODES, OFF_ZH, OFF_EN),
  '40062': limited(DEFAULT_PAUSE_MS, CODES, RATE_ZH, RATE_EN),
  '40066': permanent(CODES, FORUM_ZH, FORUM_EN),
  '40067': permanent(
    CODES,
    '这个论坛频道要求帖子带标签，请用 thread_id 指明已有的帖子',
    'this forum channel wants tags on a post; name an existing post with thread_id',
  ),
  '40333': permanent(
    CODES,
    'Discord 的网关拒绝了请求，请检查代理是否改写了 User-Agent',
    'Discord’s gateway refused the request; check whether a proxy rewrites the User-Agent',
  ),
  '50001': permanent(CODES, DENIED_ZH, DENIED_EN),
  '50006': permanent(CODES, '消息为空，请检查消息内容', 'the message is empty; check its content'),
  '50013': permanent(CODES, DENIED_ZH, DENIED_EN),
  '50014': permanent(
    CODES,
    '认证无效，请在频道设置里重新复制 Webhook 地址',
    'invalid authentication; copy the webhook address from the channel’s settings again',
  ),
  '50027': gone(
    CODES,
    'Webhook 令牌无效，请在频道设置里重新复制 Webhook 地址',
    'the webhook’s token is invalid; copy the webhook address from the channel’s settings again',
  ),
  '50035': permanent(CODES, FORM_ZH, FORM_EN),
  '50041': permanent(CODES, API_ZH, API_EN),
  '50045': permanent(CODES, TOO_LARGE_ZH, TOO_LARGE_EN),
  '50046': permanent(CODES, API_ZH, API_EN),
  '50083': permanent(CODES, THREAD_ZH, THREAD_EN),
  '50109': permanent(
    CODES,
    '请求不是有效的 JSON，请检查代理是否改写了请求',
    'the request is no valid JSON; check whether a proxy rewrites it',
  ),
  '130000': transient(CODES, 'Discord 繁忙，稍后自动重试', 'Discord is busy; it is tried again later'),
  '160005': permanent(CODES, THREAD_ZH, THREAD_EN),
  '160006': permanent(
    CODES,
    '活动中的帖子太多，请归档一些，或换一个 thread_id',
    'too many active threads; archive some, or use another thread_id',
  ),
  '200000': permanent(CODES, FILTER_ZH, FILTER_EN),
  '200001': permanent(CODES, FILTER_ZH, FILTER_EN),
  '220001': permanent(CODES, FORUM_ZH, FORUM_EN),
  '220002': permanent(CODES, FORUM_ZH, FORUM_EN),
  '220003': permanent(
    CODES,
    '这不是论坛频道，请去掉 endpoint.url 里的 thread_id',
    'this is no forum channel; take thread_id out of endpoint.url',
  ),
  '220004': permanent(
    CODES,
    '这类 Webhook 不能在论坛频道里使用，请换一个频道',
    'this kind of webhook cannot be used in forum channels; use another channel',
  ),
  '240000': permanent(CODES, FILTER_ZH, FILTER_EN),
} as const;

const rateLimit = limited(DEFAULT_PAUSE_MS, RATES, RATE_ZH, RATE_EN);
/** "About an hour or more", for everybody behind the same egress address. Used when the page does not say how long. */
const blocked: PlatformCode = {
  ...limited(
    3_600_000,
    CLOUDFLARE,
    '本机的出口 IP 被 Discord 暂时封禁（可能是同一出口的其他程序所致），所有 Discord 通道暂停后自动继续',
    'Discord has banned this machine’s egress IP for a while (perhaps for what others behind it do); all Discord channels pause and go on by themselves',
  ),
  pausesPlatform: true,
};
/** The 50 requests a second of all webhooks behind one address. */
const globalLimit: PlatformCode = { ...rateLimit, pausesPlatform: true };

/** The old name and those of the test clients lead to the same API. */
const OWN_HOSTS = String.raw`(?:(?:ptb|canary)\.)?discord(?:app)?\.com/`;
/** Whatever API version it names; `/slack` and `/github` take the body of another sender. */
const WEBHOOK_PATH = /\/api(?:\/v\d+)?\/webhooks\/([^/]+)\/([^/]+)(?:\/(?:slack|github)?)?$/;

/** Discord webhook. The verdict is the HTTP status, told more precisely by `code` in the body. */
export const discordBot: Provider = {
  id: 'discord_bot',
  label: { zh: 'Discord 机器人', en: 'Discord webhook' },
  exampleUrl: 'https://discord.com/api/webhooks/000000000000000000/xxx',
  // With `/slack` behind it the same address takes what Slack takes.
  ownUrl: new RegExp(`^${OWN_HOSTS}(?!.*/slack$)`),
  fields: [],
  limitScope,
  windows: {
    // 30 a minute is the channel's, all webhooks together, and no header shows it. The faster bucket is the webhook's.
    minute: { maxSends: 28, documented: 30, source: CHANNEL_RATE },
    second: { maxSends: 2, documented: null, source: BUCKET },
  },
  textLimit: {
    max: 2_000,
    unit: 'code_points',
    source: COUNTING,
    measure: discordCodePoints,
  },
  codes,

  buildRequest(endpoint, part) {
    return postJson(executeUrl(endpoint.url.reveal()), {
      content: escapeDiscord(part.text.toWellFormed()),
      // Nobody is notified, whatever the text says; a backslash changes the display only.
      allowed_mentions: { parse: [] },
    });
  },

  readAnswer,
};

/**
 * The URL that people copy names no API version and so means v6, where waits are in milliseconds. Without `wait`
 * a message that is not saved reports no error. Whatever else the query says stays, `thread_id` above all;
 * `/slack` and `/github` behind the token would expect another body.
 *
 * https://docs.discord.com/developers/reference#api-versioning (read 2026-09)
 */
function executeUrl(url: string): string {
  const [address = '', ...rest] = url.split(/(?=[?#])/);
  const versioned = address.replace(WEBHOOK_PATH, '/api/v10/webhooks/$1/$2');
  return replaceQuery([versioned, ...rest].join(''), { wait: 'true' });
}

/**
 * Limits account for the webhook's id and token: https://docs.discord.com/developers/topics/rate-limits (read 2026-11-28).
 * API version, thread and whatever else the query says make no difference. Written as people copy the address.
 */
function limitScope(url: string): string {
  return groupScope(url, { ownUrl: new RegExp(`^${OWN_HOSTS}`), path: WEBHOOK_PATH })
    .replace(WEBHOOK_PATH, '/api/webhooks/$1/$2')
    .replace(new RegExp(`^https://${OWN_HOSTS}`), 'https://discord.com/');
}

function readAnswer(answer: Answer): Verdict {
  const { httpStatus, body } = answer;
  if (isSuccess(httpStatus)) {
    // Discord sends JSON or nothing: a web page comes from someone in between.
    return body.trimStart().startsWith('<')
      ? unreadable(answer)
      : { kind: 'ok', platformCode: null, error: null };
  }
  const json = readJsonObject(body);
  const code = numericCode(json?.code);
  const message = textField(json?.message);
  if (isIpBan(answer, json === null, message))
    return verdictOfCode(code ?? '1015', blocked, headerOrBodyMs(answer));
  const known = code === null ? undefined : findCode(codes, code);
  if (httpStatus === 429) {
    const limit = json?.global === true ? globalLimit : rateLimit;
    return code === null || code === '0'
      ? { ...verdictOfCode('429', limit, headerOrBodyMs(answer)), platformCode: code }
      : verdictOfCode(code, limit, headerOrBodyMs(answer));
  }
  if (code !== null && known) return verdictOfCode(code, known, headerOrBodyMs(answer));
  // Code 0 is the general error: the status says all.
  if (code === null || code === '0' || httpStatus >= 500) return verdictOfStatus(answer, code);
  return unlistedCode('permanent', code, message);
}

/** The ban is Cloudflare's and lies on the address: an HTML page or a bare `error code: 1015`, no rate headers. */
function isIpBan({ httpStatus, body, headers }: Answer, noJson: boolean, message: string): boolean {
  if (httpStatus !== 403 && httpStatus !== 429) return false;
  if (Object.hasOwn(headers, 'x-ratelimit-limit') || Object.hasOwn(headers, 'x-ratelimit-scope'))
    return false;
  return (noJson && /\b1015\b/.test(body)) || /blocked from accessing our api/i.test(message);
}
