import type { SeededRandom } from '../support/random.ts';
import { pick, several, spoil } from './api-bodies.ts';

const METHODS = ['GET', 'POST', 'HEAD', 'OPTIONS', 'CONNECT', 'TRACE', 'get', 'POST\t', '', 'PRI'];
const TARGETS = [
  '/api/text',
  '/api/messages?limit=200&q=%25',
  '/api/messages?cursor=AAAA&since=x',
  '/api/messages/%00',
  '/api/channels/../text',
  '/%61pi/text',
  '/api/%zz',
  'http://evil.test/api/text',
  '*',
  '//',
  '/swagger/../../etc/passwd',
  `/${'a'.repeat(9_000)}`,
  '/healthz',
];
const VERSIONS = ['HTTP/1.1', 'HTTP/1.0', 'HTTP/0.9', 'HTTP/2.0', 'HTTP/1.1.1', ''];
const HEADERS = [
  'Host: localhost',
  'Host: evil.test',
  'Host:',
  'Content-Length: 11',
  'Content-Length: 99999999999999999999',
  'Content-Length: -1',
  'Content-Length: 0x1',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: \x0bchunked',
  'Connection: keep-alive, close, upgrade',
  'Upgrade: h2c',
  'Expect: 100-continue',
  'Expect: nothing',
  'Content-Type: application/json',
  'Content-Encoding: gzip',
  'X-Ppt-Request-ID: a',
  'X-Ppt-Request-ID: \xff',
  'Origin: null',
  'Accept-Language: en;q=2,zh;;,*',
  ' folded: x',
  'no colon',
  'X: a\0b',
  `X: ${'y'.repeat(9_000)}`,
];
const ENDS = ['\r\n', '\n', '\r', '\r\n\r\n'];
const BODIES = ['{"msg":"a"}', 'b\r\n{"msg":"a"}\r\n0\r\n\r\n', 'zz\r\n', '', 'msg=a', '\0'.repeat(100)];

/** Bytes for one connection: one request or two, well-formed or nearly so. */
export function rawRequests(random: SeededRandom): Buffer {
  const requests = several(random, 2, () => oneRequest(random));
  return spoil(Buffer.from(requests.join('') || oneRequest(random), 'latin1'), random);
}

function oneRequest(random: SeededRandom): string {
  const end = random.chance(0.9) ? '\r\n' : pick(random, ENDS);
  const headers = ['Host: localhost', ...several(random, 6, () => pick(random, HEADERS))];
  const line = `${pick(random, METHODS)} ${pick(random, TARGETS)} ${random.chance(0.8) ? 'HTTP/1.1' : pick(random, VERSIONS)}`;
  return [line, ...headers, '', ''].join(end) + pick(random, BODIES);
}
