import { brotliCompressSync, gzipSync } from 'node:zlib';
import { httpAnswer } from '../../test/support/scripted-server.ts';
import type { Behaviour, Play } from './behaviour.ts';
import {
  always,
  answers,
  drip,
  ends,
  flood,
  OK_HEAD,
  statusAlone,
  success,
  unfinished,
  webPage,
  writeThenReset,
} from './wire.ts';

const script = (play: Play) => ({ kind: 'script', play }) as const;

const BOMB = gzipSync(Buffer.alloc(50_000_000));
const compressed = (encoding: string, bytes: Buffer): Play => {
  const head = `${OK_HEAD}Content-Encoding: ${encoding}\r\nContent-Length: ${bytes.length}\r\n\r\n`;
  return (socket) => {
    socket.write(head);
    socket.write(bytes);
  };
};
const body = (text: string | Buffer): Play => {
  const bytes = Buffer.from(text);
  return (socket) => {
    socket.write(`${OK_HEAD}Content-Length: ${bytes.length}\r\n\r\n`);
    socket.write(bytes);
  };
};
const half = (text: string) => text.slice(0, Math.floor(text.length / 2));

/** The status is 200; then the body does this. */
export const BODIES: readonly Behaviour[] = [
  { name: 'an empty body', receiver: script(answers(httpAnswer(200, ''))), wanted: statusAlone },
  {
    name: 'FIN inside the body',
    receiver: script(ends((p) => unfinished(p, half(p.accepted)))),
    wanted: statusAlone,
  },
  {
    name: 'RST inside the body',
    receiver: script((s, { platform }) => writeThenReset(s, unfinished(platform, half(platform.accepted)))),
    wanted: statusAlone,
  },
  {
    name: 'silence inside the body',
    receiver: script(answers((p) => unfinished(p, half(p.accepted)))),
    wanted: statusAlone,
  },
  // All that the platform says is there, only the framing is wrong.
  {
    name: 'too long a Content-Length, FIN',
    receiver: script(ends((p) => unfinished(p))),
    wanted: always('ok'),
  },
  {
    name: 'too long a Content-Length, silence',
    receiver: script(answers((p) => unfinished(p))),
    wanted: always('ok'),
  },
  {
    name: 'body until close',
    receiver: script(ends((p) => `${OK_HEAD}\r\n${p.accepted}`)),
    wanted: always('ok'),
  },
  { name: 'dripping body', receiver: script((s) => drip(s, `${OK_HEAD}\r\n`)), wanted: statusAlone },
  {
    name: 'endless body',
    receiver: script((s) => flood(s, `${OK_HEAD}\r\n`, 'y'.repeat(9_999))),
    wanted: statusAlone,
  },
  {
    name: 'endless blanks before the body',
    receiver: script((s) => flood(s, `${OK_HEAD}\r\n`, ' '.repeat(9_999))),
    wanted: statusAlone,
  },
  {
    name: 'endless chunks of one byte',
    receiver: script((s) =>
      flood(s, `${OK_HEAD}Transfer-Encoding: chunked\r\n\r\n`, '1\r\ny\r\n'.repeat(2_000)),
    ),
    wanted: statusAlone,
  },
  {
    name: 'endless chunk extension',
    receiver: script((s) => flood(s, `${OK_HEAD}Transfer-Encoding: chunked\r\n\r\n1;a=`, 'y'.repeat(9_999))),
    wanted: statusAlone,
  },
  {
    name: 'endless trailers',
    receiver: script((s) =>
      flood(s, `${OK_HEAD}Transfer-Encoding: chunked\r\n\r\n0\r\n`, 'X-A: y\r\n'.repeat(1_000)),
    ),
    wanted: statusAlone,
  },
  {
    name: 'a bad chunk size',
    receiver: script(ends(`${OK_HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\nok\r\n`)),
    wanted: statusAlone,
  },
  {
    name: 'a chunk size past 64 bits',
    receiver: script(ends(`${OK_HEAD}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nok\r\n`)),
    wanted: statusAlone,
  },
  {
    name: 'chunks without the last one',
    receiver: script(ends(`${OK_HEAD}Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n`)),
    wanted: statusAlone,
  },
  { name: 'a gzip bomb', receiver: script(compressed('gzip', BOMB)), wanted: statusAlone },
  {
    name: 'a brotli bomb',
    receiver: script(compressed('br', brotliCompressSync(Buffer.alloc(5_000_000)))),
    wanted: statusAlone,
  },
  {
    name: 'compressed all the same',
    receiver: script((s, { platform }) =>
      compressed('gzip', gzipSync(platform.accepted))(s, { platform, round: 0 }),
    ),
    wanted: statusAlone,
  },
  {
    name: 'an encoding that nobody knows',
    receiver: script(answers((p) => success(p, 'Content-Encoding: rot13\r\n'))),
    wanted: always('ok'),
  },
  {
    name: 'a web page',
    receiver: script(body('<html><body>Welcome to the hotel</body></html>')),
    wanted: webPage,
  },
  { name: 'an array', receiver: script(body('[]')), wanted: statusAlone },
  { name: 'null', receiver: script(body('null')), wanted: statusAlone },
  { name: 'a number', receiver: script(body('0')), wanted: statusAlone },
  { name: 'an object of no fields', receiver: script(body('{}')), wanted: statusAlone },
  { name: 'arrays in arrays, 60 KB deep', receiver: script(body('['.repeat(60_000))), wanted: statusAlone },
  {
    name: 'objects in objects, 10,000 deep',
    receiver: script(body(`${'{"a":'.repeat(10_000)}0${'}'.repeat(10_000)}`)),
    wanted: statusAlone,
  },
  {
    name: 'codes of the wrong type',
    receiver: script(body('{"errcode":{},"code":[0],"StatusCode":"zero","ok":"true","error_code":null}')),
    wanted: statusAlone,
  },
  {
    name: 'names of the prototype',
    receiver: script(body('{"__proto__":{"errcode":0,"code":0,"ok":true},"constructor":0}')),
    wanted: statusAlone,
  },
  {
    name: 'invalid UTF-8',
    receiver: script(body(Buffer.from([0xff, 0xfe, 0xc0, 0x80]))),
    wanted: statusAlone,
  },
  {
    name: 'UTF-16',
    receiver: script((s, { platform }) =>
      body(Buffer.from(platform.accepted || 'ok', 'utf16le'))(s, { platform, round: 0 }),
    ),
    wanted: statusAlone,
  },
  {
    name: 'a byte order mark before the body',
    receiver: script((s, { platform }) => body(`\ufeff${platform.accepted}`)(s, { platform, round: 0 })),
    wanted: always('ok'),
  },
  {
    name: 'terminal escapes and bidi marks',
    receiver: script(body('\x1b[2J\x1b]0;owned\x07\u202e\u2066\n\r\n{"level":"info"}')),
    wanted: statusAlone,
  },
  {
    name: 'byte by byte',
    receiver: script((s, { platform }) => {
      const bytes = [...success(platform)];
      const timer = setInterval(() => {
        const next = bytes.shift();
        if (next === undefined) clearInterval(timer);
        else s.write(next);
      }, 1);
      s.on('close', () => clearInterval(timer));
    }),
    wanted: always('ok'),
  },
  {
    name: 'half a second late',
    receiver: script((s, { platform }) => setTimeout(() => s.write(success(platform)), 500)),
    wanted: always('ok'),
  },
];
