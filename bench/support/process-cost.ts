import { readFileSync } from 'node:fs';

/** What Linux tells of processes. */

/** @returns why there are no such figures here, or null. */
export function processFiguresMissing(): string | null {
  return process.platform === 'linux'
    ? null
    : 'processor time and memory of processes are read from /proc, which only Linux has';
}

/** Of all threads, user and system, since they started. */
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

const TICK_MS = 10;

/** Fields 14 and 15 of proc_pid_stat(5), counted from after the name in brackets. */
function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

function statusMiB(pid: number, name: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1_024;
}
