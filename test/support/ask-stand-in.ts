import type { EndpointConfig } from '../../src/core/channel-config.ts';
import { Secret } from '../../src/core/secret.ts';
import type { OutboundRequest } from '../../src/providers/provider.ts';
import { completeGroups, type Group, type GroupOptions } from '../../src/sandbox/group.ts';
import { platformOf } from '../../src/sandbox/platforms.ts';
import type { PlatformRequest, StandIn } from '../../src/sandbox/stand-in.ts';

/** The moment that requests are signed and received at, ms since the Unix epoch. */
export const NOW_MS = 1_700_000_000_000;

/** A platform's rules with one group, asked directly: no wire and no waiting. */
export interface LoneStandIn {
  readonly standIn: StandIn;
  readonly group: Group;
  /** The configuration of a channel that belongs to the group. */
  readonly endpoint: EndpointConfig;
}

export function openLoneStandIn(options: GroupOptions): LoneStandIn {
  const [group] = completeGroups([options]);
  if (group === undefined) throw new Error('one group in, one group out');
  return {
    standIn: platformOf(group.platform).open([group]),
    group,
    endpoint: {
      url: new Secret(`http://127.0.0.1:9${group.target}`),
      secret: group.secret === null ? null : new Secret(group.secret),
      method: 'POST',
      contentType: 'json',
      headers: [],
    },
  };
}

/** A provider's request as it arrives at the platform. @param monotonicMs the platform's clock. */
export function arrivalOf(
  { method, url, headers, body }: OutboundRequest,
  { bodyLimitBytes }: Pick<StandIn, 'bodyLimitBytes'>,
  monotonicMs = 0,
): PlatformRequest {
  const { pathname, searchParams } = new URL(url);
  const bytes = Buffer.from(body ?? '');
  return {
    method,
    path: pathname,
    query: searchParams,
    headers: { ...headers, 'content-length': String(bytes.length) },
    body: bytes.subarray(0, bodyLimitBytes),
    bodyTooLarge: bytes.length > bodyLimitBytes,
    ip: '127.0.0.1',
    wallMs: NOW_MS,
    monotonicMs,
  };
}
