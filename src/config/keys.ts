import { OVERFLOW_MODES, UNCERTAIN_MODES, WEBHOOK_METHODS } from '../core/channel-config.ts';
import { LOG_LEVELS } from '../core/log-level.ts';
import type { ProviderField } from '../providers/provider.ts';
import type { Texts } from '../texts/texts.ts';
import {
  checkAllowedHost,
  checkHttpUrl,
  checkListenHost,
  checkNotEmpty,
  checkProxy,
  checkStoreUrl,
  checkTag,
  type TextCheck,
} from './check-text.ts';

export type KeyType =
  | { readonly kind: 'text'; readonly check: TextCheck }
  | { readonly kind: 'choice'; readonly of: readonly string[] }
  | { readonly kind: 'integer'; readonly min: number; readonly max: number }
  /** Fractions allowed. */
  | { readonly kind: 'number'; readonly min: number; readonly max: number }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'words'; readonly check: TextCheck }
  /** A table of header names and values. */
  | { readonly kind: 'headers'; readonly owned: readonly string[] };

/** One key of the file. Checking, the search for the nearest key, and the template of `init` are made from these. */
export interface KeySpec {
  /** Dotted, from the top of the file or of the channel's table. Also the key of its description in the texts. */
  readonly key: keyof Texts['config']['about'];
  readonly type: KeyType;
  /** null: not set, or taken from elsewhere (the platform's facts, `delivery.*`). */
  readonly byDefault: string | number | boolean | null;
  /** Its value must never be shown. */
  readonly secret?: true;
  /** Only channels of providers that have this field take the key. */
  readonly field?: ProviderField;
  /** What the template shows where the default says too little. */
  readonly example?: string;
}

/** Headers that frame the message: HTTP itself writes them, and a second opinion breaks the request. */
const FRAMING_HEADERS = [
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authorization',
  'upgrade',
  'te',
  'trailer',
  'expect',
];

/** The headers of https://www.standardwebhooks.com, which the `webhook` provider writes. */
const STANDARD_WEBHOOKS_HEADERS = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];

/** Far above what any platform takes; it only stops slips of the keyboard. */
const MAX_SENDS = 1_000_000;

export const CHANNEL_KEYS: readonly KeySpec[] = [
  { key: 'endpoint.url', type: { kind: 'text', check: checkHttpUrl }, byDefault: null, secret: true },
  {
    key: 'secret',
    type: { kind: 'text', check: checkNotEmpty },
    byDefault: null,
    secret: true,
    field: 'secret',
    example: '"…"',
  },
  {
    key: 'endpoint.method',
    type: { kind: 'choice', of: WEBHOOK_METHODS },
    byDefault: 'POST',
    field: 'endpoint.method',
  },
  {
    key: 'content_type',
    type: { kind: 'choice', of: ['json', 'form'] },
    byDefault: 'json',
    field: 'content_type',
  },
  {
    key: 'headers',
    // `content-type` follows from `content_type`; answers are read without decompressing them.
    type: {
      kind: 'headers',
      owned: [...FRAMING_HEADERS, 'content-type', 'accept-encoding', ...STANDARD_WEBHOOKS_HEADERS],
    },
    byDefault: null,
    secret: true,
    field: 'headers',
    example: `{ "X-Token" = "\${WEBHOOK_TOKEN}" }`,
  },
  { key: 'rate_limit.minute.burst', type: { kind: 'integer', min: 0, max: MAX_SENDS }, byDefault: null },
  { key: 'rate_limit.rate.frequency', type: { kind: 'integer', min: 0, max: MAX_SENDS }, byDefault: null },
  {
    key: 'proxy',
    type: { kind: 'text', check: checkProxy },
    byDefault: null,
    secret: true,
    example: '"http://127.0.0.1:3128"',
  },
  { key: 'enabled', type: { kind: 'boolean' }, byDefault: true },
  { key: 'tags', type: { kind: 'words', check: checkTag }, byDefault: null, example: '["ops"]' },
  { key: 'overflow', type: { kind: 'choice', of: OVERFLOW_MODES }, byDefault: 'split' },
  { key: 'ordered', type: { kind: 'boolean' }, byDefault: false },
  { key: 'on_uncertain', type: { kind: 'choice', of: UNCERTAIN_MODES }, byDefault: null, example: '"hold"' },
];

export const GLOBAL_KEYS: readonly KeySpec[] = [
  {
    key: 'delivery.proxy',
    type: { kind: 'text', check: checkProxy },
    byDefault: null,
    secret: true,
    example: '"socks5://user:pass@127.0.0.1:1080"',
  },
  { key: 'delivery.timeout', type: { kind: 'integer', min: 1, max: 300 }, byDefault: 10 },
  { key: 'delivery.retry.count', type: { kind: 'integer', min: 0, max: 100 }, byDefault: 5 },
  { key: 'delivery.retry.interval', type: { kind: 'number', min: 0, max: 900 }, byDefault: 10 },
  { key: 'delivery.retry.algorithm', type: { kind: 'number', min: 1, max: 10 }, byDefault: 1 },
  { key: 'delivery.retry.jitter', type: { kind: 'boolean' }, byDefault: false },
  { key: 'delivery.on_uncertain', type: { kind: 'choice', of: UNCERTAIN_MODES }, byDefault: 'retry' },
  { key: 'delivery.shutdown_grace', type: { kind: 'integer', min: 0, max: 3600 }, byDefault: 10 },
  { key: 'api.host', type: { kind: 'text', check: checkListenHost }, byDefault: 'localhost' },
  // 0 lets the system choose a free port.
  { key: 'api.port', type: { kind: 'integer', min: 0, max: 65_535 }, byDefault: 39_270 },
  {
    key: 'api.headers',
    type: { kind: 'headers', owned: FRAMING_HEADERS },
    byDefault: null,
    secret: true,
    example: `{ "Authorization" = "Bearer \${POSTPOINT_TOKEN}" }`,
  },
  { key: 'api.rate_limit.frequency', type: { kind: 'integer', min: 0, max: MAX_SENDS }, byDefault: 0 },
  { key: 'api.body_limit', type: { kind: 'integer', min: 1, max: 104_857_600 }, byDefault: 1_048_576 },
  {
    key: 'api.allowed_hosts',
    type: { kind: 'words', check: checkAllowedHost },
    byDefault: null,
    example: '["push.example.com"]',
  },
  {
    key: 'store.url',
    type: { kind: 'text', check: checkStoreUrl },
    byDefault: 'sqlite:data/postpoint.db',
    secret: true,
  },
  { key: 'log.console', type: { kind: 'boolean' }, byDefault: true },
  { key: 'log.file', type: { kind: 'boolean' }, byDefault: false },
  { key: 'log.level', type: { kind: 'choice', of: LOG_LEVELS }, byDefault: 'info' },
];

/** `[channel.NAME]` says which platform it is; `[provider.TYPE]` says so by its name. */
export const PROVIDER_KEY = 'provider';
