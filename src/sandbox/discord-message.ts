import { renderDiscord } from './discord-text.ts';
import { asList, asString, codePoints, dig, isObject, type JsonObject, strings } from './payload.ts';
import type { Shown } from './stand-in.ts';

/*
 * Limits: https://docs.discord.com/developers/resources/webhook#execute-webhook and
 * https://docs.discord.com/developers/resources/message#embed-object-embed-limits (read 2026-09). Counted in code
 * points: https://github.com/discord/discord-api-docs/issues/1315.
 */
const MAX_CONTENT = 2_000;
const MAX_EMBEDS = 10;
const MAX_EMBED_SUM = 6_000;
const MAX_FIELDS = 25;
const MAX_USERNAME = 80;
const MAX_LISTED = 100;
const EMBED_TEXTS = [
  { path: ['title'], max: 256 },
  { path: ['description'], max: 4_096 },
  { path: ['author', 'name'], max: 256 },
  { path: ['footer', 'text'], max: 2_048 },
] as const;

/** One broken rule of a form: where, which, and the sentence that Discord gives. */
export interface FormError {
  readonly path: readonly string[];
  readonly code: string;
  readonly message: string;
}

export type ReadDiscord =
  | { readonly kind: 'good'; readonly post: Shown; readonly content: string }
  | { readonly kind: 'empty' }
  | { readonly kind: 'bad'; readonly errors: readonly FormError[] };

const tooLong = (path: readonly string[], max: number): FormError => ({
  path,
  code: 'BASE_TYPE_MAX_LENGTH',
  message: `Must be ${max} or fewer in length.`,
});

export function readDiscordMessage(body: JsonObject): ReadDiscord {
  const errors: FormError[] = [];
  const raw = body.content ?? '';
  if (typeof raw !== 'string') {
    errors.push({
      path: ['content'],
      code: 'STRING_TYPE_CONVERT',
      message: 'Could not interpret "…" as string.',
    });
  }
  // White space around the content is dropped.
  const content = (asString(raw) ?? '').trim();
  if (codePoints(asString(raw) ?? '') > MAX_CONTENT) errors.push(tooLong(['content'], MAX_CONTENT));
  const embeds = asList(body.embeds);
  errors.push(
    ...checkUsername(body.username),
    ...checkAllowedMentions(body.allowed_mentions),
    ...checkEmbeds(embeds),
  );
  if (errors.length > 0) return { kind: 'bad', errors };
  const extras = embeds.length + asList(body.components).length + (body.poll ? 1 : 0);
  if (content === '' && extras === 0) return { kind: 'empty' };
  const post = renderDiscord(content, body.allowed_mentions);
  const display = [post.display, ...embeds.map(showEmbed)].filter(Boolean).join('\n');
  return { kind: 'good', post: { ...post, display }, content };
}

function checkUsername(username: unknown): FormError[] {
  if (username === undefined || username === null) return [];
  const name = asString(username) ?? '';
  const size = codePoints(name.trim());
  if (size < 1 || size > MAX_USERNAME) {
    return [
      {
        path: ['username'],
        code: 'BASE_TYPE_BAD_LENGTH',
        message: `Must be between 1 and ${MAX_USERNAME} in length.`,
      },
    ];
  }
  const banned = ['discord', 'clyde'].find((word) => name.toLowerCase().includes(word));
  if (banned) {
    return [
      {
        path: ['username'],
        code: 'USERNAME_INVALID_CONTAINS',
        message: `Username cannot contain "${banned}"`,
      },
    ];
  }
  const reserved = ['everyone', 'here'].includes(name.trim().toLowerCase());
  return reserved ? [{ path: ['username'], code: 'USERNAME_INVALID', message: 'Username is invalid' }] : [];
}

function checkAllowedMentions(allowed: unknown): FormError[] {
  if (!isObject(allowed)) return [];
  const parse = strings(allowed.parse);
  const errors: FormError[] = [];
  const unknown = parse.find((word) => !['users', 'roles', 'everyone'].includes(word));
  if (unknown !== undefined) {
    const message = "Value must be one of ('users', 'roles', 'everyone').";
    errors.push({ path: ['allowed_mentions', 'parse'], code: 'BASE_TYPE_CHOICES', message });
  }
  for (const kind of ['users', 'roles']) {
    const listed = asList(allowed[kind]);
    if (parse.includes(kind) && listed.length > 0) {
      const message = `parse:["${kind}"] and ${kind}: [ids...] are mutually exclusive.`;
      errors.push({ path: ['allowed_mentions'], code: 'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE', message });
    }
    if (listed.length > MAX_LISTED) errors.push(tooLong(['allowed_mentions', kind], MAX_LISTED));
  }
  return errors;
}

function checkEmbeds(embeds: readonly unknown[]): FormError[] {
  if (embeds.length > MAX_EMBEDS) return [tooLong(['embeds'], MAX_EMBEDS)];
  const errors: FormError[] = [];
  let sum = 0;
  const measure = (value: unknown, path: readonly string[], max: number) => {
    const size = codePoints((asString(value) ?? '').trim());
    sum += size;
    if (size > max) errors.push(tooLong(path, max));
  };
  for (const [index, embed] of embeds.entries()) {
    const at = ['embeds', String(index)];
    for (const { path, max } of EMBED_TEXTS) measure(dig(embed, ...path), [...at, ...path], max);
    const fields = asList(dig(embed, 'fields'));
    if (fields.length > MAX_FIELDS) errors.push(tooLong([...at, 'fields'], MAX_FIELDS));
    for (const [nth, field] of fields.entries()) {
      measure(dig(field, 'name'), [...at, 'fields', String(nth), 'name'], 256);
      measure(dig(field, 'value'), [...at, 'fields', String(nth), 'value'], 1_024);
    }
  }
  // The sum is over all embeds of the message: https://github.com/discord/discord-api-docs/issues/2575.
  if (sum > MAX_EMBED_SUM) {
    const message = `Embed size exceeds maximum size of ${MAX_EMBED_SUM}`;
    errors.push({ path: ['embeds'], code: 'MAX_EMBED_SIZE_EXCEEDED', message });
  }
  return errors;
}

function showEmbed(embed: unknown): string {
  const fields = asList(dig(embed, 'fields')).flatMap((field) => [dig(field, 'name'), dig(field, 'value')]);
  return [
    dig(embed, 'author', 'name'),
    dig(embed, 'title'),
    dig(embed, 'description'),
    ...fields,
    dig(embed, 'footer', 'text'),
  ]
    .filter((part) => typeof part === 'string' && part.trim() !== '')
    .map((part) => renderDiscord(String(part).trim(), { parse: [] }).display)
    .join('\n');
}
