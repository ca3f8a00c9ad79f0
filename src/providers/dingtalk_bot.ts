import { createHmac } from 'node:crypto';
import type { LocalText } from '../core/local-text.ts';
import type { Verdict } from '../core/outcome.ts';
import { judgeCodeInBody } from './code-in-body.ts';
import { groupScope } from './limit-scope.ts';
import { delivered, gone, limited, permanent, transient, verdictOfCode } from './platform-code.ts';
import { postJson } from './post-json.ts';
import type { Provider } from './provider.ts';
import { replaceQuery } from './query-string.ts';
import { numericCode, readJsonObject, textField } from './read-json.ts';
import { jsonBytes, utf8Bytes } from './text-size.ts';

const GUIDE = 'https://open.dingtalk.com/document/orgapp/custom-robots-send-group-messages (read 2026-09)';
const SECURITY = 'https://open.dingtalk.com/document/robots/customize-robot-security-settings (read 2026-09)';
const ACCESS = 'https://open.dingtalk.com/document/orgapp/custom-robot-access (read 2026-09)';
const PROBE =
  'probes of https://oapi.dingtalk.com/robot/send without and with an unknown token (read 2026-09-24)';
const TOO_LONG_CODE = 'https://github.com/timonwong/prometheus-webhook-dingtalk/issues/30 (read 2026-09)';
const TOO_FAST_CODE = 'https://github.com/ccfos/nightingale/issues/369 (read 2026-09)';
const SYSTEM_ERROR_CODE = 'https://github.com/jeessy2/ddns-go/issues/1048 (read 2026-09)';
const GATEWAY = 'https://blog.csdn.net/jialiuyang/article/details/118615052 (read 2026-09)';
const QUOTA_CODE = 'developer Q&A page ask/595588, the only mention found (read 2026-09)';
const BUSY_PROBE = 'probe of https://oapi.dingtalk.com/robot/send with the token "test" (read 2026-09-11)';
const DISPATCHER = 'a public alert dispatcher; not in the official table (read 2026-09)';
const GLOBAL_CODES = 'https://blog.csdn.net/weixin_40514790/article/details/104249446 (read 2026-09)';

/** Over the limit the robot is shut for ten minutes. Whether trying prolongs that is unknown, so we do not try. */
const BAN_MS = 600_000;
const BAN_ZH = '超过每分钟 20 条的限制，钉钉限流 10 分钟，通道暂停 10 分钟后自动继续';
const BAN_EN =
  'more than 20 messages a minute; DingTalk shuts the robot for 10 minutes, and the channel goes on by itself after them';
const TOO_LONG_ZH = '消息超过 20000 字节，请缩短消息，或把 overflow 设为 "split"';
const TOO_LONG_EN = 'the message is over 20000 bytes; shorten it, or set overflow to "split"';
const NO_ROBOT_ZH =
  '机器人不存在：地址里的 access_token 写错了，或机器人已被删除，请在群里重新复制 Webhook 地址';
const NO_ROBOT_EN =
  'no such robot: the access_token in the address is wrong or the robot was deleted; copy the webhook address from the group again';
const FILTER_ZH = '钉钉的内容安全检查不放行这条消息，请修改其中的链接或措辞';
const FILTER_EN = 'DingTalk’s content check does not let this message pass; change its links or words';

const rateLimit = limited(BAN_MS, ACCESS, BAN_ZH, BAN_EN);
const gateway = limited(
  60_000,
  GATEWAY,
  '钉钉网关暂时拒绝请求，通道暂停后自动继续',
  'DingTalk’s gateway refuses requests for now; the channel pauses and goes on by itself',
);
const security = permanent(
  SECURITY,
  '机器人安全设置没有通过，请检查关键词、加签密钥和 IP 地址段',
  'the robot’s security settings refuse the message; check keywords, signing secret and IP ranges',
);

const codes = {
  '0': delivered(GUIDE),
  '-1': transient(GLOBAL_CODES, '钉钉系统繁忙，稍后自动重试', 'DingTalk is busy; it is tried again later'),
  '1111': gateway,
  '40035': permanent(
    PROBE,
    '缺少参数，请检查 endpoint.url 里的 access_token',
    'a parameter is missing; check the access_token in endpoint.url',
  ),
  '43002': permanent(
    PROBE,
    '钉钉只接受 POST，请检查代理是否改写了请求',
    'DingTalk takes POST only; check whether a proxy rewrites the request',
  ),
  '43004': permanent(
    PROBE,
    '内容类型不被接受，请检查代理是否改写了请求',
    'the content type is not accepted; check whether a proxy rewrites the request',
  ),
  '90030': limited(
    BAN_MS,
    QUOTA_CODE,
    '机器人的调用配额已用完，通道每 10 分钟再试一次，请减少消息或在钉钉购买配额',
    'the robot’s quota is used up; the channel tries again every 10 minutes; send less or buy quota from DingTalk',
  ),
  '101002': permanent(TOO_LONG_CODE, TOO_LONG_ZH, TOO_LONG_EN),
  '130101': limited(BAN_MS, TOO_FAST_CODE, BAN_ZH, BAN_EN),
  '300001': gone(PROBE, NO_ROBOT_ZH, NO_ROBOT_EN),
  '300005': gone(PROBE, NO_ROBOT_ZH, NO_ROBOT_EN),
  '310000': security,
  '400013': gone(
    GUIDE,
    '群已解散，请换一个群的机器人',
    'the group was disbanded; use a robot of another group',
  ),
  '400101': gone(GUIDE, NO_ROBOT_ZH, NO_ROBOT_EN),
  '400102': gone(
    GUIDE,
    '机器人已被停用，请在群设置里启用',
    'the robot is disabled; enable it in the group’s settings',
  ),
  '400105': permanent(
    GUIDE,
    '消息类型不被接受，请检查 endpoint.url 是否是自定义机器人的地址',
    'the message type is not accepted; check that endpoint.url is that of a custom robot',
  ),
  '400106': gone(
    GUIDE,
    '机器人不存在或不在群里，请重新添加到群，并更新 Webhook 地址',
    'the robot does not exist or is not in the group; add it again and update the webhook address',
  ),
  '410100': limited(BAN_MS, GUIDE, BAN_ZH, BAN_EN),
  '430101': permanent(GUIDE, FILTER_ZH, FILTER_EN),
  '430102': permanent(GUIDE, FILTER_ZH, FILTER_EN),
  '430103': permanent(GUIDE, FILTER_ZH, FILTER_EN),
  '430104': permanent(GUIDE, FILTER_ZH, FILTER_EN),
  '450101': limited(BAN_MS, DISPATCHER, BAN_ZH, BAN_EN),
  '460101': permanent(TOO_LONG_CODE, TOO_LONG_ZH, TOO_LONG_EN),
  // Reported for a malformed request too; its own words are "system error".
  '500100': transient(
    SYSTEM_ERROR_CODE,
    '钉钉系统错误，稍后自动重试',
    'DingTalk reports a system error; it is tried again later',
  ),
  '660026': limited(BAN_MS, BUSY_PROBE, BAN_ZH, BAN_EN),
} as const;

/** All security settings answer 310000; the words tell them apart, English until 2022 and Chinese since. */
const SECURITY_REASONS: readonly { readonly words: RegExp; readonly meaning: LocalText }[] = [
  {
    words: /关键词|keywords? not in content/i,
    meaning: {
      zh: '消息里没有机器人安全设置要求的关键词，请在消息里加上关键词，或改用加签',
      en: 'the message has none of the keywords that the robot’s security settings demand; add one to the message, or use signing instead',
    },
  },
  {
    words: /签名不匹配|sign not match/i,
    meaning: {
      zh: '签名不匹配，请检查 secret 是否与机器人的加签密钥（SEC 开头）一致、本机时间是否准确',
      en: 'the signature does not match; check that secret is the robot’s signing secret (it starts with SEC) and that this machine’s clock is right',
    },
  },
  {
    words: /timestamp|时间戳/i,
    meaning: {
      zh: '时间戳无效，请校准本机时间（与钉钉相差不得超过 1 小时）',
      en: 'the timestamp is invalid; set this machine’s clock (at most 1 hour from DingTalk’s)',
    },
  },
  {
    words: /whitelist|白名单|\bip\b/i,
    meaning: {
      zh: '本机的出口 IP 不在机器人的 IP 地址段里，请在机器人安全设置里加入（不支持 IPv6）',
      en: 'this machine’s egress IP is not in the robot’s IP ranges; add it in the robot’s security settings (IPv6 is not supported)',
    },
  },
];

/** Longer than any part key: a ULID and the number of the part. */
const WIDEST_PART_KEY = 'x'.repeat(40);
const ENVELOPE_BYTES = utf8Bytes(JSON.stringify(payloadOf('', WIDEST_PART_KEY)));

const OWN_URL = /^oapi\.dingtalk\.com\//;

/** DingTalk custom robot (钉钉自定义机器人). The verdict is `errcode` in a body that comes with HTTP 200. */
export const dingtalkBot: Provider = {
  id: 'dingtalk_bot',
  label: { zh: '钉钉自定义机器人', en: 'DingTalk custom robot' },
  exampleUrl: 'https://oapi.dingtalk.com/robot/send?access_token=xxx',
  ownUrl: OWN_URL,
  fields: ['secret'],
  // 20 a minute to each robot, and the token is the robot, whoever has signed the address and when:
  // https://open.dingtalk.com/document/orgapp/custom-robot-access (read 2026-09)
  limitScope: (url) =>
    groupScope(url, { ownUrl: OWN_URL, path: /\/robot\/send$/, parameter: 'access_token' }),
  windows: {
    minute: { maxSends: 18, documented: 20, source: ACCESS },
    second: { maxSends: 1, documented: null, source: ACCESS },
  },
  // Whether it is counted on the content or on the body is not documented; the body is the larger of the two.
  textLimit: {
    max: 20_000,
    unit: 'bytes',
    source: TOO_LONG_CODE,
    measure: (text) => ENVELOPE_BYTES + jsonBytes(text.toWellFormed()),
  },
  codes,

  buildRequest(endpoint, part, nowMs) {
    const url = endpoint.url.reveal();
    const secret = endpoint.secret?.reveal();
    return postJson(
      secret === undefined ? url : signedUrl(url, secret, nowMs),
      payloadOf(part.text, part.partKey),
      // The page asks for the charset; another type is answered with 43004.
      'application/json;charset=utf-8',
    );
  },

  readAnswer(answer): Verdict {
    const body = readJsonObject(answer.body);
    const code = numericCode(body?.errcode);
    const message = textField(body?.errmsg);
    if (code === null && numericCode(body?.status) === '1111') {
      return verdictOfCode('1111', gateway, gatewayPauseMs(body?.wait));
    }
    if (code === '310000') {
      const reason = SECURITY_REASONS.find(({ words }) => words.test(message));
      return verdictOfCode(code, { ...security, meaning: reason?.meaning ?? security.meaning });
    }
    return judgeCodeInBody(answer, { code, message }, { codes, rateLimit });
  },
};

/**
 * DingTalk keys the HMAC with the secret over `timestamp\nsecret`, in milliseconds; Feishu does the reverse.
 *
 * @returns Base64, not yet encoded for a URL.
 * Source: https://open.dingtalk.com/document/robots/customize-robot-security-settings (read 2026-09)
 */
export function signDingtalk(timestampMs: number, secret: string): string {
  return createHmac('sha256', secret).update(`${timestampMs}\n${secret}`).digest('base64');
}

/** A URL that someone signed once and copied with its old timestamp must not end up with two. */
function signedUrl(url: string, secret: string, nowMs: number): string {
  return replaceQuery(url, { timestamp: String(nowMs), sign: signDingtalk(nowMs, secret) });
}

/**
 * No `at`: an `@mobile` or `@all` in the content notifies nobody by itself, and a text has no markup to escape.
 * `msgUuid` is the platform's idempotency key: the same part sent again after a timeout shows once.
 */
function payloadOf(text: string, partKey: string): object {
  return { msgtype: 'text', text: { content: text.toWellFormed() }, msgUuid: partKey };
}

/** `wait` is in seconds, and has been seen as low as 5 while the refusals went on: at least a minute. */
function gatewayPauseMs(wait: unknown): number {
  const seconds = Number(numericCode(wait) ?? 0);
  return Math.max(60_000, seconds * 1_000);
}
