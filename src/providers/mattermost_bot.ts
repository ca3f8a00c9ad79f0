import type { Verdict } from '../core/outcome.ts';
import { escapeMattermost, mattermostCodePoints } from './escape-mattermost.ts';
import { isSuccess, unreadable, verdictOfStatus } from './http-status.ts';
import { groupScope } from './limit-scope.ts';
import { retryAfterMs, secondsHeaderMs } from './pause.ts';
import {
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
import type { Answer, Provider } from './provider.ts';
import { readJsonObject, textField } from './read-json.ts';

const HANDLER =
  'https://github.com/mattermost/mattermost/blob/master/server/channels/web/webhook.go (read 2026-09)';
const APP =
  'https://github.com/mattermost/mattermost/blob/master/server/channels/app/webhook.go (read 2026-09)';
const POST =
  'https://github.com/mattermost/mattermost/blob/master/server/public/model/post.go (read 2026-09)';
const RATES =
  'https://docs.mattermost.com/administration-guide/configure/rate-limiting-configuration-settings.html (read 2026-09)';
const LIMITER =
  'https://github.com/mattermost/mattermost/blob/master/server/channels/app/ratelimit.go (read 2026-09)';
const PAYLOAD =
  'https://docs.mattermost.com/administration-guide/configure/environment-configuration-settings.html (read 2026-09)';

const BODY_ZH = 'Mattermost 读不懂请求，请检查代理是否改写了请求，并缩短消息（请求体可能超过服务器上限）';
const BODY_EN =
  'Mattermost cannot read the request; check whether a proxy rewrites it, and shorten the message (the body may exceed the server’s limit)';
const DENIED_ZH = 'Webhook 的创建者不能在这个频道发消息，请检查他的账号和频道成员，或换一个 Webhook';
const DENIED_EN =
  'the webhook’s owner may not post to this channel; check the account and the channel’s members, or use another webhook';
const CHANNEL_ZH = '频道已不存在，请换一个 Webhook';
const CHANNEL_EN = 'the channel no longer exists; use another webhook';

const codes = {
  // Also when the server could not look the hook up, so this does not prove that the hook is gone.
  'web.incoming_webhook.invalid.app_error': perhapsGone(
    APP,
    'Webhook 无效：地址写错了、Webhook 已删除或频道已归档，请在 Mattermost 里检查或重新创建',
    'invalid webhook: the address is wrong, the hook was deleted or its channel archived; check it in Mattermost or make a new one',
  ),
  // Newer servers wrap every refusal in this and keep the status only.
  'web.incoming_webhook.general.app_error': perhapsGone(
    HANDLER,
    '服务器拒绝了消息：Webhook 无效或已删除、频道已归档，或创建者无权发言，请在 Mattermost 里检查这个 Webhook',
    'the server refused the message: the hook is invalid or deleted, the channel archived, or the owner may not post; check the webhook in Mattermost',
  ),
  'web.incoming_webhook.disabled.app_error': permanent(
    APP,
    '管理员关闭了 Incoming Webhook，请在系统控制台的“集成”里启用',
    'the administrator switched incoming webhooks off; enable them under Integrations in the system console',
  ),
  'web.incoming_webhook.text.app_error': permanent(
    APP,
    '消息为空，请检查消息内容',
    'the message is empty; check its content',
  ),
  'web.incoming_webhook.parse.app_error': permanent(APP, BODY_ZH, BODY_EN),
  'web.incoming_webhook.decode.app_error': permanent(HANDLER, BODY_ZH, BODY_EN),
  'web.incoming_webhook.media_type.app_error': permanent(HANDLER, BODY_ZH, BODY_EN),
  'web.incoming_webhook.parse_form.app_error': permanent(HANDLER, BODY_ZH, BODY_EN),
  'web.incoming_webhook.parse_multipart.app_error': permanent(HANDLER, BODY_ZH, BODY_EN),
  'api.webhook.incoming.error': permanent(HANDLER, BODY_ZH, BODY_EN),
  'model.incoming_hook.parse_data.app_error': permanent(HANDLER, BODY_ZH, BODY_EN),
  'api.context.request_body_too_large.app_error': permanent(
    PAYLOAD,
    '请求体超过服务器上限，请缩短消息，或让管理员调高 MaximumPayloadSizeBytes',
    'the body is over the server’s limit; shorten the message or have MaximumPayloadSizeBytes raised',
  ),
  'api.context.invalid_param.app_error': permanent(
    APP,
    '参数无效，请检查 endpoint.url',
    'invalid parameter; check endpoint.url',
  ),
  'web.incoming_webhook.split_props_length.app_error': permanent(
    APP,
    '消息附加属性过大，请缩短消息',
    'the properties of the message are too large; shorten it',
  ),
  'web.incoming_webhook.user.app_error': permanent(APP, DENIED_ZH, DENIED_EN),
  'web.incoming_webhook.permissions.app_error': permanent(APP, DENIED_ZH, DENIED_EN),
  'web.incoming_webhook.channel_locked.app_error': permanent(
    APP,
    'Webhook 被锁定在另一个频道，请换一个 Webhook',
    'the webhook is locked to another channel; use another webhook',
  ),
  'web.incoming_webhook.channel.app_error': gone(APP, CHANNEL_ZH, CHANNEL_EN),
  'app.channel.get.existing.app_error': gone(APP, CHANNEL_ZH, CHANNEL_EN),
  'app.channel.get.find.app_error': transient(
    APP,
    '服务器读不到频道，稍后自动重试',
    'the server could not read the channel; it is tried again later',
  ),
  'api.post.create_webhook_post.creating.app_error': transient(
    APP,
    '服务器没能发出消息（服务器出错，或被插件拦下），稍后自动重试',
    'the server could not post (a fault, or a plugin refused); it is tried again later',
  ),
} as const;

const rateLimit = limited(
  60_000,
  LIMITER,
  '超过服务器的频率限制，通道暂停后自动继续',
  'over the server’s rate limit; the channel pauses and goes on by itself',
);

/** Mattermost incoming webhook. Success is 200 with the body `ok`; errors are JSON with an `id`, or plain text. */
export const mattermostBot: Provider = {
  id: 'mattermost_bot',
  label: { zh: 'Mattermost 机器人', en: 'Mattermost webhook' },
  exampleUrl: 'https://mattermost.example.com/hooks/xxx',
  ownUrl: null,
  fields: [],
  // The path of an incoming webhook; a server may stand under a path of its own:
  // https://github.com/mattermost/mattermost/blob/master/server/channels/web/webhook.go (read 2026-09)
  limitScope: (url) => groupScope(url, { ownUrl: null, path: /\/hooks\/[^/]+$/ }),
  windows: {
    minute: { maxSends: 0, documented: null, source: RATES },
    // The default of a limiter that is off by default, with a burst of 100.
    second: { maxSends: 10, documented: 10, source: RATES },
  },
  // Longer posts are split by the server at an arbitrary character. The body stays below 128 KiB by itself: six bytes
  // for the worst character in JSON, times this.
  textLimit: {
    max: 16_383,
    unit: 'code_points',
    source: POST,
    measure: mattermostCodePoints,
  },
  codes,

  buildRequest(endpoint, part) {
    return postJson(endpoint.url.reveal(), { text: escapeMattermost(part.text.toWellFormed()) });
  },

  readAnswer,
};

function readAnswer(answer: Answer): Verdict {
  const { httpStatus } = answer;
  if (isSuccess(httpStatus)) {
    if (answer.body.trim() !== 'ok') return unreadable(answer);
    return { kind: 'ok', platformCode: null, error: null };
  }
  const json = readJsonObject(answer.body);
  const id = textField(json?.id);
  const code = /^[\w.]{1,100}$/.test(id) ? id : null;
  if (httpStatus === 429) {
    // Their `X-RateLimit-Reset` is relative, in seconds, and means the whole burst: only where nothing better is said.
    const pauseMs = retryAfterMs(answer) ?? secondsHeaderMs(answer, 'x-ratelimit-reset');
    return { ...verdictOfCode(code ?? '429', rateLimit, pauseMs), platformCode: code };
  }
  if (code === null) return verdictOfStatus(answer);
  const known = findCode(codes, code);
  // The same id comes with several statuses, and under a 5xx the fault is the server's; only the switched-off hooks
  // are no passing fault, though they answer 501.
  const serverFault = httpStatus >= 500 && code !== 'web.incoming_webhook.disabled.app_error';
  if (serverFault && known?.kind !== 'transient') return verdictOfStatus(answer, code);
  if (known) return verdictOfCode(code, known);
  return unlistedCode('permanent', code, textField(json?.message));
}
