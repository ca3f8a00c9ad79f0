import type { ChannelConfig } from '../../src/core/channel-config.ts';
import { Secret } from '../../src/core/secret.ts';

/** A channel's configuration for a test, with what matters to it set. */
export function testChannel({
  url = 'http://127.0.0.1:9/',
  secret,
  headers = {},
  proxy,
  ...rest
}: {
  url?: string;
  secret?: string;
  headers?: Record<string, string>;
  proxy?: string;
} & Partial<Omit<ChannelConfig, 'proxy' | 'endpoint'>> = {}): ChannelConfig {
  return {
    name: 'test',
    providerId: 'test',
    endpoint: {
      url: new Secret(url),
      secret: secret === undefined ? null : new Secret(secret),
      method: 'POST',
      contentType: 'json',
      headers: Object.entries(headers).map(([name, value]) => ({ name, value: new Secret(value) })),
    },
    windows: [],
    proxy: proxy === undefined ? null : new Secret(proxy),
    tags: [],
    overflow: 'split',
    ordered: false,
    onUncertain: 'retry',
    ...rest,
  };
}
