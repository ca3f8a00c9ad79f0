import { readFileSync } from 'node:fs';
import type { EndpointConfig } from '../core/channel-config.ts';
import { Secret } from '../core/secret.ts';
import type { Answer } from './provider.ts';

/** For the tests of this room. @param path `feishu_bot/sent.json`, below `test/fixtures/`. */
export function readFixture(path: string): string {
  return readFileSync(new URL(`../../test/fixtures/${path}`, import.meta.url), 'utf8');
}

export function answerOf(httpStatus: number, body: string, headers: Record<string, string> = {}): Answer {
  return { httpStatus, headers, body, complete: true };
}

export function endpointOf(url: string, overrides: Partial<EndpointConfig> = {}): EndpointConfig {
  return {
    url: new Secret(url),
    secret: null,
    method: 'POST',
    contentType: 'json',
    headers: [],
    ...overrides,
  };
}

export const PART = { messageId: '01K5V3M4N5P6Q7R8S9T0V1W2X3', partKey: '01K5V3M4N5P6Q7R8S9T0V1W2X3-2' };
