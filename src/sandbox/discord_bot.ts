import type { LocalText } from '../core/local-text.ts';
import { localText } from '../texts/texts.ts';
import { type FormError, readDiscordMessage } from './discord-message.ts';
import { discordRates, tooMany } from './discord-rates.ts';
import type { Group } from './group.ts';
import { isObject, mediaType, multipartField, parseJson, utf8 } from './payload.ts';
import type { Platform } from './platform.ts';
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
 * Rules: https://docs.discord.com/developers/resources/webhook, …/reference and
 * …/topics/opcodes-and-status-codes (read 2026-09).
 */
const PATH = /^\/api(?:\/v(\d{1,3}))?\/webhooks\/([^/]+)\/([^/]+)$/;
/** An address without a version means 6, which is deprecated. */
const DEFAULT_VERSION = 6;
const NEWEST_VERSION = 10;
const DISCORD_EPOCH_MS = 1_420_070_400_000n;

export const discordPlatform = {
  id: 'discord_bot',
  label: { zh: 'Discord', en: 'Discord' },
  mark: '#5865f2',
  demo: {
    // Without a version, as Discord's own "Copy Webhook URL" gives it.
    key: '100000000000000005/demo-token-of-the-discord-webhook-in-the-postpoint-sandbox-00005',
    secret: null,
    // Webhooks are told apart by the number in front.
    anotherKey: (key: string, nth: number) => `${nth}${key}`,
    target: (key: string) => `/api/webhooks/${key}`,
  },
  open: discordStandIn,
} as const satisfies Platform;

function discordStandIn(groups: readonly Group[]): StandIn {
  const rates = discordRates();
  let messages = 0n;
  const findGroup = (request: PlatformRequest) => {
    const match = PATH.exec(request.path);
    return groups.find((group) => match && group.key === `${match[2]}/${match[3]}`) ?? null;
  };

  const rule = async (request: PlatformRequest): Promise<Ruling> => {
    const banned = rates.checkIp(request);
    if (banned) return refused(banned.answer, banned.why);
    const ruling = await ruleUnbanned(request);
    if (ruling.answer.status === 401 || ruling.answer.status === 403 || ruling.answer.status === 429) {
      rates.countInvalid(request);
    }
    return ruling;
  };

  const ruleUnbanned = async (request: PlatformRequest): Promise<Ruling> => {
    const match = PATH.exec(request.path);
    if (!match)
      return refused(
        failure(404, 0, '404: Not Found'),
        localText((t) => t.sandbox.why.path),
      );
    const version = match[1] === undefined ? DEFAULT_VERSION : Number(match[1]);
    const entry = checkEntry(request, groups, version, match[2] ?? '', findGroup(request));
    if ('kind' in entry) return entry;
    if (request.method === 'GET') return { kind: 'looked', answer: jsonAnswer(200, describeWebhook(entry)) };
    if (request.method !== 'POST') {
      return refused(
        failure(405, 0, '405: Method Not Allowed'),
        localText((t) => t.sandbox.why.method(request.method)),
      );
    }
    // Refused requests count too: https://birdie0.github.io/discord-webhooks-guide/other/rate_limits.html (read 2026-09).
    const tooFast = entry.rateLimits ? rates.check(request, entry, version) : null;
    if (tooFast) return refused(tooFast.answer, tooFast.why);
    const ruling = await readMessage(request, version, (content) => {
      messages++;
      const id = ((BigInt(Math.floor(request.wallMs)) - DISCORD_EPOCH_MS) << 22n) + (messages & 0xfffn);
      return describeMessage(entry, id.toString(), content, request.wallMs);
    });
    return { ...ruling, answer: withHeaders(ruling.answer, rates.headers(request, entry)) };
  };

  return {
    bodyLimitBytes: 2 * 1024 * 1024,
    claims: (path) => /^\/api\/(?:v\d+\/)?webhooks\//.test(path),
    findGroup,
    rule,
    busy: () => textAnswer(503, 'upstream connect error or disconnect/reset before headers', 'text/plain'),
    tooFast: (request) => tooMany(2_000, versionOf(request.path), false, {}),
  };
}

const versionOf = (path: string) => Number(PATH.exec(path)?.[1] ?? DEFAULT_VERSION);

function failure(status: number, code: number, message: string): Answer {
  return jsonAnswer(status, { message, code });
}

function withHeaders(answer: Answer, headers: Record<string, string>): Answer {
  return { ...answer, headers: { ...answer.headers, ...headers } };
}

/** The group, or the refusal of a request that does not get as far as one. */
function checkEntry(
  request: PlatformRequest,
  groups: readonly Group[],
  version: number,
  id: string,
  group: Group | null,
): Group | Ruling {
  if (!request.headers['user-agent']?.trim()) {
    return refused(
      failure(403, 40333, 'internal network error'),
      localText((t) => t.sandbox.why.noUserAgent),
    );
  }
  if (version < DEFAULT_VERSION || version > NEWEST_VERSION) {
    return refused(
      failure(400, 50041, 'Invalid API version provided'),
      localText((t) => t.sandbox.why.path),
    );
  }
  const why = localText((t) => t.sandbox.why.unknownKey);
  if (!/^\d{1,20}$/.test(id)) {
    const errors = [
      { path: ['webhook_id'], code: 'NUMBER_TYPE_COERCE', message: `Value "${id}" is not snowflake.` },
    ];
    return refused(formFailure(version, errors), why);
  }
  if (group && !group.disabled) return group;
  const known = groups.some((other) => !other.disabled && other.key.startsWith(`${id}/`));
  if (known) return refused(failure(401, 50027, 'Invalid Webhook Token'), why);
  return refused(
    failure(404, 10015, 'Unknown Webhook'),
    group ? localText((t) => t.sandbox.why.disabled) : why,
  );
}

async function readMessage(
  request: PlatformRequest,
  version: number,
  post: (content: string) => unknown,
): Promise<Ruling> {
  if (request.bodyTooLarge) {
    const why = localText((t) => t.sandbox.why.tooLong(request.body.length, request.body.length, 'bytes'));
    return refused(failure(413, 40005, 'Request entity too large'), why);
  }
  const json = await bodyJson(request);
  if (json.kind === 'type') {
    const errors = [{ path: [], code: 'CONTENT_TYPE_INVALID', message: WRONG_TYPE }];
    return refused(
      formFailure(version, errors),
      localText((t) => t.sandbox.why.contentType(mediaType(request.headers))),
    );
  }
  if (!isObject(json.value)) {
    return refused(
      failure(400, 50109, 'The request body contains invalid JSON.'),
      localText((t) => t.sandbox.why.notJson),
    );
  }
  const read = readDiscordMessage(json.value);
  if (read.kind === 'empty') {
    return refused(
      failure(400, 50006, 'Cannot send an empty message'),
      localText((t) => t.sandbox.why.empty),
    );
  }
  if (read.kind === 'bad') {
    return refused(formFailure(version, read.errors), whyOf(read.errors));
  }
  const wait = ['true', '1'].includes((request.query.get('wait') ?? '').toLowerCase());
  const message = post(read.content);
  return {
    kind: 'shown',
    answer: wait ? jsonAnswer(200, message) : { status: 204, headers: {}, body: '' },
    posts: [read.post],
  };
}

const WRONG_TYPE =
  "Expected \"Content-Type\" header to be one of {'application/json', 'application/x-www-form-urlencoded', 'multipart/form-data'}.";

async function bodyJson(
  request: PlatformRequest,
): Promise<{ kind: 'type' } | { kind: 'body'; value: unknown }> {
  const type = mediaType(request.headers);
  if (type === 'application/json') return { kind: 'body', value: parseJson(utf8(request.body)) };
  if (type === 'multipart/form-data') {
    const bytes = new Uint8Array(request.body);
    const payload = await multipartField(request.headers, bytes, 'payload_json');
    if (payload !== null) return { kind: 'body', value: parseJson(payload) };
    return {
      kind: 'body',
      value: { content: (await multipartField(request.headers, bytes, 'content')) ?? '' },
    };
  }
  if (type === 'application/x-www-form-urlencoded') {
    const form = new URLSearchParams(utf8(request.body) ?? '');
    const payload = form.get('payload_json');
    return { kind: 'body', value: payload === null ? Object.fromEntries(form) : parseJson(payload) };
  }
  return { kind: 'type' };
}

const whyOf = (errors: readonly FormError[]): LocalText =>
  localText((t) =>
    t.sandbox.why.badField(errors.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')),
  );

/** Since version 8 errors nest by key; before, they are a flat list of sentences per top-level key. */
function formFailure(version: number, errors: readonly FormError[]): Answer {
  if (version < 8) {
    const flat: Record<string, string[]> = {};
    for (const { path, message } of errors) {
      const key = path[0] ?? '_misc';
      flat[key] = [...(flat[key] ?? []), path[0] === 'embeds' && path[1] ? path[1] : message];
    }
    return jsonAnswer(400, flat);
  }
  const tree: Record<string, unknown> = {};
  for (const { path, code, message } of errors) {
    let node = tree;
    for (const key of path) {
      const next = isObject(node[key]) ? { ...node[key] } : {};
      node[key] = next;
      node = next;
    }
    node._errors = [...(Array.isArray(node._errors) ? node._errors : []), { code, message }];
  }
  return jsonAnswer(400, { message: 'Invalid Form Body', code: 50035, errors: tree });
}

const idOf = (group: Group) => group.key.split('/')[0] ?? '';

function describeWebhook(group: Group): unknown {
  return {
    application_id: null,
    avatar: null,
    channel_id: channelId(group),
    guild_id: '100000000000000001',
    id: idOf(group),
    name: 'PostPoint',
    type: 1,
    token: group.key.split('/')[1],
    url: `https://discord.com/api/webhooks/${group.key}`,
  };
}

/** Webhooks of one channel share this number. */
function channelId(group: Group): string {
  let hash = 7n;
  for (const char of group.channel) hash = (hash * 31n + BigInt(char.codePointAt(0) ?? 0)) % 10n ** 16n;
  return `20${hash.toString().padStart(16, '0')}`;
}

function describeMessage(group: Group, id: string, content: string, wallMs: number): unknown {
  return {
    type: 0,
    content,
    mentions: [],
    mention_roles: [],
    attachments: [],
    embeds: [],
    timestamp: new Date(wallMs).toISOString().replace('Z', '000+00:00'),
    edited_timestamp: null,
    flags: 0,
    components: [],
    id,
    channel_id: channelId(group),
    author: {
      id: idOf(group),
      username: 'PostPoint',
      avatar: null,
      discriminator: '0000',
      public_flags: 0,
      flags: 0,
      bot: true,
      global_name: null,
    },
    pinned: false,
    mention_everyone: false,
    tts: false,
    webhook_id: idOf(group),
  };
}
