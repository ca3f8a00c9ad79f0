import { testCertificates } from '../../test/support/test-certificates.ts';
import type { Behaviour, Play } from './behaviour.ts';
import { always, answers, statusAlone, success } from './wire.ts';

const script = (play: Play) => ({ kind: 'script', play }) as const;
const tls = (cert: string) => ({ kind: 'script', play: answers(success), cert }) as const;

/** Requests so far on each connection. */
const served = new WeakMap<object, number>();
const countOn = (socket: object): number => {
  const count = (served.get(socket) ?? 0) + 1;
  served.set(socket, count);
  return count;
};

/** What goes wrong with the connection itself: before a request, and between two of them. */
export const CONNECTIONS: readonly Behaviour[] = [
  {
    name: 'nobody listens',
    requests: 'none',
    receiver: { kind: 'closed_port' },
    wanted: always('transient'),
  },
  {
    name: 'never accepts',
    requests: 'none',
    receiver: { kind: 'stopped_process', backlogFull: false },
    // The kernel took the connection and the request.
    wanted: always('unknown'),
  },
  {
    name: 'never accepts, backlog full',
    requests: 'none',
    receiver: { kind: 'stopped_process', backlogFull: true },
    wanted: always('transient'),
  },
  {
    name: 'RST on connect',
    requests: 'none',
    receiver: { kind: 'raw', onConnect: (socket) => socket.resetAndDestroy() },
    // Whether the request had begun to leave is a matter of microseconds.
    wanted: always('transient', 'unknown'),
  },
  {
    name: 'FIN on connect',
    requests: 'none',
    receiver: { kind: 'raw', onConnect: (socket) => socket.end() },
    wanted: always('transient', 'unknown'),
  },
  {
    name: 'speaks before it is asked',
    requests: 'at_most_each',
    receiver: {
      kind: 'script',
      play: () => {},
      onConnect: (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'),
    },
    // What comes while the request is on its way looks like its answer: to four providers a success.
    wanted: always('transient', 'unknown', 'ok'),
  },
  {
    name: 'a banner before it is asked',
    requests: 'at_most_each',
    receiver: { kind: 'script', play: () => {}, onConnect: (socket) => socket.write('220 welcome\r\n') },
    wanted: always('transient', 'unknown'),
  },
  {
    name: 'metadata address',
    requests: 'none',
    receiver: { kind: 'elsewhere', host: '169.254.169.254' },
    wanted: always('permanent'),
  },
  {
    name: 'metadata address, in IPv6',
    requests: 'none',
    receiver: { kind: 'elsewhere', host: '[::ffff:a9fe:a9fe]' },
    wanted: always('permanent'),
  },
  {
    name: 'a name that does not exist',
    requests: 'none',
    receiver: { kind: 'elsewhere', host: 'no-such-host.invalid' },
    wanted: always('transient'),
  },
  {
    name: 'self-signed certificate',
    https: true,
    requests: 'none',
    receiver: tls(testCertificates.localhost),
    wanted: always('transient'),
  },
  {
    name: 'expired certificate',
    https: true,
    requests: 'none',
    receiver: tls(testCertificates.expired),
    wanted: always('transient'),
  },
  {
    name: 'certificate of another host',
    https: true,
    requests: 'none',
    receiver: tls(testCertificates.other),
    wanted: always('transient'),
  },
  {
    name: 'drops the TLS handshake',
    https: true,
    requests: 'none',
    receiver: { kind: 'raw', onConnect: (socket) => socket.once('data', () => socket.destroy()) },
    wanted: always('transient'),
  },
  {
    name: 'never answers the TLS handshake',
    https: true,
    requests: 'none',
    receiver: { kind: 'raw', onConnect: () => {} },
    wanted: always('transient'),
  },
  {
    name: 'plain HTTP where TLS is wanted',
    https: true,
    requests: 'none',
    receiver: {
      kind: 'raw',
      onConnect: (socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad\r\n\r\n')),
    },
    wanted: always('transient'),
  },
  {
    name: 'TLS where plain HTTP is wanted',
    requests: 'none',
    receiver: tls(testCertificates.localhost),
    // The request has left in the clear, and what came back is an alert.
    wanted: always('unknown'),
  },
  {
    name: 'closes after each answer without saying so',
    rounds: 3,
    inTurn: true,
    receiver: script((s, { platform }) => s.end(success(platform))),
    wanted: always('ok'),
  },
  {
    name: 'resets the idle connection',
    rounds: 3,
    inTurn: true,
    receiver: script((s, { platform }) =>
      s.write(success(platform), () => setTimeout(() => s.resetAndDestroy(), 5)),
    ),
    wanted: always('ok', 'unknown'),
  },
  {
    name: 'closes an idle connection just when it is used again, RST',
    rounds: 2,
    inTurn: true,
    receiver: script((s, { platform }) =>
      countOn(s) === 1 ? s.write(success(platform)) : s.resetAndDestroy(),
    ),
    // A connection may also have been too old to be used again.
    wanted: (_platform, round) => (round === 0 ? ['ok'] : ['unknown', 'ok']),
  },
  {
    name: 'closes an idle connection just when it is used again, FIN',
    rounds: 2,
    inTurn: true,
    receiver: script((s, { platform }) => (countOn(s) === 1 ? s.write(success(platform)) : s.end())),
    wanted: (_platform, round) => (round === 0 ? ['ok'] : ['unknown', 'ok']),
  },
  {
    name: 'a second answer behind the first',
    rounds: 3,
    inTurn: true,
    receiver: script(answers((p) => success(p) + success(p))),
    wanted: always('ok'),
  },
  {
    name: 'a stray refusal on the idle connection',
    rounds: 3,
    inTurn: true,
    receiver: script((s, { platform }) =>
      s.write(success(platform), () =>
        setTimeout(
          () => s.end('HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'),
          3,
        ),
      ),
    ),
    wanted: always('ok', 'transient', 'unknown'),
  },
  {
    name: 'a stray success for the next request on the idle connection',
    rounds: 3,
    inTurn: true,
    // Rounds after the first are never answered by themselves: a success there would be one that nobody gave.
    receiver: script((s, { platform, round }) => {
      if (round === 0) s.write(success(platform), () => setTimeout(() => s.write(success(platform)), 1));
    }),
    wanted: (_platform, round) => (round === 0 ? ['ok'] : ['unknown']),
  },
  {
    name: 'says close and keeps the connection open',
    rounds: 2,
    inTurn: true,
    receiver: script(answers((p) => success(p, 'Connection: close\r\n'))),
    wanted: always('ok'),
  },
  {
    name: 'says keep-alive for a year, then is mute',
    rounds: 2,
    inTurn: true,
    receiver: script((s, { platform, round }) => {
      if (round === 0) s.write(success(platform, 'Keep-Alive: timeout=31536000\r\n'));
    }),
    wanted: (_platform, round) => (round === 0 ? ['ok'] : ['unknown']),
  },
  {
    name: 'answers, then floods the connection',
    rounds: 2,
    inTurn: true,
    receiver: script((s, { platform }) => {
      s.write(success(platform));
      for (let count = 0; count < 100; count++)
        s.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'.repeat(100));
    }),
    wanted: always('ok'),
  },
  {
    name: 'the body of the answer is the next head',
    receiver: script(
      answers('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n'),
    ),
    wanted: statusAlone,
  },
];
