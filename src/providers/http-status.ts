import type { LocalText } from '../core/local-text.ts';
import type { Verdict } from '../core/outcome.ts';
import { retryAfterMs } from './pause.ts';
import {
  DEFAULT_PAUSE_MS,
  findCode,
  gone,
  limited,
  type PlatformCodes,
  pauseFor,
  permanent,
  transient,
} from './platform-code.ts';
import type { Answer } from './provider.ts';

const RFC9110 = 'https://www.rfc-editor.org/rfc/rfc9110#section-15 (read 2026-09)';
const RFC6585 = 'https://www.rfc-editor.org/rfc/rfc6585#section-4 (read 2026-09)';
const RFC8470 = 'https://www.rfc-editor.org/rfc/rfc8470#section-5.2 (read 2026-09)';

/** What an HTTP status alone says. A platform that writes a code into the body is asked for that first. */
export const HTTP_STATUS_CODES: PlatformCodes = {
  '400': permanent(
    RFC9110,
    '对方认为请求有误，请对照对方的接口要求检查地址和内容',
    'the receiver finds the request malformed; check the address and what the receiver expects',
  ),
  '401': permanent(
    RFC9110,
    '对方要求认证，请检查地址里的密钥和 headers',
    'the receiver wants authentication; check the key in the address and `headers`',
  ),
  '403': permanent(
    RFC9110,
    '对方拒绝访问，请检查地址里的密钥、headers 和对方的访问限制',
    'the receiver denies access; check the key in the address, `headers` and its access rules',
  ),
  '404': permanent(
    RFC9110,
    '地址不存在，请检查 endpoint.url 是否完整、是否已失效',
    'no such address; check that endpoint.url is complete and still valid',
  ),
  '405': permanent(
    RFC9110,
    '对方不接受这个请求方法，请检查 endpoint.url 和 endpoint.method',
    'the receiver does not take this method; check endpoint.url and endpoint.method',
  ),
  '408': transient(RFC9110, '对方等待请求超时', 'the receiver timed out waiting for the request'),
  '410': gone(
    RFC9110,
    '地址已被永久撤销，请换成新的 endpoint.url',
    'the address was revoked for good; set a new endpoint.url',
  ),
  '413': permanent(
    RFC9110,
    '消息对接收方来说太大，请缩短消息或调高对方的上限',
    'the message is too large for the receiver; shorten it or raise the limit there',
  ),
  '414': permanent(
    RFC9110,
    '地址（含查询参数）对接收方来说太长，请缩短消息或改用 POST',
    'the address with its query is too long for the receiver; shorten the message or use POST',
  ),
  '415': permanent(
    RFC9110,
    '对方不接受这种内容格式，请检查 content_type',
    'the receiver does not take this format; check content_type',
  ),
  '422': permanent(
    RFC9110,
    '对方看懂了请求但不接受其内容，请检查字段是否符合对方的要求',
    'the receiver understood the request and does not accept its content; check the fields it expects',
  ),
  '425': transient(RFC8470, '对方要求稍后重发', 'the receiver asks to send again later'),
  '429': limited(
    DEFAULT_PAUSE_MS,
    RFC6585,
    '发送频率超过对方的限制，通道暂停后自动继续',
    'more requests than the receiver takes; the channel pauses and goes on by itself',
  ),
};

const REDIRECT: LocalText = {
  zh: '对方要求跳转，PostPoint 不跟随跳转，请把 endpoint.url 改成最终地址',
  en: 'the receiver redirects, and redirects are not followed; set endpoint.url to the final address',
};
const REFUSED: LocalText = { zh: '对方拒绝了请求', en: 'the receiver refused the request' };
const SERVER_FAULT: LocalText = { zh: '对方服务出错或繁忙', en: 'the receiver failed or is busy' };
const UNREADABLE: LocalText = {
  zh: '看不懂对方的应答，消息可能已送达，也可能没有',
  en: 'the answer could not be read; the message may or may not have been delivered',
};
const CUT_OFF: LocalText = {
  zh: '对方的应答不完整，消息可能已送达，也可能没有',
  en: 'the answer broke off; the message may or may not have been delivered',
};

export function isSuccess(status: number): boolean {
  return status >= 200 && status <= 299;
}

/**
 * The verdict of a status that is no success. 408, 425 and 5xx are transient, 429 pauses, 3xx and the other 4xx are
 * permanent.
 *
 * @param platformCode a code that came with it and that no table explains.
 */
export function verdictOfStatus(answer: Answer, platformCode: string | null = null): Verdict {
  const { httpStatus } = answer;
  const known = findCode(HTTP_STATUS_CODES, String(httpStatus));
  const error = withStatus(known?.meaning ?? fallback(httpStatus), httpStatus, platformCode);
  if (httpStatus === 429) return pauseFor(retryAfterMs(answer) ?? DEFAULT_PAUSE_MS, error, platformCode);
  const kind = known?.kind ?? kindOf(httpStatus);
  return { kind, platformCode, error, ...(known?.endpointGone ? { endpointGone: true } : {}) };
}

/** A success by its status whose body does not say what this platform's body must say. */
export function unreadable(answer: Answer): Verdict {
  const error = withStatus(answer.complete ? UNREADABLE : CUT_OFF, answer.httpStatus, null);
  return { kind: 'unknown', platformCode: null, error };
}

function kindOf(status: number): Verdict['kind'] {
  if (status >= 300 && status <= 499) return 'permanent';
  if (status >= 500 && status <= 599) return 'transient';
  // No such class exists, so nothing can be told from it.
  return 'unknown';
}

function fallback(status: number): LocalText {
  if (status >= 300 && status <= 399) return REDIRECT;
  if (status >= 400 && status <= 499) return REFUSED;
  if (status >= 500 && status <= 599) return SERVER_FAULT;
  return UNREADABLE;
}

function withStatus({ zh, en }: LocalText, status: number, code: string | null): LocalText {
  return code === null
    ? { zh: `${zh}（HTTP ${status}）`, en: `${en} (HTTP ${status})` }
    : { zh: `${zh}（HTTP ${status}，错误码 ${code}）`, en: `${en} (HTTP ${status}, code ${code})` };
}
