import { setTimeout as sleep } from 'node:timers/promises';
import { rssMiB } from './process-cost.ts';
import type { RunningSubject, Subject } from './subjects.ts';

export interface MeasuredStart {
  /** From the start of the first process to the answer to the first accepted message. */
  readonly startMs: number;
  /** Of all processes, once they have been left alone for a while. */
  readonly idleMiB: number;
}

const IDLE_AFTER_MS = 5_000;
const TRY_EVERY_MS = 2;

export async function measureStart(subject: Subject): Promise<MeasuredStart> {
  const startedMs = performance.now();
  const running = await subject.start();
  try {
    await untilAccepted(running);
    const startMs = performance.now() - startedMs;
    await sleep(IDLE_AFTER_MS);
    return { startMs, idleMiB: rssMiB(running.pids) };
  } finally {
    await running.stop();
  }
}

async function untilAccepted({ url }: RunningSubject): Promise<void> {
  for (;;) {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ msg: 'the first message' }),
    });
    await answer.arrayBuffer();
    if (answer.status === 200) return;
    await sleep(TRY_EVERY_MS);
  }
}
