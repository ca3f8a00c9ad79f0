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

/** One person who searches without a pause, for something else each time. @returns what ends it. */
export function searchOnAndOn(textUrl: string): () => Promise<void> {
  const random = createRandom(3);
  let goesOn = true;
  const searching = (async () => {
    while (goesOn) {
      for (const { parameters } of LOG_QUESTIONS) if (goesOn) await askLog(textUrl, parameters(random));
    }
  })();
  return () => {
    goesOn = false;
    return searching;
  };
}
