import type { OutboundRequest } from './provider.ts';
import { USER_AGENT } from './user-agent.ts';

/** A POST of JSON. Characters stay as they are: `\uXXXX` would double what a Chinese one takes of a byte limit. */
export function postJson(url: string, payload: object, contentType = 'application/json'): OutboundRequest {
  return {
    method: 'POST',
    url,
    headers: { 'content-type': contentType, 'user-agent': USER_AGENT },
    body: JSON.stringify(payload),
  };
}
