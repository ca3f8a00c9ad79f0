import { readFileSync } from 'node:fs';
import type { Boot } from '../core/boot.ts';

/** Linux names each boot with a random UUID. https://docs.kernel.org/admin-guide/sysctl/kernel.html#random (read 2026-11-26) */
const LINUX_BOOT_ID = '/proc/sys/kernel/random/boot_id';

/** This machine's boot. */
export function systemBoot(): Boot {
  return {
    id: readBootId(),
    // The monotonic clock counts from the start of the machine on every system that we know; suspended time may be left
    // out, which only makes a window look younger than it is.
    sinceStartMs: () => Number(process.hrtime.bigint() / 1_000_000n),
  };
}

function readBootId(): number | null {
  if (process.platform !== 'linux') return null;
  try {
    return bootIdOf(readFileSync(LINUX_BOOT_ID, 'utf8'));
  } catch {
    return null;
  }
}

/** The first 48 bits of a UUID, all random (RFC 9562 section 5.4); null for anything else. */
export function bootIdOf(text: string): number | null {
  const [, time, middle] = /^([\da-f]{8})-([\da-f]{4})-/.exec(text) ?? [];
  return Number.parseInt(`${time}${middle}`, 16) || null;
}
