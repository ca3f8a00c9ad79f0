import { readdirSync, readFileSync } from 'node:fs';

/** What a running process holds, read from /proc (Linux); null where there is none. */

/** The most memory that it ever had in RAM, MiB. */
export function peakMemoryMib(pid: number | undefined): number | null {
  return memoryMib(pid, 'VmHWM');
}

/** What it has in RAM now, MiB. */
export function presentMemoryMib(pid: number | undefined): number | null {
  return memoryMib(pid, 'VmRSS');
}

export function openDescriptors(pid: number | undefined): number | null {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return null;
  }
}

function memoryMib(pid: number | undefined, field: 'VmHWM' | 'VmRSS'): number | null {
  try {
    const kib = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(
      readFileSync(`/proc/${pid}/status`, 'utf8'),
    )?.[1];
    return kib === undefined ? null : Math.round(Number(kib) / 1_024);
  } catch {
    return null;
  }
}
