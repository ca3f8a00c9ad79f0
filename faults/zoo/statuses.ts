import { httpAnswer } from '../../test/support/scripted-server.ts';
import type { Behaviour, Play } from './behaviour.ts';
import { always, answers, statusAlone } from './wire.ts';

const script = (play: Play) => ({ kind: 'script', play }) as const;
const status = (code: number, headers = '', body = ''): Play => answers(httpAnswer(code, body, headers));

/** Plain refusals; the others of their class have a meaning of their own. */
const OTHER_4XX = Array.from({ length: 100 }, (_, index) => 400 + index).filter(
  (code) => ![408, 410, 425, 429].includes(code),
);

const RETRY_AFTER: readonly string[] = [
  '',
  'Retry-After:\r\n',
  'Retry-After: 0\r\n',
  'Retry-After: -1\r\n',
  'Retry-After: 2\r\n',
  'Retry-After: 0.5\r\n',
  'Retry-After: 1000000000\r\n',
  `Retry-After: ${'9'.repeat(400)}\r\n`,
  'Retry-After: 1e9\r\n',
  'Retry-After: Infinity\r\n',
  'Retry-After: soon\r\n',
  'Retry-After: 1, 2\r\n',
  'Retry-After: 1\r\nRetry-After: 2\r\n',
  'Retry-After: Wed, 21 Oct 2015 07:28:00 GMT\r\n',
  'Retry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\n',
  'Date: Wed, 21 Oct 2015 07:28:00 GMT\r\nRetry-After: Wed, 21 Oct 2015 07:29:00 GMT\r\n',
];

/** @param canaryUrl a server that must never hear from us. */
export function statuses(canaryUrl: string): Behaviour[] {
  const locations = [
    canaryUrl,
    canaryUrl.replace(/^http:/, ''),
    '/elsewhere',
    'http://169.254.169.254/latest/meta-data/',
    'file:///etc/passwd',
    'not a url',
  ];
  return [
    ...[301, 302, 303, 307, 308].map(
      (code): Behaviour => ({
        name: `${code} to a canary, itself, the metadata service …`,
        rounds: locations.length,
        receiver: script((s, { round }) =>
          s.write(httpAnswer(code, '', `Location: ${locations[round]}\r\n`)),
        ),
        wanted: always('permanent'),
      }),
    ),
    {
      name: 'every 3xx without a Location',
      rounds: 100,
      // An answer of 304 has no body, whatever its head says.
      receiver: script((s, { round }) => s.write(httpAnswer(300 + round, ''))),
      wanted: always('permanent'),
    },
    {
      name: 'a refresh header to a canary',
      receiver: script(status(200, `Refresh: 0; url=${canaryUrl}\r\nContent-Location: ${canaryUrl}\r\n`)),
      wanted: statusAlone,
    },
    {
      name: 'every 2xx with an empty body',
      rounds: 100,
      receiver: script((s, { round }) => s.write(httpAnswer(200 + round, ''))),
      wanted: statusAlone,
    },
    {
      name: '204 with a body',
      rounds: 2,
      inTurn: true,
      receiver: script(answers('HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok')),
      wanted: statusAlone,
    },
    {
      name: '304 with a body',
      receiver: script(answers('HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\nok')),
      wanted: always('permanent'),
    },
    {
      name: 'every other 4xx',
      rounds: OTHER_4XX.length,
      receiver: script((s, { round }) => s.write(httpAnswer(OTHER_4XX[round] ?? 400, ''))),
      wanted: always('permanent'),
    },
    {
      name: '401 with a challenge',
      receiver: script(status(401, 'WWW-Authenticate: Basic realm="x"\r\n')),
      wanted: always('permanent'),
    },
    {
      name: '407 with a challenge',
      receiver: script(status(407, 'Proxy-Authenticate: Basic\r\n')),
      wanted: always('permanent'),
    },
    { name: '408', receiver: script(status(408, 'Connection: close\r\n')), wanted: always('transient') },
    { name: '410', receiver: script(status(410)), wanted: always('permanent') },
    { name: '413', receiver: script(status(413, 'Retry-After: 1\r\n')), wanted: always('permanent') },
    // A client that sends such a request again by itself is why there is a case for it.
    { name: '421', receiver: script(status(421)), wanted: always('permanent') },
    { name: '425', receiver: script(status(425)), wanted: always('transient') },
    ...RETRY_AFTER.map(
      (headers, index): Behaviour => ({
        name: `429, Retry-After ${index + 1}`,
        receiver: script(status(429, headers)),
        wanted: always('rate_limited'),
      }),
    ),
    {
      name: 'every 5xx',
      rounds: 100,
      receiver: script((s, { round }) => s.write(httpAnswer(500 + round, ''))),
      wanted: always('transient'),
    },
    {
      name: '503 with a Retry-After and a page',
      receiver: script(status(503, 'Retry-After: 3600\r\n', '<html>maintenance</html>')),
      wanted: always('transient'),
    },
    {
      name: '500 that breaks off',
      receiver: script((s) => s.end('HTTP/1.1 500 X\r\nContent-Length: 100\r\n\r\nhalf')),
      wanted: always('transient'),
    },
  ];
}
