import { readdirSync, readFileSync } from 'node:fs';

/** What Linux tells of processes. */

/** @returns why there are no such figures here, or null. */
export function processFiguresMissing(): string | null {
  return process.platform === 'linux'
    ? null
    : 'processor time and memory of processes are read from /proc, which only Linux has';
}

/** Of all threads, since they started. */
export function cpuMs(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + cpuMsOf(pid), 0);
}

export function rssMiB(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + statusMiB(pid, 'VmRSS'), 0);
}

/** The most that each of them ever had. */
export function peakRssMiB(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + statusMiB(pid, 'VmHWM'), 0);
}

/**
 * The first number of each thread's schedstat: nanoseconds on a processor. The sums in `stat` are counted by ticks of 10 ms,
 * which says nothing of a process that works for a moment after each tick. Threads that have ended are not in it.
 * Source: https://docs.kernel.org/scheduler/sched-stats.html (read 2026-11-27).
 */
function cpuMsOf(pid: number): number {
  const spent = readdirSync(`/proc/${pid}/task`).map((thread) => nsOfThread(pid, thread));
  return spent.reduce((sum, ns) => sum + ns, 0) / 1e6;
}

function nsOfThread(pid: number, thread: string): number {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
  } catch {
    // It has ended since its name was read.
    return 0;
  }
}

function statusMiB(pid: number, name: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1_024;
}
