import { judgeCodeInBody } from './code-in-body.ts';
import { groupScope } from './limit-scope.ts';
import { delivered, gone, limited, permanent, transient, verdictOfCode } from './platform-code.ts';
import { postJson } from './post-json.ts';
import type { Provider } from './provider.ts';
import { numericCode, readJsonObject, textField } from './read-json.ts';
import { utf8Bytes } from './text-size.ts';

const GUIDE = 'https://developer.work.weixin.qq.com/document/path/91770 (read 2026-09)';
const PROBE =
  'probe of https://qyapi.weixin.qq.com/cgi-bin/webhook/send with an unknown key (read 2026-09-11)';
const GLOBAL_CODES = 'https://developer.work.weixin.qq.com/document/path/90455 (read 2026-09)';
const TOO_LONG_CODE = 'https://github.com/dromara/domain-admin/issues/82 (read 2026-09)';
const BAD_TYPE_CODE = 'https://github.com/apache/hertzbeat/issues/984 (read 2026-09)';
const FREQUENCY_CODE = 'https://github.com/WecomTeam/wecom-openclaw-plugin/issues/48 (read 2026-09)';

// No penalty is published; the limit counts a minute, so a minute of silence clears it.
const rateLimit = limited(
  60_000,
  FREQUENCY_CODE,
  '超过每分钟 20 条的限制，通道暂停一分钟后自动继续',
  'more than 20 messages a minute; the channel pauses for a minute and goes on by itself',
);
const tooLong = permanent(
  TOO_LONG_CODE,
  '参数无效，多半是文本超过 2048 字节，请缩短消息，或把 overflow 设为 "split"',
  'invalid parameter, mostly a text over 2048 bytes; shorten it, or set overflow to "split"',
);

const codes = {
  '0': delivered(GUIDE),
  '-1': transient(GLOBAL_CODES, '企业微信系统繁忙，稍后自动重试', 'WeCom is busy; it is tried again later'),
  '45009': rateLimit,
  '45033': transient(
    GLOBAL_CODES,
    '并发请求过多，稍后自动重试',
    'too many requests at once; it is tried again later',
  ),
  '93000': gone(
    PROBE,
    '机器人不存在：地址里的 key 写错了，或机器人已被移出群，请在群里重新复制 Webhook 地址',
    'no such robot: the key in the address is wrong or the robot was removed; copy the webhook address from the group again',
  ),
  '93004': gone(
    GLOBAL_CODES,
    '机器人已被停用，请让管理员启用，或换一个机器人',
    'the robot is disabled; ask the administrator to enable it, or use another',
  ),
  '93008': gone(
    GLOBAL_CODES,
    '机器人不在群里，请重新添加到群，并更新 Webhook 地址',
    'the robot is not in the group; add it again and update the webhook address',
  ),
  '40008': permanent(
    BAD_TYPE_CODE,
    '消息类型不被接受，请检查 endpoint.url 是否是群机器人的地址',
    'the message type is not accepted; check that endpoint.url is that of a group robot',
  ),
  '40035': permanent(
    GLOBAL_CODES,
    '参数不合法，请检查 endpoint.url 是否完整',
    'illegal parameter; check that endpoint.url is complete',
  ),
  '40058': tooLong,
  '40063': permanent(
    GLOBAL_CODES,
    '缺少参数，请检查 endpoint.url 是否完整',
    'a parameter is missing; check that endpoint.url is complete',
  ),
  '43002': permanent(
    GLOBAL_CODES,
    '企业微信只接受 POST，请检查代理是否改写了请求',
    'WeCom takes POST only; check whether a proxy rewrites the request',
  ),
  '44004': permanent(
    GLOBAL_CODES,
    '消息内容为空，或请求不是有效的 JSON（中途被代理改写），请检查消息和代理',
    'the content is empty, or the request is no valid JSON (rewritten on its way by a proxy); check the message and the proxy',
  ),
  '45002': permanent(
    GLOBAL_CODES,
    '消息内容过大，请缩短消息，或把 overflow 设为 "split"',
    'the content is too large; shorten it, or set overflow to "split"',
  ),
} as const;

const OWN_URL = /^qyapi\.weixin\.qq\.com\//;

/**
 * WeCom group robot (企业微信群机器人, now 消息推送). The key in the URL is the only credential; the verdict is `errcode`
 * in a body that comes with HTTP 200. Codes of images, files and cards are left out: we send text.
 */
export const workweixinBot: Provider = {
  id: 'workweixin_bot',
  label: { zh: '企业微信群机器人', en: 'WeCom group robot' },
  exampleUrl: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=xxx',
  ownUrl: OWN_URL,
  fields: [],
  // "20 messages a minute" to each robot, and the key is the robot: https://developer.work.weixin.qq.com/document/path/91770 (read 2026-09)
  limitScope: (url) =>
    groupScope(url, { ownUrl: OWN_URL, path: /\/cgi-bin\/webhook\/send$/, parameter: 'key' }),
  windows: {
    minute: { maxSends: 18, documented: 20, source: GUIDE },
    second: { maxSends: 1, documented: null, source: GUIDE },
  },
  textLimit: { max: 2048, unit: 'bytes', source: GUIDE, measure: (text) => utf8Bytes(asWritten(text)) },
  codes,

  buildRequest(endpoint, part) {
    // Without `mentioned_list` nobody is notified.
    return postJson(endpoint.url.reveal(), { msgtype: 'text', text: { content: asWritten(part.text) } });
  },

  readAnswer(answer) {
    const body = readJsonObject(answer.body);
    const code = numericCode(body?.errcode);
    const message = textField(body?.errmsg);
    // Answers of July 2019 also used this code for a content that is too long, and then the robot is well.
    if (code === '93000' && message.includes('exceed max length')) return verdictOfCode(code, tooLong);
    return judgeCodeInBody(answer, { code, message }, { codes, rateLimit });
  },
};

/** `<@userid>` in the content of a text notifies that member, and no escape is documented: a zero-width space parts the two characters. */
function asWritten(text: string): string {
  return text.toWellFormed().replaceAll('<@', '<\u200b@');
}
