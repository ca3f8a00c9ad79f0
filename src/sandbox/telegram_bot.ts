import type { LocalText } from '../core/local-text.ts';
import { localText } from '../texts/texts.ts';
import type { Group } from './group.ts';
import { isObject, mediaType, parseJson, utf8 } from './payload.ts';
import type { Platform } from './platform.ts';
import { perKey, slidingWindow } from './sliding-window.ts';
import {
  type Answer,
  jsonAnswer,
  type PlatformRequest,
  type Ruling,
  refused,
  type Shown,
  type StandIn,
} from './stand-in.ts';

/*
 * Rules: https://core.telegram.org/bots/api#making-requests, https://core.telegram.org/bots/api/methods/sendmessage.md,
 * https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this and, for the words of the answers,
 * telegram-bot-api/Client.cpp of https://github.com/tdlib/telegram-bot-api (read 2026-11-23).
 * Not modelled: markup (`parse_mode`, `entities`), topics, and the 30 messages a second of all of a bot's chats.
 */
const PATH = /^\/bot([^/]*)\/([^/]*)$/;
const MAX_PER_MINUTE = 20;
const MINUTE_MS = 60_000;
/** "We may allow short bursts that go over this limit": no burst size is published, so none is granted. */
const MAX_PER_SECOND = 1;
/** Whether units or code points are meant is not documented: the stricter reading. */
const MAX_TEXT = 4_096;

export const telegramPlatform = {
  id: 'telegram_bot',
  label: { zh: 'Telegram', en: 'Telegram' },
  mark: '#229ed9',
  demo: {
    // The bot's token and, behind the slash, the group's id: a further group has the same bot.
    key: '1000000008:demo-token-of-the-telegram-bot-0008/-1001000000008',
    secret: null,
    target: (key: string) => {
      const [token = '', chat = ''] = key.split('/');
      return `/bot${token}/sendMessage?chat_id=${encodeURIComponent(chat)}`;
    },
  },
  open: telegramStandIn,
} as const satisfies Platform;

function telegramStandIn(groups: readonly Group[]): StandIn {
  const minuteOf = perKey(() => slidingWindow(MAX_PER_MINUTE, MINUTE_MS));
  const secondOf = perKey(() => slidingWindow(MAX_PER_SECOND, 1_000));
  let messages = 0;
  const findGroup = (request: PlatformRequest) => {
    const key = `${PATH.exec(request.path)?.[1]}/${readParams(request)?.get('chat_id')}`;
    return groups.find((group) => group.key === key) ?? null;
  };

  const waitMs = (group: Group, nowMs: number): number => {
    if (!group.rateLimits) return 0;
    const wait = Math.max(minuteOf(group.id).waitMs(nowMs), secondOf(group.id).waitMs(nowMs));
    // Whether refused messages count is not published; the stricter reading, but for those that are too fast.
    if (wait === 0) for (const window of [minuteOf(group.id), secondOf(group.id)]) window.add(nowMs);
    return wait;
  };

  const rule = (request: PlatformRequest): Ruling => {
    const [, token = '', method = ''] = PATH.exec(request.path) ?? [];
    if (!token.includes(':')) return fail(404, 'Not Found', why.path);
    if (!groups.some(({ key }) => key.startsWith(`${token}/`)))
      return fail(401, 'Unauthorized', why.unknownKey);
    // "All methods in the Bot API are case-insensitive."
    if (method.toLowerCase() !== 'sendmessage') return fail(404, 'Not Found: method not found', why.path);
    if (request.method !== 'GET' && request.method !== 'POST') {
      // The documents name GET and POST and no answer to others.
      return fail(
        404,
        'Not Found',
        localText((t) => t.sandbox.why.method(request.method)),
      );
    }
    if (request.bodyTooLarge) return fail(413, 'Request Entity Too Large', why.notJson);
    const params = readParams(request);
    if (params === null) return fail(400, 'Bad Request: strings must be encoded in UTF-8', why.notJson);
    if (!params.get('chat_id')) return fail(400, 'Bad Request: chat_id is empty', why.noChat);
    const group = findGroup(request);
    if (!group) return fail(400, 'Bad Request: chat not found', why.unknownKey);
    if (group.disabled) {
      return fail(403, 'Forbidden: bot was kicked from the supergroup chat', why.disabled);
    }
    const wait = waitMs(group, request.monotonicMs);
    if (wait > 0) {
      const [max, seconds] = wait > 1_000 ? [MAX_PER_MINUTE, 60] : [MAX_PER_SECOND, 1];
      return refused(
        tooFast(Math.ceil(wait / 1_000)),
        localText((t) => t.sandbox.why.rate(max, seconds)),
      );
    }
    const read = readText(params);
    if ('kind' in read) return read;
    messages++;
    return { kind: 'shown', answer: sent(group, read.display, messages, request.wallMs), posts: [read] };
  };

  return {
    bodyLimitBytes: 1024 * 1024,
    claims: (path) => path.startsWith('/bot'),
    findGroup,
    rule,
    busy: () => failure(502, 'Bad Gateway'),
    tooFast: () => tooFast(1),
  };
}

const why = {
  path: localText((t) => t.sandbox.why.path),
  unknownKey: localText((t) => t.sandbox.why.unknownKey),
  notJson: localText((t) => t.sandbox.why.notJson),
  noChat: localText((t) => t.sandbox.why.missing('chat_id')),
  disabled: localText((t) => t.sandbox.why.disabled),
  empty: localText((t) => t.sandbox.why.empty),
  parseMode: localText((t) => t.sandbox.why.badField('parse_mode')),
} satisfies Record<string, LocalText>;

function failure(status: number, description: string, parameters?: object): Answer {
  return jsonAnswer(status, { ok: false, error_code: status, description, parameters });
}

function fail(status: number, description: string, reason: LocalText): Ruling {
  return refused(failure(status, description), reason);
}

/** Seconds in the body and in the header: `Query::set_retry_after_error` and `HttpConnection::send_response`. */
function tooFast(seconds: number): Answer {
  const answer = failure(429, `Too Many Requests: retry after ${seconds}`, { retry_after: seconds });
  return { ...answer, headers: { ...answer.headers, 'retry-after': String(seconds) } };
}

function sent(group: Group, text: string, messageId: number, wallMs: number): Answer {
  const [token = '', chat = ''] = group.key.split('/');
  const from = { id: Number(token.split(':')[0]), is_bot: true, first_name: 'PostPoint' };
  const result = {
    message_id: messageId,
    from,
    chat: { id: Number(chat), title: group.id, type: 'supergroup' },
    date: Math.floor(wallMs / 1_000),
    text,
  };
  return jsonAnswer(200, { ok: true, result });
}

/**
 * The parameters of the query, then those of a JSON body or a form. null: not UTF-8. A body that cannot be read holds
 * none; what the platform says to it is not documented.
 */
function readParams(request: PlatformRequest): Map<string, string> | null {
  const text = utf8(request.body);
  if (text === null) return null;
  const type = mediaType(request.headers);
  const params = new Map<string, string>();
  if (type === 'application/json') {
    const body = parseJson(text);
    for (const [name, value] of Object.entries(isObject(body) ? body : {})) {
      const given = typeof value === 'string' ? value : JSON.stringify(value);
      if (!given.isWellFormed()) return null;
      params.set(name, given);
    }
  } else if (type === 'application/x-www-form-urlencoded') {
    for (const [name, value] of new URLSearchParams(text)) params.set(name, value);
  }
  for (const [name, value] of request.query) params.set(name, value);
  return params;
}

function readText(params: ReadonlyMap<string, string>): Shown | Ruling {
  if (params.get('parse_mode')) return fail(400, 'Bad Request: unsupported parse_mode', why.parseMode);
  const text = params.get('text') ?? '';
  if (text.length > MAX_TEXT) {
    const reason = localText((t) => t.sandbox.why.tooLong(text.length, MAX_TEXT, 'characters'));
    return fail(400, 'Bad Request: message is too long', reason);
  }
  const display = cleaned(text);
  return display === ''
    ? fail(400, 'Bad Request: message text is empty', why.empty)
    : { display, mentions: mentionsIn(display) };
}

/** `clean_input_string` in td/telegram/misc.cpp of https://github.com/tdlib/td; white space at both ends goes too (read 2026-11-23). */
function cleaned(text: string): string {
  return text
    .replaceAll('\r', '')
    .replace(/(?!\n)\p{Cc}/gu, ' ')
    .replace(/[\u2028-\u202e]|\u030a|\u0333|\u033f/g, '')
    .trim();
}

/** `match_mentions` and `find_mentions` in td/telegram/MessageEntity.cpp; a name within an address is part of the link (read 2026-11-23). */
function mentionsIn(text: string): string[] {
  const outside = text.replace(/https?:\/\/\S+/g, ' ');
  return [...outside.matchAll(/(?<![\p{L}\p{N}_])@(\w{4,32}|gif|vid|pic)(?![\p{L}\p{N}_])/gu)].map(
    ([, name = '']) => name,
  );
}
