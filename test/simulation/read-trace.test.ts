import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readTrace, type TraceEvent } from '../../faults/support/read-trace.ts';

// Goal: what strace wrote turns into what the process did. Method: lines as `strace -f -y -xx` writes them, no tracer.
const hex = (text: string) =>
  `"${[...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}"`;
const file = (path: string) => `7<${hex(path).slice(1, -1)}>`;
const folder = (path: string) => `AT_FDCWD<${hex(path).slice(1, -1)}>`;
const written = (text: string, offset: number): TraceEvent => ({
  kind: 'write',
  path: '/d/db',
  bytes: Buffer.from(text),
  offset,
});

const cases: readonly { name: string; lines: readonly string[]; want: readonly TraceEvent[] }[] = [
  {
    name: 'a write at its offset',
    lines: [`11 pwrite64(${file('/d/db')}, ${hex('abc')}, 3, 4096) = 3`],
    want: [written('abc', 4096)],
  },
  {
    name: 'a write whose text looks like an offset',
    lines: [`11 pwrite64(${file('/d/db')}, ${hex('", 1, 2')}, 7, 8) = 7`],
    want: [written('", 1, 2', 8)],
  },
  {
    name: 'a write that the end of the process cut short may be on disk',
    lines: [`11 pwrite64(${file('/d/db')}, ${hex('abc')}, 3, 0) = ?`],
    want: [written('abc', 0)],
  },
  {
    name: 'a sync with another thread inside',
    lines: [
      `11 fdatasync(${file('/d/db')} <unfinished ...>`,
      `12 pwrite64(${file('/d/db')}, ${hex('x')}, 1, 9) = 1`,
      '11 <... fdatasync resumed>) = 0',
    ],
    want: [
      { kind: 'sync_begin', path: '/d/db', thread: '11' },
      written('x', 9),
      { kind: 'sync_end', path: '/d/db', thread: '11' },
    ],
  },
  {
    name: 'a sync that failed has no end',
    lines: [`11 fsync(${file('/d/db')}) = -1 EIO (Input/output error) (INJECTED)`],
    want: [{ kind: 'sync_begin', path: '/d/db', thread: '11' }],
  },
  {
    name: 'files and folders come and go',
    lines: [
      `11 mkdir(${hex('/d')}, 0700) = 0`,
      `11 openat(${folder('/')}, ${hex('/d/db')}, O_RDWR|O_CREAT|O_CLOEXEC, 0600) = ${file('/d/db')}`,
      `11 openat(${folder('/')}, ${hex('/d/db')}, O_RDONLY) = ${file('/d/db')}`,
      `11 ftruncate(${file('/d/db')}, 512) = 0`,
      `11 unlink(${hex('/d/db')}) = 0`,
    ],
    want: [
      { kind: 'make_folder', path: '/d' },
      { kind: 'create', path: '/d/db' },
      { kind: 'truncate', path: '/d/db', size: 512 },
      { kind: 'unlink', path: '/d/db' },
    ],
  },
  {
    name: 'what failed did not happen',
    lines: [
      `11 mkdir(${hex('/d')}, 0700) = -1 EEXIST (File exists)`,
      `11 openat(${folder('/')}, ${hex('/d/db')}, O_CREAT) = -1 ENOSPC (No space left on device)`,
      `11 unlink(${hex('/d/db')}) = -1 ENOENT (No such file or directory)`,
      `11 ftruncate(${file('/d/db')}, 0) = -1 EIO (Input/output error)`,
    ],
    want: [],
  },
  {
    name: 'bytes for a socket, from several pieces',
    lines: [
      `11 writev(${file('socket:[77]')}, [{iov_base=${hex('POST ')}, iov_len=5}, {iov_base=${hex('/x')}, iov_len=2}], 2) = 7`,
      `11 write(${file('TCP:[127.0.0.1:1->127.0.0.1:2]')}, ${hex('HTTP')}, 4) = 4`,
    ],
    want: [
      { kind: 'sent', bytes: Buffer.from('POST /x') },
      { kind: 'sent', bytes: Buffer.from('HTTP') },
    ],
  },
  { name: 'lines that are no calls', lines: ['11 +++ exited with 0 +++', '', '--- SIGTERM ---'], want: [] },
];
for (const { name, lines, want } of cases) {
  test(`a trace: ${name}`, async () => assert.deepEqual(await eventsOf(lines), want));
}

test('a trace whose strings are cut off is refused', async () => {
  const line = `11 pwrite64(${file('/d/db')}, ${hex('abc')}..., 4096, 0) = 4096`;
  await assert.rejects(eventsOf([line]), /cuts its strings off/);
});

async function eventsOf(lines: readonly string[]): Promise<TraceEvent[]> {
  const place = mkdtempSync(join(tmpdir(), 'postpoint-trace-'));
  try {
    writeFileSync(join(place, 'trace'), lines.map((line) => `${line}\n`).join(''));
    return await Array.fromAsync(readTrace(join(place, 'trace')));
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}
