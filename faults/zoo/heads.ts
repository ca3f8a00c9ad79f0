import { httpAnswer } from '../../test/support/scripted-server.ts';
import type { Behaviour } from './behaviour.ts';
import { always, answers, drip, ends, flood, OK_HEAD, success, writeThenReset } from './wire.ts';

const script = (play: Extract<Behaviour['receiver'], { kind: 'script' }>['play']) =>
  ({ kind: 'script', play }) as const;
const gets = always('unknown');

/** Whatever goes wrong before there is a status: the request has left, so nobody knows. */
export const HEADS: readonly Behaviour[] = [
  { name: 'mute', receiver: script(() => {}), wanted: gets },
  { name: 'FIN instead of an answer', receiver: script((s) => s.end()), wanted: gets },
  { name: 'RST instead of an answer', receiver: script((s) => s.resetAndDestroy()), wanted: gets },
  { name: 'FIN inside the head', receiver: script((s) => s.end('HTTP/1.1 200 OK\r\nCont')), wanted: gets },
  {
    name: 'RST inside the head',
    receiver: script((s) => writeThenReset(s, 'HTTP/1.1 200 OK\r\nCont')),
    wanted: gets,
  },
  { name: 'silence inside the head', receiver: script(answers('HTTP/1.1 200 OK\r\nCont')), wanted: gets },
  { name: 'dripping head', receiver: script((s) => drip(s, 'HTTP/1.1 200 OK\r\nX: ')), wanted: gets },
  { name: 'dripping status line', receiver: script((s) => drip(s, 'HTTP/1.1 200 ')), wanted: gets },
  {
    name: 'endless headers',
    receiver: script((s) => flood(s, OK_HEAD, `X-A: ${'y'.repeat(999)}\r\n`)),
    wanted: gets,
  },
  {
    name: 'endless header value',
    receiver: script((s) => flood(s, `${OK_HEAD}X: `, 'y'.repeat(9_999))),
    wanted: gets,
  },
  {
    name: 'endless header name',
    receiver: script((s) => flood(s, OK_HEAD, 'y'.repeat(9_999))),
    wanted: gets,
  },
  {
    name: 'endless reason phrase',
    receiver: script((s) => flood(s, 'HTTP/1.1 200 ', 'y'.repeat(9_999))),
    wanted: gets,
  },
  {
    name: 'ten thousand headers',
    receiver: script(answers((p) => success(p, 'X-A: y\r\n'.repeat(10_000)))),
    wanted: gets,
  },
  {
    name: 'flood of interim answers',
    receiver: script((s) => flood(s, '', 'HTTP/1.1 103 Early\r\n\r\n'.repeat(100))),
    wanted: gets,
  },
  {
    name: 'flood of 102 with a pause between',
    receiver: script((s) => {
      const timer = setInterval(() => s.write('HTTP/1.1 102 Processing\r\n\r\n'), 20);
      s.on('close', () => clearInterval(timer));
    }),
    wanted: gets,
  },
  {
    // RFC 9110 section 15.2 wants it skipped.
    name: 'a 100 Continue that nobody asked for',
    receiver: script(answers((p) => `HTTP/1.1 100 Continue\r\n\r\n${success(p)}`)),
    wanted: always('ok'),
  },
  {
    name: 'one interim answer, then the real one',
    receiver: script(answers((p) => `HTTP/1.1 103 Early\r\nLink: </a>\r\n\r\n${success(p)}`)),
    wanted: always('ok'),
  },
  {
    name: 'an upgrade that nobody asked for',
    receiver: script(ends('HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n')),
    wanted: gets,
  },
  { name: 'garbage', receiver: script(ends('\x16\x03\x01\x00\xffwhat\r\n\r\n')), wanted: gets },
  { name: 'endless garbage', receiver: script((s) => flood(s, '', '\0\xff'.repeat(5_000))), wanted: gets },
  { name: 'HTTP/0.9', receiver: script(ends('<html>hello</html>')), wanted: gets },
  { name: 'HTTP/2', receiver: script(ends('\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x80')), wanted: gets },
  { name: 'HTTP/3.7', receiver: script(ends('HTTP/3.7 200 OK\r\nContent-Length: 0\r\n\r\n')), wanted: gets },
  { name: 'SSH', receiver: script(ends('SSH-2.0-OpenSSH_9.2p1\r\n')), wanted: gets },
  { name: 'SMTP', receiver: script(ends('220 mail.example ESMTP\r\n')), wanted: gets },
  {
    name: 'its own request echoed',
    receiver: script(ends('POST / HTTP/1.1\r\nHost: x\r\n\r\n')),
    wanted: gets,
  },
  { name: 'a status of two digits', receiver: script(ends('HTTP/1.1 20 OK\r\n\r\n')), wanted: gets },
  { name: 'a status of four digits', receiver: script(ends('HTTP/1.1 2000 OK\r\n\r\n')), wanted: gets },
  { name: 'a negative status', receiver: script(ends('HTTP/1.1 -200 OK\r\n\r\n')), wanted: gets },
  { name: 'a status in words', receiver: script(ends('HTTP/1.1 OK 200\r\n\r\n')), wanted: gets },
  { name: 'status 0', receiver: script(ends(httpAnswer(0, '').replace(' 0 ', ' 000 '))), wanted: gets },
  {
    name: 'statuses that no class has (600 to 999)',
    rounds: 40,
    receiver: script((s, { round }) => s.write(httpAnswer(600 + round * 10, ''))),
    wanted: gets,
  },
  { name: 'a header without a colon', receiver: script(ends(`${OK_HEAD}Oops\r\n\r\n`)), wanted: gets },
  { name: 'NUL in a header', receiver: script(ends(`${OK_HEAD}X: a\0b\r\n\r\n`)), wanted: gets },
  { name: 'a space before the colon', receiver: script(ends(`${OK_HEAD}X : a\r\n\r\n`)), wanted: gets },
  {
    name: 'two lengths',
    receiver: script(ends(`${OK_HEAD}Content-Length: 2\r\nContent-Length: 3\r\n\r\nok\n`)),
    wanted: gets,
  },
  {
    name: 'a negative length',
    receiver: script(ends(`${OK_HEAD}Content-Length: -2\r\n\r\nok`)),
    wanted: gets,
  },
  {
    name: 'a length in words',
    receiver: script(ends(`${OK_HEAD}Content-Length: two\r\n\r\nok`)),
    wanted: gets,
  },
  {
    name: 'a length past 64 bits',
    receiver: script(ends(`${OK_HEAD}Content-Length: 99999999999999999999\r\n\r\nok`)),
    wanted: gets,
  },
  {
    name: 'a length and chunks',
    receiver: script(
      ends(`${OK_HEAD}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`),
    ),
    wanted: gets,
  },
  {
    name: 'no reason phrase',
    receiver: script(answers((p) => success(p).replace('200 X', '200'))),
    wanted: always('ok'),
  },
  {
    name: 'HTTP/1.0',
    receiver: script(ends((p) => `HTTP/1.0 200 OK\r\n\r\n${p.accepted}`)),
    wanted: always('ok'),
  },
];
