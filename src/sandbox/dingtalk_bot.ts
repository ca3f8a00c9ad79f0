import { localText } from '../texts/texts.ts';
import { readDingtalkMessage } from './dingtalk-message.ts';
import type { Group } from './group.ts';
import { hmacSha256Base64, sameText } from './hmac.ts';
import { asString, jsonObject, mediaType } from './payload.ts';
import type { Platform } from './platform.ts';
import { perKey, slidingWindow } from './sliding-window.ts';
import {
  type Answer,
  jsonAnswer,
  type PlatformRequest,
  type Ruling,
  refused,
  type StandIn,
  textAnswer,
} from './stand-in.ts';

/*
 * Rules: https://open.dingtalk.com/document/orgapp/custom-robots-send-group-messages,
 * https://open.dingtalk.com/document/robots/customize-robot-security-settings and
 * https://open.dingtalk.com/document/orgapp/custom-robot-access (read 2026-09).
 */
const PATH = '/robot/send';
/** Body or content is not said; the whole body is the stricter reading. */
const MAX_BODY_BYTES = 20_000;
const MAX_PER_MINUTE = 20;
const MINUTE_MS = 60_000;
/** A robot that was too fast is silent for ten minutes. Requests within the ban do not prolong it here. */
const BAN_MS = 600_000;
const MAX_SKEW_MS = 3_600_000;
/** How long `msgUuid` is remembered is not published; as long as the ban is assumed. */
const UUID_WINDOW_MS = 600_000;

interface RobotState {
  readonly window: ReturnType<typeof slidingWindow>;
  bannedUntilMs: number;
  /** msgUuid -> when it was taken. */
  readonly taken: Map<string, number>;
}

export const dingtalkPlatform = {
  id: 'dingtalk_bot',
  label: { zh: '钉钉', en: 'DingTalk' },
  mark: '#1677ff',
  demo: {
    key: 'demo000000000000000000000000000000000000000000000000000000000003',
    secret: 'SECpostpoint-demo-secret',
    target: (key: string) => `/robot/send?access_token=${encodeURIComponent(key)}`,
  },
  open: dingtalkStandIn,
} as const satisfies Platform;

function dingtalkStandIn(groups: readonly Group[]): StandIn {
  const stateOf = perKey(
    (): RobotState => ({
      window: slidingWindow(MAX_PER_MINUTE, MINUTE_MS),
      bannedUntilMs: Number.NEGATIVE_INFINITY,
      taken: new Map(),
    }),
  );
  const findGroup = (request: PlatformRequest) =>
    groups.find((group) => group.key === request.query.get('access_token')) ?? null;

  const rule = (request: PlatformRequest): Ruling => {
    const refusal = checkEnvelope(request, findGroup(request));
    if (refusal) return refusal;
    const group = findGroup(request);
    if (!group)
      return refused(
        failure(300005, 'token is not exist'),
        localText((t) => t.sandbox.why.unknownKey),
      );
    if (group.disabled)
      return refused(
        failure(400102, '机器人已停用'),
        localText((t) => t.sandbox.why.disabled),
      );
    const state = stateOf(group.id);
    return (
      (group.rateLimits ? checkRate(state, request.monotonicMs) : null) ?? checkMessage(request, group, state)
    );
  };

  return {
    bodyLimitBytes: MAX_BODY_BYTES,
    claims: (path) => path.startsWith('/robot/'),
    findGroup,
    rule,
    busy: () => failure(-1, '系统繁忙'),
    tooFast: () => TOO_FAST,
  };
}

/** Refusals are HTTP 200. */
function failure(errcode: number, errmsg: string): Answer {
  return jsonAnswer(200, { errcode, errmsg });
}

/** The wording of 2026; 130101 and 410100 are older codes for the same. */
const TOO_FAST = failure(660026, 'sending too many messages per minute');

function checkEnvelope(request: PlatformRequest, group: Group | null): Ruling | null {
  if (request.path !== PATH)
    return refused(
      textAnswer(404, ''),
      localText((t) => t.sandbox.why.path),
    );
  if (request.method !== 'POST') {
    return refused(
      failure(43002, '需要POST请求'),
      localText((t) => t.sandbox.why.method(request.method)),
    );
  }
  if (!request.query.get('access_token')) {
    return refused(
      failure(40035, '缺少参数 access_token'),
      localText((t) => t.sandbox.why.missingKey),
    );
  }
  if (!group) return null;
  const type = mediaType(request.headers);
  if (type !== 'application/json') {
    return refused(
      failure(43004, '无效的HTTP HEADER Content-Type'),
      localText((t) => t.sandbox.why.contentType(type)),
    );
  }
  return null;
}

function checkRate(state: RobotState, nowMs: number): Ruling | null {
  const banned = () => {
    const seconds = Math.ceil((state.bannedUntilMs - nowMs) / 1000);
    return refused(
      TOO_FAST,
      localText((t) => t.sandbox.why.banned(seconds)),
    );
  };
  if (nowMs < state.bannedUntilMs) return banned();
  if (state.window.room(nowMs) < 1) {
    state.bannedUntilMs = nowMs + BAN_MS;
    return banned();
  }
  state.window.add(nowMs);
  return null;
}

function checkMessage(request: PlatformRequest, group: Group, state: RobotState): Ruling {
  if (request.bodyTooLarge) {
    const size = Number(request.headers['content-length'] ?? MAX_BODY_BYTES + 1);
    return refused(
      failure(460101, 'message too long, exceed 20000 bytes'),
      localText((t) => t.sandbox.why.tooLong(size, MAX_BODY_BYTES, 'bytes')),
    );
  }
  const body = jsonObject(request.body);
  if (!body)
    return refused(
      failure(40035, '缺少参数 json'),
      localText((t) => t.sandbox.why.notJson),
    );
  const unsigned = checkSignature(request, group);
  if (unsigned) return unsigned;
  const read = readDingtalkMessage(body);
  if (read.kind === 'bad') return refused(failure(read.errcode, read.errmsg), read.why);
  const { keywords } = group;
  if (keywords.length > 0 && !keywords.some((word) => read.searched.includes(word))) {
    return refused(
      security('关键词不匹配', '请联系群管理员查看此机器人的关键词，并在发送的信息中包含此关键词'),
      localText((t) => t.sandbox.why.keyword(keywords.join(', '))),
    );
  }
  const repeat = remember(state, asString(body.msgUuid), request.monotonicMs);
  return {
    kind: repeat ? 'repeat' : 'shown',
    answer: jsonAnswer(200, { errcode: 0, errmsg: 'ok' }),
    posts: [read.post],
  };
}

/** Whether this `msgUuid` was taken before, within its window. */
function remember(state: RobotState, uuid: string | null, nowMs: number): boolean {
  for (const [known, atMs] of state.taken) {
    if (nowMs - atMs < UUID_WINDOW_MS) break;
    state.taken.delete(known);
  }
  if (!uuid) return false;
  if (state.taken.has(uuid)) return true;
  state.taken.set(uuid, nowMs);
  return false;
}

/** All security settings answer 310000; this wording has been in use since July 2022. */
function security(description: string, solution: string): Answer {
  const link =
    '请参考本接口对应文档查看获取签名的方式,或参考链接:https://open.dingtalk.com/document/robots/customize-robot-security-settings';
  return failure(310000, `description:${description};solution:${solution};link:${link}`);
}

/** The HMAC is keyed with the secret over `timestamp\nsecret`; milliseconds; in the query. */
function checkSignature(request: PlatformRequest, group: Group): Ruling | null {
  if (group.secret === null) return null;
  const timestamp = request.query.get('timestamp');
  const sign = request.query.get('sign');
  const mismatch = security(
    '机器人发送签名不匹配',
    '请确认签名和生成签名的时间戳必须都放在调用的网址中，请确认机器人的密钥加密和填写正确',
  );
  if (timestamp === null || sign === null)
    return refused(
      mismatch,
      localText((t) => t.sandbox.why.signMissing),
    );
  const skewMs = /^\d{1,15}$/.test(timestamp)
    ? Math.abs(request.wallMs - Number(timestamp))
    : Number.POSITIVE_INFINITY;
  if (skewMs > MAX_SKEW_MS) {
    return refused(
      security('机器人发送签名过期', '签名生成时间和发送时间请保持在 timestampms 以内'),
      localText((t) => t.sandbox.why.clock('1 h')),
    );
  }
  if (sameText(sign, hmacSha256Base64(group.secret, `${timestamp}\n${group.secret}`))) return null;
  return refused(
    mismatch,
    localText((t) => t.sandbox.why.sign),
  );
}
