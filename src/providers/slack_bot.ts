import type { Verdict } from '../core/outcome.ts';
import { isSuccess, unreadable, verdictOfStatus } from './http-status.ts';
import { groupScope } from './limit-scope.ts';
import { linkSpans } from './link-spans.ts';
import { headerOrBodyMs } from './pause.ts';
import {
  findCode,
  gone,
  limited,
  permanent,
  transient,
  unlistedCode,
  verdictOfCode,
} from './platform-code.ts';
import { postJson } from './post-json.ts';
import type { Answer, Provider } from './provider.ts';
import { readJsonObject, textField } from './read-json.ts';
import { countOf } from './text-size.ts';

const GUIDE = 'https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks (read 2026-09)';
const RATES = 'https://docs.slack.dev/apis/web-api/rate-limits (read 2026-09)';
const ERRORS =
  'https://api.slack.com/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks (read 2026-09)';
const TEXT_OBJECT =
  'https://docs.slack.dev/reference/block-kit/composition-objects/text-object (read 2026-09)';
const BLOCKS = 'https://docs.slack.dev/reference/block-kit/blocks (read 2026-09)';

const GONE_ZH = 'Webhook 已失效或地址写错了，请在 Slack 应用里重新生成 Webhook 地址';
const GONE_EN =
  'the webhook was revoked or its address is wrong; make a new webhook address in the Slack app';
const BAD_BLOCKS_ZH = 'Slack 不接受消息的结构，请把消息内容反馈给 PostPoint';
const BAD_BLOCKS_EN = 'Slack does not take the structure of the message; report its text to PostPoint';
const RATE_ZH = '超过每秒 1 条的限制，通道暂停后自动继续';
const RATE_EN = 'more than 1 message a second; the channel pauses and goes on by itself';
const EMPTY_ZH = '消息没有可显示的内容';
const EMPTY_EN = 'the message has nothing to show';

const codes = {
  invalid_payload: permanent(
    GUIDE,
    '请求不是 Slack 认识的格式，请检查地址是否是 Incoming Webhook、代理是否改写了请求',
    'the request is not in a form that Slack knows; check that the address is an incoming webhook and whether a proxy rewrites requests',
  ),
  no_text: permanent(GUIDE, EMPTY_ZH, EMPTY_EN),
  missing_text_or_fallback_or_attachments: permanent(ERRORS, EMPTY_ZH, EMPTY_EN),
  invalid_blocks: permanent(BLOCKS, BAD_BLOCKS_ZH, BAD_BLOCKS_EN),
  invalid_blocks_format: permanent(BLOCKS, BAD_BLOCKS_ZH, BAD_BLOCKS_EN),
  invalid_attachments: permanent(GUIDE, BAD_BLOCKS_ZH, BAD_BLOCKS_EN),
  too_many_attachments: permanent(GUIDE, BAD_BLOCKS_ZH, BAD_BLOCKS_EN),
  user_not_found: gone(
    ERRORS,
    '接收消息的用户已不存在，请换一个 Webhook',
    'the user that the webhook writes to is gone; use another webhook',
  ),
  action_prohibited: permanent(
    ERRORS,
    '工作区管理员禁止这样发消息，请联系管理员',
    'the workspace’s administrator forbids it; ask them',
  ),
  posting_to_general_channel_denied: permanent(
    GUIDE,
    'Webhook 的创建者不能在 #general 里发言，请换一个频道',
    'the creator of the webhook may not post to #general; use another channel',
  ),
  invalid_token: gone(GUIDE, GONE_ZH, GONE_EN),
  token_revoked: gone(GUIDE, GONE_ZH, GONE_EN),
  no_active_hooks: gone(
    GUIDE,
    'Webhook 已被停用，请在 Slack 应用里启用或重新生成',
    'the webhook is disabled; enable it in the Slack app or make a new one',
  ),
  no_service: gone(GUIDE, GONE_ZH, GONE_EN),
  no_service_id: gone(GUIDE, GONE_ZH, GONE_EN),
  no_team: gone(GUIDE, '工作区不存在，请检查 endpoint.url', 'no such workspace; check endpoint.url'),
  team_disabled: gone(
    GUIDE,
    '工作区已停用，请换一个工作区的 Webhook',
    'the workspace is inactive; use a webhook of another',
  ),
  account_inactive: gone(
    GUIDE,
    'Webhook 创建者的账号已停用，请由在职成员重新生成 Webhook',
    'the account of the webhook’s creator is inactive; have an active member make a new webhook',
  ),
  channel_not_found: gone(
    ERRORS,
    '频道已删除，或改成了应用不在其中的私有频道，请把应用加入频道或换一个 Webhook',
    'the channel is gone or became private without the app; add the app to it or use another webhook',
  ),
  channel_is_archived: gone(
    ERRORS,
    '频道已归档，请恢复频道或换一个 Webhook',
    'the channel is archived; restore it or use another webhook',
  ),
  rate_limited: limited(1_000, RATES, RATE_ZH, RATE_EN),
  ratelimited: limited(1_000, RATES, RATE_ZH, RATE_EN),
  rollup_error: transient(ERRORS, 'Slack 服务出错，稍后自动重试', 'Slack failed; it is tried again later'),
} as const;

/** A workflow's address takes what the workflow was told to take, as from a `webhook`. */
const OWN_URL = /^hooks\.slack(?:-gov)?\.com\/(?!triggers\/|workflows\/)/;

/**
 * Slack incoming webhook. The verdict is the body: `ok`, or a bare word under a 4xx. Words of the Web API are listed
 * where a webhook may meet them. Workflow triggers (`/triggers/…`) take another body and are no incoming webhooks.
 */
export const slackBot: Provider = {
  id: 'slack_bot',
  label: { zh: 'Slack 机器人', en: 'Slack webhook' },
  exampleUrl: 'https://hooks.slack.com/services/T00000000/B00000000/xxx',
  ownUrl: OWN_URL,
  fields: [],
  // One a second to each webhook, and the path is the webhook; it has no parameters:
  // https://docs.slack.dev/apis/web-api/rate-limits (read 2026-09)
  limitScope: (url) => groupScope(url, { ownUrl: OWN_URL, path: /\/services(?:\/[^/]+){3}$/ }),
  windows: {
    minute: { maxSends: 0, documented: null, source: RATES },
    second: { maxSends: 1, documented: 1, source: RATES },
  },
  // The limit of one text object; a rich text states none of its own, and `text` is split only near 4,000. Whether an
  // entity counts as one character or five is not documented: UTF-16 units after escaping are the most it can be.
  textLimit: {
    max: 3_000,
    unit: 'utf16_units',
    source: TEXT_OBJECT,
    measure: escapedUnits,
  },
  codes,

  buildRequest(endpoint, part) {
    const text = part.text.toWellFormed();
    // `text` is the fallback; `mrkdwn` concerns only that.
    const payload = { text: escapeControl(text), mrkdwn: false, blocks: [richText(text)] };
    return postJson(endpoint.url.reveal(), payload);
  },

  readAnswer,
};

/**
 * A `rich_text` block, since it alone shows every text as typed with links that can be clicked:
 *
 * - `mrkdwn`, as `text` or in a section: `*`, `_`, `~` and backticks have no escape.
 * - `text` with `mrkdwn: false`: `:smile:` still becomes a picture.
 * - `plain_text` with `emoji: false`: literal, but a URL in it is no link (`verbatim` is for mrkdwn only).
 *
 * A text element is literal, so nothing is escaped and no `@here` notifies; a link is an element of its own. That
 * webhooks take the block: https://github.com/slackapi/bolt-js/issues/1324 and
 * https://github.com/Utdanningsdirektoratet/designsystem/pull/146 (read 2026-09)
 */
function richText(text: string): object {
  const elements = linkSpans(text).map((span) =>
    span.kind === 'link' && isLink(span.text)
      ? { type: 'link', url: span.text }
      : { type: 'text', text: span.text },
  );
  return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements }] };
}

/** A URL that Slack might not take would cost the whole message (`invalid_blocks`), so it stays text. */
function isLink(url: string): boolean {
  return url.length <= 2_000 && URL.canParse(url);
}

/**
 * The fallback for notifications and screen readers. Escaping these three leaves no `<!channel>` or `<@U…>`, and
 * without `link_names` and `parse` a bare `@here` or `#general` in it means nothing:
 * https://docs.slack.dev/messaging/formatting-message-text (read 2026-09)
 */
function escapeControl(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** `escapeControl(text).length`. */
function escapedUnits(text: string): number {
  return text.length + 4 * countOf('&', text) + 3 * (countOf('<', text) + countOf('>', text));
}

function readAnswer(answer: Answer): Verdict {
  const success = isSuccess(answer.httpStatus);
  const word = wordOf(answer.body);
  if (success && answer.body.trim() === 'ok') return { kind: 'ok', platformCode: 'ok', error: null };
  if (answer.httpStatus === 429) {
    const code = word !== null && findCode(codes, word)?.kind === 'rate_limited' ? word : 'rate_limited';
    return verdictOfCode(code, codes.rate_limited, headerOrBodyMs(answer));
  }
  const known = word === null ? undefined : findCode(codes, word);
  if (word !== null && known) return verdictOfCode(word, known, headerOrBodyMs(answer));
  if (success) return unreadable(answer);
  // A word that nobody documents, under a status that says whose fault it is.
  const byStatus = verdictOfStatus(answer, word);
  return word !== null && byStatus.kind === 'permanent' ? unlistedCode('permanent', word, word) : byStatus;
}

/** Slack's bare word, or the `error` of the JSON form that a 429 has been seen with; the Content-Type is of no use. */
function wordOf(body: string): string | null {
  const word = textField(readJsonObject(body)?.error) || body.trim();
  return /^[a-z][a-z_]{0,63}$/.test(word) ? word : null;
}
