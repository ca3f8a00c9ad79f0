import type { LocalText } from '../core/local-text.ts';
import type { Verdict } from '../core/outcome.ts';
import { isSuccess, unreadable, verdictOfStatus } from './http-status.ts';
import { groupScope } from './limit-scope.ts';
import { linkSpans } from './link-spans.ts';
import { retryAfterMs } from './pause.ts';
import {
  delivered,
  findCode,
  gone,
  limited,
  permanent,
  unlistedCode,
  verdictOfCode,
} from './platform-code.ts';
import { postJson } from './post-json.ts';
import type { Answer, PlatformCode, Provider } from './provider.ts';
import { cutQuery } from './query-string.ts';
import { numericCode, readJsonObject, textField } from './read-json.ts';
import { countOf } from './text-size.ts';

const METHOD = 'https://core.telegram.org/bots/api/methods/sendmessage.md (read 2026-11-23)';
const FAQ =
  'https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this, as quoted in https://github.com/flathunters/flathunter/issues/88 (read 2026-11-23)';
const RESPONSE =
  'https://core.telegram.org/bots/api#responseparameters, as quoted in https://docs.aiogram.dev/en/v3.29.0/api/types/response_parameters.html (read 2026-11-23)';
/** The platform publishes no list of its errors; it publishes the server's source. */
const SERVER =
  'https://github.com/tdlib/telegram-bot-api/blob/master/telegram-bot-api/Client.cpp, version 10.0 (read 2026-11-23)';
const TOO_LONG = 'https://github.com/tdlib/telegram-bot-api/issues/655 (read 2026-11-23)';
const REVOKED = 'https://github.com/nickoala/telepot/issues/105 (read 2026-11-23)';
const NO_TOKEN = 'https://github.com/blt950/vPilot-Pushover/issues/29 (read 2026-11-23)';
const NO_RIGHTS = 'https://github.com/TelegramBotAPI/errors/issues/5 (read 2026-11-23)';
const NO_POSTING = 'https://github.com/teloxide/teloxide/issues/450 (read 2026-11-23)';
const RESTRICTED = 'https://github.com/tdlib/telegram-bot-api/issues/863 (read 2026-11-23)';
const TOPIC_CLOSED =
  'https://github.com/rteixeirax/qbittorrent_telegram_notification/issues/12 (read 2026-11-23)';

const RIGHTS_ZH = '机器人在这个群或频道里没有发言权限，请把它设为管理员或放开发言权限';
const RIGHTS_EN =
  'the bot may not write in this group or channel; make it an administrator or let members write';
const OUTSIDE_ZH = '机器人不在群里，请把它重新拉进群，再恢复通道';
const OUTSIDE_EN = 'the bot is not in the group; add it again, then resume the channel';

const upgraded = gone(
  SERVER,
  '群已升级为超级群，chat_id 变了，请更新 endpoint.url',
  'the group became a supergroup and has another chat_id; update endpoint.url',
);
const rateLimit = limited(
  60_000,
  RESPONSE,
  '超过发送频率限制（同一个群每分钟 20 条），通道暂停后自动继续',
  'over the rate limit (20 messages a minute to one group); the channel pauses and goes on by itself',
);

/**
 * Words of a description, since most refusals share the number 400 or 403. Descriptions begin with the status in
 * words and may name the kind of chat, so the entry is the first whose words occur in one. A number stands where no
 * words are needed.
 */
const codes = {
  ok: delivered(METHOD),
  '401': gone(
    REVOKED,
    '机器人的 token 无效或已被重置，请在 @BotFather 里取得新的 token，并更新 endpoint.url',
    'the bot’s token is invalid or was revoked; get the new one from @BotFather and update endpoint.url',
  ),
  '404': gone(
    NO_TOKEN,
    'token 或路径写错了，endpoint.url 应是 https://api.telegram.org/bot<token>/sendMessage?chat_id=<群>',
    'the token or the path is wrong; endpoint.url should be https://api.telegram.org/bot<token>/sendMessage?chat_id=<chat>',
  ),
  '429': rateLimit,
  'chat_id is empty': permanent(
    SERVER,
    '缺少群，请在 endpoint.url 末尾加上 ?chat_id=<群>',
    'no chat is named; add ?chat_id=<chat> to endpoint.url',
  ),
  'chat not found': gone(
    SERVER,
    '没有这个群，请检查 endpoint.url 里的 chat_id，并确认机器人已进群',
    'no such chat; check the chat_id in endpoint.url and that the bot is in the group',
  ),
  'upgraded to a supergroup chat': upgraded,
  'is migrated to': upgraded,
  // The topic alone, not the group that other channels write to.
  'message thread not found': permanent(
    SERVER,
    '话题不存在或已删除，请更新 endpoint.url 里的 message_thread_id',
    'the topic does not exist or was deleted; update the message_thread_id in endpoint.url',
  ),
  TOPIC_CLOSED: permanent(
    TOPIC_CLOSED,
    '话题已关闭，请重新打开话题，或换一个',
    'the topic is closed; open it again or use another',
  ),
  'message text is empty': permanent(SERVER, '消息没有可显示的内容', 'the message has nothing to show'),
  'message is too long': permanent(
    TOO_LONG,
    '消息超过 4096 个字符，请缩短消息，或把 overflow 设为 "split"',
    'the message is over 4096 characters; shorten it, or set overflow to "split"',
  ),
  'not enough rights to send': permanent(NO_RIGHTS, RIGHTS_ZH, RIGHTS_EN),
  'need administrator rights': permanent(NO_POSTING, RIGHTS_ZH, RIGHTS_EN),
  CHAT_RESTRICTED: permanent(
    RESTRICTED,
    'Telegram 限制了这个群，机器人不能在里面发言，请查看群的状态',
    'Telegram restricts this group, so the bot may not write there; look at the group’s state',
  ),
  'bot was kicked': gone(SERVER, OUTSIDE_ZH, OUTSIDE_EN),
  'bot is not a member': gone(SERVER, OUTSIDE_ZH, OUTSIDE_EN),
  'chat was deleted': gone(
    SERVER,
    '群已被删除，请换一个群并更新 chat_id',
    'the group was deleted; use another and update the chat_id',
  ),
  'bot was blocked': gone(
    SERVER,
    '对方屏蔽了机器人，请让对方解除屏蔽，再恢复通道',
    'the user blocked the bot; have them unblock it, then resume the channel',
  ),
  'user is deactivated': gone(
    SERVER,
    '对方的账号已停用，请换一个 chat_id',
    'the user’s account is gone; use another chat_id',
  ),
} as const;

const WORDS = Object.keys(codes).filter((key) => key !== 'ok' && !/^\d+$/.test(key));

const OWN_URL = /^api\.telegram\.org\//;

/**
 * Telegram bot that writes to one group. The address is the method's with the group in its query:
 * `https://api.telegram.org/bot<token>/sendMessage?chat_id=<chat>`, and `&message_thread_id=<topic>` for a topic.
 * The platform knows no idempotency key, so a part sent again after a timeout may show twice.
 */
export const telegramBot: Provider = {
  id: 'telegram_bot',
  label: { zh: 'Telegram 机器人', en: 'Telegram bot' },
  exampleUrl: 'https://api.telegram.org/bot0000000000:xxx/sendMessage?chat_id=-1000000000000',
  ownUrl: OWN_URL,
  fields: [],
  limitScope,
  // All chats of a bot together may take some 30 a second; more than 30 channels with one bot would meet that first.
  windows: {
    minute: { maxSends: 18, documented: 20, source: FAQ },
    second: { maxSends: 1, documented: 1, source: FAQ },
  },
  // "1-4096 characters", of a unit that is not documented. Entities are counted in UTF-16 units, the largest reading;
  // a measurement found code points: https://github.com/FerroxLabs/wayland/issues/934 (read 2026-11-23). Each `@`
  // counts twice, for the joiner that it may get.
  textLimit: {
    max: 4_096,
    unit: 'utf16_units',
    source: METHOD,
    measure: (text) => text.length + countOf('@', text),
  },
  codes,

  buildRequest(endpoint, part) {
    const { address, params } = cutQuery(endpoint.url.reveal());
    return postJson(address, {
      ...Object.fromEntries(params.map(([name, value]) => [name, typed(value)])),
      // Ours come last. No `parse_mode` and no `entities`: nothing in the text is markup.
      parse_mode: undefined,
      entities: undefined,
      text: withoutMentions(part.text.toWellFormed()),
      // A preview adds what the caller did not write, and has Telegram open every link of an alert.
      link_preview_options: { is_disabled: true },
    });
  },

  readAnswer,
};

/**
 * "20 messages per minute to the same group", whatever the topic: the FAQ above. Methods are case-insensitive
 * (https://core.telegram.org/bots/api#available-methods, as quoted in https://docs.simbot.forte.love/components/telegram/;
 * read 2026-11-28), and so are the names of public groups (https://telegram.org/faq#usernames-and-t-me, as quoted in
 * http://telegram-fanbase.org/faq1/benutzernamen-und-telegram-me; read 2026-11-28). That a name and a number mean one
 * group, only Telegram knows.
 */
function limitScope(url: string): string {
  return groupScope(url, { ownUrl: OWN_URL, path: /\/bot[^/]+\/sendMessage$/i, parameter: 'chat_id' })
    .replace(/\/sendMessage\?/i, '/sendMessage?')
    .replace(/(?<=\?chat_id=)@\w+$/, (name) => name.toLowerCase());
}

/**
 * Parameters may be passed in the query or as JSON; nothing says that a request may mix the two, so all of them go
 * into the JSON, in the types that the method's table names: https://core.telegram.org/bots/api#making-requests (read 2026-11-23)
 */
function typed(value: string): string | number | boolean {
  if (value === 'true' || value === 'false') return value === 'true';
  // A chat's id has up to 52 significant bits.
  return /^-?[1-9]\d{0,14}$/.test(value) ? Number(value) : value;
}

/**
 * A bare `@name` becomes a mention without any parse mode (https://github.com/tdlib/td/blob/master/td/telegram/MessageEntity.cpp,
 * `match_mentions`), and a mention notifies its user even in a muted group (https://telegram.org/blog/edit, as quoted in
 * https://github.com/FruitieX/teleirc/issues/132; read 2026-11-23). A word joiner behind the `@` parts the two. Inside a
 * link it would break the address, and behind a letter (`a@b.com`) there is no mention.
 */
function withoutMentions(text: string): string {
  return linkSpans(text)
    .map((span) => (span.kind === 'link' ? span.text : span.text.replace(MENTION, '@\u2060')))
    .join('');
}

/** What Telegram drops from a text before it looks for mentions may stand between the two. */
const MENTION = /(?<![\p{L}\p{N}_])@(?=(?:[\r\u2028-\u202e]|\u030a|\u0333|\u033f)*\w)/gu;

function readAnswer(answer: Answer): Verdict {
  const success = isSuccess(answer.httpStatus);
  const body = readJsonObject(answer.body);
  if (success && body?.ok === true) return verdictOfCode('ok', codes.ok);
  const number = numericCode(body?.error_code);
  if (body?.ok !== false || number === null) return success ? unreadable(answer) : verdictOfStatus(answer);
  if (number === '429') return verdictOfCode(number, rateLimit, statedPauseMs(answer, body));
  if (Number(number) >= 500) return verdictOfStatus({ ...answer, httpStatus: Number(number) }, number);
  const description = textField(body.description);
  const code = WORDS.find((words) => description.includes(words)) ?? number;
  const known = findCode(codes, code);
  if (known === undefined || known.kind === 'ok') return unlistedCode('permanent', number, description);
  return verdictOfCode(code, known === upgraded ? withNewChat(body) : known);
}

/** Seconds in the body and, from servers of today, in `Retry-After` too: the larger counts. */
function statedPauseMs(answer: Answer, body: Readonly<Record<string, unknown>>): number | null {
  const header = retryAfterMs(answer);
  const seconds = parameter(body, 'retry_after');
  return seconds === null ? header : Math.max(header ?? 0, seconds * 1_000);
}

/** The answer names the chat's new id, which is hard to find anywhere else and no secret. */
function withNewChat(body: Readonly<Record<string, unknown>>): PlatformCode {
  const chat = parameter(body, 'migrate_to_chat_id');
  if (chat === null) return upgraded;
  const meaning: LocalText = {
    zh: `群已升级为超级群，请把 endpoint.url 里的 chat_id 改成 ${chat}`,
    en: `the group became a supergroup; change the chat_id in endpoint.url to ${chat}`,
  };
  return { ...upgraded, meaning };
}

function parameter(body: Readonly<Record<string, unknown>>, name: string): number | null {
  const { parameters } = body;
  if (typeof parameters !== 'object' || parameters === null || !Object.hasOwn(parameters, name)) return null;
  const value: unknown = Reflect.get(parameters, name);
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : null;
}
