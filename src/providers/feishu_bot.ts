import { createHmac } from 'node:crypto';
import { judgeCodeInBody } from './code-in-body.ts';
import { groupScope } from './limit-scope.ts';
import { DEFAULT_PAUSE_MS, delivered, gone, limited, limitedGrowing, permanent } from './platform-code.ts';
import { postJson } from './post-json.ts';
import type { Provider } from './provider.ts';
import { numericCode, readJsonObject, textField } from './read-json.ts';
import { jsonBytes, utf8Bytes } from './text-size.ts';

const GUIDE = 'https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot (read 2026-09)';
const FREQUENCY = 'https://open.larkoffice.com/document/ukTMukTMukTM/uUzN04SN3QjL1cDN.md (read 2026-09)';
const PROBE =
  'probe of https://open.feishu.cn/open-apis/bot/v2/hook/ with an unknown token (read 2026-09-11)';
const BAD_TYPE_CODE = 'https://github.com/cliii-one/FnDepot/issues/22 (read 2026-09)';
const TOO_LARGE_CODE = 'https://github.com/hughcube-php/laravel-lark (read 2026-09)';
const EMPTY_TEXT_CODE = 'https://github.com/jxxghp/MoviePilot-Plugins/issues/125 (read 2026-09)';
const WRONG_PATH_CODE = 'https://github.com/PGYER/fir-cli/issues/324 (read 2026-09-11)';

// No penalty is published. Two seconds clear the five-per-second limit, a minute the other; a peak half hour is probed gently.
const rateLimit = limitedGrowing(
  { fromMs: 2_000, toMs: 60_000 },
  GUIDE,
  '超过每分钟 100 条、每秒 5 条的限制，或平台正处于整点高峰，通道暂停后自动继续',
  'more than 100 messages a minute or 5 a second, or the platform is at a peak hour; the channel pauses and goes on by itself',
);

const codes = {
  '0': delivered(GUIDE),
  '9499': permanent(
    GUIDE,
    '请求体格式错误或超过 20 KB，请缩短消息，并检查 endpoint.url 是否是自定义机器人的地址',
    'the request is malformed or over 20 KB; shorten the message and check that endpoint.url is that of a custom bot',
  ),
  '10002': permanent(EMPTY_TEXT_CODE, '文本为空，请检查消息内容', 'the text is empty; check the message'),
  '11232': rateLimit,
  '19001': gone(
    PROBE,
    '机器人不存在：地址里的 token 写错了，或机器人已被移出群，请在群里重新复制 Webhook 地址',
    'no such bot: the token in the address is wrong or the bot was removed; copy the webhook address from the group again',
  ),
  '19002': permanent(
    BAD_TYPE_CODE,
    '参数错误，请检查 endpoint.url 是否是 v2 自定义机器人的地址',
    'parameter error; check that endpoint.url is that of a v2 custom bot',
  ),
  '19021': permanent(
    GUIDE,
    '签名校验失败，请检查 secret 是否与机器人的签名密钥一致、本机时间是否准确（允许相差 1 小时）',
    'the signature does not match; check that secret is the bot’s signing key and that this machine’s clock is right (1 hour is allowed)',
  ),
  '19022': permanent(
    GUIDE,
    '本机的出口 IP 不在机器人的 IP 白名单里，请在机器人安全设置里加入',
    'this machine’s egress IP is not on the bot’s allow-list; add it in the bot’s security settings',
  ),
  '19024': permanent(
    GUIDE,
    '消息里没有机器人安全设置要求的关键词，请在消息里加上关键词，或改用签名校验',
    'the message has none of the keywords that the bot’s security settings demand; add one to the message, or use signature verification instead',
  ),
  '19036': permanent(
    TOO_LARGE_CODE,
    '消息过大，请缩短消息，或把 overflow 设为 "split"',
    'the message is too large; shorten it, or set overflow to "split"',
  ),
  '99991201': permanent(
    WRONG_PATH_CODE,
    '接口地址不存在，请检查 endpoint.url',
    'no such API path; check endpoint.url',
  ),
  '99991400': limited(
    DEFAULT_PAUSE_MS,
    FREQUENCY,
    '超过开放平台的频率限制，通道暂停后自动继续',
    'over the frequency limit of the open platform; the channel pauses and goes on by itself',
  ),
} as const;

/** The body around the text when it is signed: the widest it gets. A timestamp has 10 digits until 2286, a sign 44 characters. */
const ENVELOPE_BYTES = utf8Bytes(
  JSON.stringify({ timestamp: '1599360473', sign: '='.repeat(44), ...payloadOf('') }),
);

const OWN_URL = /^open\.(?:feishu\.cn|larksuite\.com|larkoffice\.com)\//;

/**
 * Feishu and Lark custom bot (飞书自定义机器人). Both speak one protocol under two hosts; the verdict is `code` in a body
 * that mostly comes with HTTP 200. Codes of cards and images are left out: we send text.
 */
export const feishuBot: Provider = {
  id: 'feishu_bot',
  label: { zh: '飞书自定义机器人', en: 'Feishu custom bot' },
  exampleUrl: 'https://open.feishu.cn/open-apis/bot/v2/hook/xxx',
  ownUrl: OWN_URL,
  fields: ['secret'],
  // "Per bot per tenant", and the end of the path is the bot; it has no parameters:
  // https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot (read 2026-09)
  limitScope: (url) => groupScope(url, { ownUrl: OWN_URL, path: /\/open-apis\/bot\/(?:v2\/)?hook\/[^/]+$/ }),
  windows: {
    minute: { maxSends: 98, documented: 100, source: GUIDE },
    second: { maxSends: 4, documented: 5, source: GUIDE },
  },
  // "20 KB" for the whole body; whether 1000 or 1024 bytes to the KB is not said, so the smaller.
  textLimit: {
    max: 20_000,
    unit: 'bytes',
    source: GUIDE,
    measure: (text) => ENVELOPE_BYTES + jsonBytes(asWritten(text)),
  },
  codes,

  buildRequest(endpoint, part, nowMs) {
    const payload = payloadOf(part.text);
    const secret = endpoint.secret?.reveal();
    if (secret === undefined) return postJson(endpoint.url.reveal(), payload);
    const timestamp = String(Math.floor(nowMs / 1_000));
    return postJson(endpoint.url.reveal(), { timestamp, sign: signFeishu(timestamp, secret), ...payload });
  },

  readAnswer(answer) {
    const body = readJsonObject(answer.body);
    // `StatusCode` is legacy and comes without `code` from old gateways only:
    // https://github.com/whyour/qinglong/issues/2299 (read 2026-09)
    const code = numericCode(body?.code === undefined ? body?.StatusCode : body.code);
    const message = textField(body?.msg) || textField(body?.StatusMessage);
    return judgeCodeInBody(answer, { code, message }, { codes, rateLimit });
  },
};

/**
 * Feishu keys the HMAC with `timestamp\nsecret` over nothing; DingTalk does the reverse, in milliseconds.
 *
 * @param timestamp seconds since the Unix epoch; in the body it is a string, as in the official sample.
 * Source: https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot (read 2026-09)
 */
export function signFeishu(timestamp: string, secret: string): string {
  return createHmac('sha256', `${timestamp}\n${secret}`).digest('base64');
}

function payloadOf(text: string): object {
  return { msg_type: 'text', content: { text: asWritten(text) } };
}

/** `<at user_id="…">` in a text mentions people, and no escape is documented: a zero-width space after `<` breaks the tag. */
function asWritten(text: string): string {
  return text.toWellFormed().replace(/<(?=\/?at\b)/gi, '<\u200b');
}
