import { resolve } from 'node:path';
import {
  type ChannelConfig,
  OVERFLOW_MODES,
  UNCERTAIN_MODES,
  WEBHOOK_METHODS,
} from '../core/channel-config.ts';
import { LOG_LEVELS } from '../core/log-level.ts';
import type { RateLimitWindow } from '../core/rate-windows.ts';
import { Secret } from '../core/secret.ts';
import type { ChannelBlock } from './check-block.ts';
import type { CheckedFile } from './check-file.ts';
import type { Header } from './check-table.ts';
import { NO_PROXY, SQLITE_PREFIX } from './check-text.ts';
import type { Config, StoreConfig } from './config.ts';
import { CHANNEL_KEYS, GLOBAL_KEYS } from './keys.ts';
import { type Reader, readerOf } from './values.ts';

const CONTENT_TYPES = ['json', 'form'] as const;

export interface BuildOptions {
  /** Absolute path; null in demo mode. */
  readonly file: string | null;
  /** What relative paths are relative to. */
  readonly baseFolder: string;
}

/** Turns a file without faults into the one frozen `Config`, with every default in place. */
export function buildConfig(checked: CheckedFile, { file, baseFolder }: BuildOptions): Config {
  const global = readerOf(checked.global, GLOBAL_KEYS);
  const isEnabled = (block: ChannelBlock) => readerOf(block.values, CHANNEL_KEYS).flag('enabled');
  return deepFreeze({
    file,
    channels: checked.channels.filter(isEnabled).map((block) => buildChannel(block, global)),
    disabledChannels: checked.channels.filter((block) => !isEnabled(block)).map((block) => block.name),
    delivery: {
      timeoutMs: global.number('delivery.timeout') * 1_000,
      retry: {
        count: global.number('delivery.retry.count'),
        intervalMs: global.number('delivery.retry.interval') * 1_000,
        factor: global.number('delivery.retry.algorithm'),
        jitter: global.flag('delivery.retry.jitter'),
      },
      onUncertain: global.choice('delivery.on_uncertain', UNCERTAIN_MODES),
      shutdownGraceMs: global.number('delivery.shutdown_grace') * 1_000,
    },
    api: {
      host: global.text('api.host'),
      port: global.number('api.port'),
      headers: secretHeaders(global.headers('api.headers')),
      maxRequestsPerSecond: global.number('api.rate_limit.frequency'),
      bodyLimitBytes: global.number('api.body_limit'),
      allowedHosts: global.words('api.allowed_hosts').map((host) => host.toLowerCase()),
    },
    store: buildStore(global.text('store.url'), baseFolder),
    log: {
      console: global.flag('log.console'),
      folder: global.flag('log.file') ? resolve(baseFolder, 'log') : null,
      level: global.choice('log.level', LOG_LEVELS),
    },
  });
}

function buildChannel({ name, provider, values }: ChannelBlock, global: Reader): ChannelConfig {
  const read = readerOf(values, CHANNEL_KEYS);
  const secret = read.has('secret') ? new Secret(read.text('secret')) : null;
  const { minute, second } = provider.windows;
  return {
    name,
    providerId: provider.id,
    endpoint: {
      url: new Secret(read.text('endpoint.url')),
      secret,
      method: read.choice('endpoint.method', WEBHOOK_METHODS),
      contentType: read.choice('content_type', CONTENT_TYPES),
      headers: secretHeaders(read.headers('headers')),
    },
    windows: [
      windowOf(read, 'rate_limit.minute.burst', { maxSends: minute.maxSends, windowMs: 60_000 }),
      windowOf(read, 'rate_limit.rate.frequency', { maxSends: second.maxSends, windowMs: 1_000 }),
    ].filter((window) => window.maxSends > 0),
    proxy: proxyOf(read, global),
    tags: read.words('tags'),
    overflow: read.choice('overflow', OVERFLOW_MODES),
    ordered: read.flag('ordered'),
    onUncertain: read.has('on_uncertain')
      ? read.choice('on_uncertain', UNCERTAIN_MODES)
      : global.choice('delivery.on_uncertain', UNCERTAIN_MODES),
  };
}

function windowOf(read: Reader, key: string, fallback: RateLimitWindow): RateLimitWindow {
  return read.has(key) ? { ...fallback, maxSends: read.number(key) } : fallback;
}

/** The channel's own word first; `"no"` on either level means direct. */
function proxyOf(read: Reader, global: Reader): Secret | null {
  const own = read.has('proxy') ? read.text('proxy') : null;
  const url = own ?? (global.has('delivery.proxy') ? global.text('delivery.proxy') : NO_PROXY);
  return url === NO_PROXY ? null : new Secret(url);
}

function secretHeaders(headers: readonly Header[]) {
  return headers.map(({ name, value }) => ({ name, value: new Secret(value) }));
}

function buildStore(url: string, baseFolder: string): StoreConfig {
  if (!url.startsWith(SQLITE_PREFIX)) return { kind: 'postgres', url: new Secret(url) };
  return { kind: 'sqlite', path: resolve(baseFolder, url.slice(SQLITE_PREFIX.length)) };
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value))
    if (typeof inner === 'object' && inner !== null) deepFreeze(inner);
  return Object.freeze(value);
}
