import type { BenchTable } from '../program.ts';
import { askLog } from './log-client.ts';
import { LOG_QUESTIONS, type LogQuestion } from './log-questions.ts';
import { createRandom } from './random.ts';

/** What the page shows at once. */
const PAGE_ROWS = 50;

/** Asks every question `runs` times, after once through all of them: the first requests of a process wait for its code. */
export async function measurePages(
  textUrl: string,
  runs: number,
): Promise<{ head: BenchTable['head']; rows: string[][] }> {
  const warmUp = createRandom(5);
  for (const { parameters } of LOG_QUESTIONS) await askLog(textUrl, parameters(warmUp));
  const rows = [];
  for (const question of LOG_QUESTIONS) rows.push(await measureQuestion(textUrl, question, runs));
  return {
    head: ['question', 'rows', 'goal ms', 'p50 ms', 'p99 ms', 'max ms', 'calls', 'all calls ms'],
    rows,
  };
}

/** Each run asks at another place, so that no cache of pages answers for the store. */
async function measureQuestion(textUrl: string, { name, goalMs, parameters }: LogQuestion, runs: number) {
  const random = createRandom(7);
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const startedMs = performance.now();
    await askLog(textUrl, parameters(random));
    times.push(performance.now() - startedMs);
  }
  times.sort((a, b) => a - b);
  const { rows, calls, ms } = await askToTheEnd(textUrl, parameters(createRandom(7)));
  const shown = [0.5, 0.99, 1].map((share) => times[Math.ceil(share * runs) - 1]?.toFixed(1) ?? '–');
  return [name, String(rows), String(goalMs), ...shown, String(calls), ms.toFixed(0)];
}

/** As the page does: on with the cursor while a search had to stop, until a page is full. */
async function askToTheEnd(textUrl: string, parameters: Record<string, string>) {
  const startedMs = performance.now();
  let rows = 0;
  let cursor: string | null = null;
  for (let calls = 1; ; calls++) {
    const page = await askLog(textUrl, cursor === null ? parameters : { ...parameters, cursor });
    rows += page.items.length;
    cursor = page.next_cursor;
    if (page.searched_until === null || rows >= PAGE_ROWS)
      return { rows, calls, ms: performance.now() - startedMs };
  }
}
