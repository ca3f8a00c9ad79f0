import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 50;

/** Waits until no delivery is open any more. @throws when that takes longer than `limitMs`. */
export async function untilNothingIsOpen(url: string, limitMs = 120_000): Promise<void> {
  const endMs = performance.now() + limitMs;
  for (;;) {
    const metrics = await (await fetch(`${url}/metrics`)).text();
    const open = [...metrics.matchAll(/^postpoint_open_deliveries\{[^}]*\} (\d+)$/gm)];
    if (open.length > 0 && open.every(([, count]) => count === '0')) return;
    if (performance.now() > endMs)
      throw new Error(`still open after ${limitMs} ms:\n${open.map(([line]) => line).join('\n')}`);
    await sleep(LOOK_EVERY_MS);
  }
}
