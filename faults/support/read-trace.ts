import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** What a process did to its files, and what it sent, in the order in which the tracer saw it. */
export type TraceEvent =
  | { readonly kind: 'write'; readonly path: string; readonly bytes: Buffer; readonly offset: number }
  | { readonly kind: 'truncate'; readonly path: string; readonly size: number }
  /** Opened so that it exists afterwards. */
  | { readonly kind: 'create'; readonly path: string }
  | { readonly kind: 'make_folder'; readonly path: string }
  | { readonly kind: 'unlink'; readonly path: string }
  /** What was written before the begin of a sync is on disk at its end. */
  | { readonly kind: 'sync_begin' | 'sync_end'; readonly path: string; readonly thread: string }
  /** Bytes handed to a socket. */
  | { readonly kind: 'sent'; readonly bytes: Buffer };

/** To be traced, for `readTrace` to miss nothing. */
export const TRACED_SYSCALLS = [
  ...[
    'openat',
    'pwrite64',
    'write',
    'writev',
    'fsync',
    'fdatasync',
    'ftruncate',
    'unlink',
    'mkdir',
    'rename',
  ],
] as const;

const CALL = /^(\d+) +(\w+)\((.*)$/;
const RESUMED = /^(\d+) +<\.\.\. (\w+) resumed>/;
const RETURNED = /\) += (-?\d+)[^"]*$/;
const HEX_STRING = /"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?/g;
/** After the string of a pwrite64: its length, then where it goes. */
const OFFSET = /^", \d+, (\d+)/;
const DESCRIPTOR = /^\d+<((?:\\x[0-9a-f]{2})+)>/;

/**
 * Reads what `strace -f -y -xx` wrote. A write counts from its entry on: from then on its bytes may be on disk, or at the
 * peer.
 */
export async function* readTrace(traceFile: string): AsyncGenerator<TraceEvent> {
  /** Calls that another thread's call has interrupted in the trace. */
  const unfinished = new Map<string, { readonly name: string; readonly args: string }>();
  for await (const line of createInterface({ input: createReadStream(traceFile) })) {
    const resumed = RESUMED.exec(line);
    if (resumed !== null) {
      const [, thread = ''] = resumed;
      const call = unfinished.get(thread);
      unfinished.delete(thread);
      if (call !== undefined) yield* exitOf(thread, call.name, call.args, resultOf(line));
      continue;
    }
    const [, thread = '', name = '', args = ''] = CALL.exec(line) ?? [];
    if (name === '') continue;
    yield* entryOf(thread, name, args);
    if (line.endsWith('<unfinished ...>')) unfinished.set(thread, { name, args });
    else yield* exitOf(thread, name, args, resultOf(line));
  }
}

function* entryOf(thread: string, name: string, args: string): Generator<TraceEvent> {
  const path = descriptorPath(args);
  if (name === 'fsync' || name === 'fdatasync') yield { kind: 'sync_begin', path, thread };
  const writes = name === 'pwrite64' || name === 'write' || name === 'writev';
  if (!writes) return;
  const bytes = Buffer.concat(stringsOf(args));
  if (path.startsWith('socket:') || path.startsWith('TCP:')) yield { kind: 'sent', bytes };
  else if (name === 'pwrite64') {
    const offset = OFFSET.exec(args.slice(args.lastIndexOf('"')))?.[1];
    if (offset === undefined) throw new Error(`a write without its offset: ${args.slice(-80)}`);
    yield { kind: 'write', path, bytes, offset: Number(offset) };
  }
}

function* exitOf(thread: string, name: string, args: string, result: number): Generator<TraceEvent> {
  const path = descriptorPath(args);
  if (name === 'fsync' || name === 'fdatasync') {
    // One that has failed made nothing durable.
    if (result === 0) yield { kind: 'sync_end', path, thread };
    return;
  }
  if (result < 0) return;
  const named = stringsOf(args)[0]?.toString() ?? '';
  if (name === 'openat' && args.includes('O_CREAT')) yield { kind: 'create', path: named };
  if (name === 'mkdir') yield { kind: 'make_folder', path: named };
  if (name === 'unlink') yield { kind: 'unlink', path: named };
  if (name === 'ftruncate') yield { kind: 'truncate', path, size: Number(/, (\d+)\)/.exec(args)?.[1]) };
}

/** NaN when the process ended inside the call. */
function resultOf(line: string): number {
  return Number(RETURNED.exec(line)?.[1] ?? Number.NaN);
}

function descriptorPath(args: string): string {
  const hex = DESCRIPTOR.exec(args)?.[1];
  return hex === undefined ? '' : bytesOf(hex).toString();
}

function stringsOf(args: string): Buffer[] {
  return [...args.matchAll(HEX_STRING)].map(([, hex = '', cut]) => {
    if (cut !== undefined) throw new Error('the trace cuts its strings off: a larger maxBytes is needed');
    return bytesOf(hex);
  });
}

function bytesOf(hex: string): Buffer {
  return Buffer.from(hex.replaceAll('\\x', ''), 'hex');
}
