import { spawnSync } from 'node:child_process';

export interface StraceOptions {
  /** Where it writes what it saw. */
  readonly traceFile: string;
  readonly syscalls: readonly string[];
  /** Only calls on these files are traced and injected into; without it all are. */
  readonly paths?: readonly string[];
  /** `fsync:error=EIO:when=3`, see strace(1). */
  readonly inject?: readonly string[];
  /** Strings are kept up to this many bytes, all in hex. */
  readonly maxBytes?: number;
}

/** @returns why strace cannot be used here, or null. */
export function straceMissing(): string | null {
  if (process.platform !== 'linux') return 'strace works on Linux only';
  const { error, status } = spawnSync('strace', ['-f', '-o', '/dev/null', 'true']);
  if (error !== undefined) return 'strace is not installed';
  return status === 0 ? null : 'strace may not trace here';
}

/**
 * The command that goes in front of another one. The tracer runs as its grandchild (`-D`), so that the traced process has
 * the caller for its parent and gets its signals.
 */
export function straceCommand({ traceFile, syscalls, paths, inject, maxBytes }: StraceOptions): string[] {
  return [
    ...['strace', '-D', '-f', '--seccomp-bpf', '-qq', '-y', '-o', traceFile],
    ...(maxBytes === undefined ? [] : ['-xx', '-s', String(maxBytes)]),
    ...(paths ?? []).flatMap((path) => ['-P', path]),
    ...['-e', `trace=${syscalls.join(',')}`],
    ...(inject ?? []).flatMap((rule) => ['-e', `inject=${rule}`]),
  ];
}
