import { setTimeout as sleep } from 'node:timers/promises';
import { LOG_QUESTIONS } from './log-questions.ts';
import { createRandom } from './random.ts';

export interface PageAnswer {
  readonly items: readonly unknown[];
  readonly next_cursor: string | null;
  readonly searched_until: string | null;
}

/** @param textUrl where the service takes texts. */
export async function askLog(textUrl: string, parameters: Record<string, string>): Promise<PageAnswer> {
  const response = await fetch(new URL(`/api/messages?${new URLSearchParams(parameters)}`, textUrl));
  const answer = (await response.json()) as PageAnswer & { msg: string };
  if (response.status !== 200) throw new Error(answer.msg);
  return answer;
}

/**
 * One person who searches for something else each time.
 *
 * @param pauseMs between an answer and the next search. @returns what ends it.
 */
export function searchOnAndOn(textUrl: string, pauseMs: number): () => Promise<void> {
  const random = createRandom(3);
  let goesOn = true;
  const searching = (async () => {
    while (goesOn) {
      for (const { parameters } of LOG_QUESTIONS) {
        if (!goesOn) return;
        await askLog(textUrl, parameters(random));
        await sleep(pauseMs);
      }
    }
  })();
  return () => {
    goesOn = false;
    return searching;
  };
}
