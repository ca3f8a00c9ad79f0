import { randomBytes } from 'node:crypto';
import type { LocalText } from '../core/local-text.ts';
import { localText } from '../texts/texts.ts';
import type { Group } from './group.ts';
import { jsonObject, mediaType } from './payload.ts';
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
import { readWorkweixinMessage } from './workweixin-message.ts';

/*
 * Rules: https://developer.work.weixin.qq.com/document/path/91770 and, for codes,
 * https://developer.work.weixin.qq.com/document/path/90455 (read 2026-09).
 * Wordings of 40058 and 44004: https://github.com/dromara/domain-admin/issues/82,
 * https://github.com/flagify-com/OctoMation/issues/84 (read 2026-09).
 */
const PATH = '/cgi-bin/webhook/send';
const MAX_PER_MINUTE = 20;
const MINUTE_MS = 60_000;

export const workweixinPlatform = {
  id: 'workweixin_bot',
  label: { zh: '企业微信', en: 'WeCom' },
  mark: '#2b7de9',
  demo: {
    key: '00000000-demo-4000-8000-000000000001',
    secret: null,
    target: (key: string) => `/cgi-bin/webhook/send?key=${encodeURIComponent(key)}`,
  },
  open: workweixinStandIn,
} as const satisfies Platform;

function workweixinStandIn(groups: readonly Group[]): StandIn {
  const windowOf = perKey(() => slidingWindow(MAX_PER_MINUTE, MINUTE_MS));
  const findGroup = (request: PlatformRequest) =>
    groups.find((group) => group.key === request.query.get('key')) ?? null;

  const rule = (request: PlatformRequest): Ruling => {
    const say = (code: number, errmsg: string, why: LocalText, tail = '') =>
      refused(failure(request, code, errmsg, tail), why);
    if (request.path !== PATH)
      return refused(
        textAnswer(404, ''),
        localText((t) => t.sandbox.why.path),
      );
    // Not documented for this call; 43002 is "POST needed" in the global table.
    if (request.method !== 'POST') {
      return say(
        43002,
        'require POST method',
        localText((t) => t.sandbox.why.method(request.method)),
      );
    }
    // https://github.com/jxxghp/MoviePilot-Plugins/issues/806: a form gets 415 and no message (read 2026-09).
    const type = mediaType(request.headers);
    if (type === 'application/x-www-form-urlencoded') {
      return refused(
        textAnswer(415, ''),
        localText((t) => t.sandbox.why.contentType(type)),
      );
    }
    const group = findGroup(request);
    if (!group) {
      const missing = !request.query.get('key');
      return say(
        93000,
        'invalid webhook url',
        localText((t) => (missing ? t.sandbox.why.missingKey : t.sandbox.why.unknownKey)),
      );
    }
    if (group.disabled)
      return say(
        93004,
        'robot is disabled',
        localText((t) => t.sandbox.why.disabled),
      );
    if (group.rateLimits) {
      const window = windowOf(group.id);
      if (window.room(request.monotonicMs) < 1) {
        return refused(
          tooFast(request),
          localText((t) => t.sandbox.why.rate(MAX_PER_MINUTE, 60)),
        );
      }
      // Whether refused messages count is not published; the stricter reading.
      window.add(request.monotonicMs);
    }
    const body = request.bodyTooLarge ? null : jsonObject(request.body);
    if (!body) {
      return say(
        44004,
        'empty content',
        localText((t) => t.sandbox.why.notJson),
        ', Warning: wrong json format. ',
      );
    }
    return readWorkweixinMessage(body, say);
  };

  return {
    bodyLimitBytes: 4 * 1024 * 1024,
    claims: (path) => path.startsWith('/cgi-bin/'),
    findGroup,
    rule,
    busy: (request) => failure(request, -1, 'system busy'),
    tooFast,
  };
}

const tooFast = (request: PlatformRequest) => failure(request, 45009, 'api freq out of limit');

/** Every refusal is HTTP 200; `errmsg` ends with a hint id, the caller's IP and a help link. */
function failure(request: PlatformRequest, errcode: number, errmsg: string, tail = ''): Answer {
  const hint = `${Math.floor(request.wallMs / 1000)}${randomBytes(8).toString('hex')}`;
  const link = `https://open.work.weixin.qq.com/devtool/query?e=${errcode}`;
  return jsonAnswer(200, {
    errcode,
    errmsg: `${errmsg}, hint: [${hint}], from ip: ${request.ip}, more info at ${link}${tail}`,
  });
}
