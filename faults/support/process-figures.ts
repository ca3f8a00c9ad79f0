import { readdirSync, readFileSync } from 'node:fs';

/** What Linux tells of a process; null on other systems and for one that has ended. */
export interface ProcessFigures {
  readonly rssBytes: number;
  /** The most that it ever was. */
  readonly peakRssBytes: number;
  readonly openFiles: number;
}

export function readProcessFigures(pid: number | undefined): ProcessFigures | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const kilobytes = (name: string) =>
      Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1_024;
    return {
      rssBytes: kilobytes('VmRSS'),
      peakRssBytes: kilobytes('VmHWM'),
      openFiles: readdirSync(`/proc/${pid}/fd`).length,
    };
  } catch {
    return null;
  }
}

export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1_048_576)} MiB`;
}
