import { setTimeout as sleep } from 'node:timers/promises';
import { brokenPromises } from '../check/invariants.ts';
import type { DriverLedger } from '../check/ledgers.ts';
import type { FaultProgram } from '../program.ts';
import { oddAnswers } from '../support/honest-clients.ts';
import { NO_ANSWER, NOT_CONNECTED, post, postUntilAccepted } from '../support/post.ts';
import { createRandom } from '../support/random.ts';
import { takesAll } from '../support/receivers.ts';
import { onStage } from '../support/stage.ts';

/** Requests with one key that set out in the same moment. */
const RACERS = 16;
/** Keys that are raced for at a time. */
const KEYS_AT_ONCE = 5;
const GIVE_UP_MS = 110_000;

const CHANNEL = { name: 'one', ordered: false, endpoint: 'one', perMinute: 0, perSecond: 0 } as const;

export const idem: FaultProgram = {
  name: 'idem',
  about: `${RACERS} requests race with one key, through kills and restarts: one message, one id`,
  async run({ seed, full, say }) {
    const keys = full ? 2_000 : 100;
    const report = await raceForKeys({ seed, keys, kills: full ? 60 : 5, say });
    return {
      kind: 'measured',
      value: `${keys} keys x ${RACERS} requests, ${report.kills} kills: ${report.messages} messages, ${report.ids} ids`,
      bound: `${keys} messages, one id per key, every racer answered with 200 at last`,
      broken: report.broken,
    };
  },
};

export interface RaceReport {
  readonly kills: number;
  readonly messages: number;
  readonly ids: number;
  readonly broken: readonly string[];
}

/** JSON and forms race for each key, some of them with another text. */
export async function raceForKeys(options: {
  readonly seed: number;
  readonly keys: number;
  readonly kills: number;
  readonly say?: (line: string) => void;
}): Promise<RaceReport> {
  const { keys, kills, say } = options;
  const random = createRandom(options.seed);
  return onStage({ channels: [CHANNEL], behaviour: takesAll(2) }, async (stage) => {
    await stage.start();
    const driver: DriverLedger = { accepted: new Map(), idsOfKey: new Map() };
    const refusals = new Map<number, number>();
    let raced = 0;

    function run(token: string, key: string, racer: number): Promise<string | null> {
      // The same key with another text is a repeat too: whoever comes first names the message.
      const msg = racer % 4 === 3 ? `${token} otherwise` : token;
      return postUntilAccepted(
        () => post(stage.url(), { msg, key, form: racer % 2 === 1 }),
        GIVE_UP_MS,
        (status) => refusals.set(status, (refusals.get(status) ?? 0) + 1),
      );
    }

    async function raceOn(): Promise<string[]> {
      const unanswered: string[] = [];
      while (raced < keys) {
        const token = `m${++raced}m`;
        const key = `key-${token}`;
        const ids = await Promise.all(Array.from({ length: RACERS }, (_, racer) => run(token, key, racer)));
        const known = ids.filter((id) => id !== null);
        for (const id of known) driver.accepted.set(id, { token, key });
        driver.idsOfKey.set(key, new Set(known));
        if (known.length < RACERS) unanswered.push(`answers: a racer for ${key} never got a 200`);
        if (raced % 500 === 0) say?.(`${raced} keys`);
      }
      return unanswered;
    }

    const racing = Promise.all(Array.from({ length: KEYS_AT_ONCE }, raceOn));
    let killed = 0;
    for (; killed < kills && raced < keys; killed++) {
      // Spread over the whole race, at whatever speed it runs.
      const next = ((killed + random.next()) * keys) / kills;
      while (raced < next && raced < keys) await sleep(1);
      await stage.end('SIGKILL');
      await stage.start();
    }
    const unanswered = await racing;
    const ledgers = await stage.finish(driver);
    const messages = ledgers.log.length;
    return {
      kills: killed,
      messages,
      ids: driver.accepted.size,
      broken: [
        ...brokenPromises(ledgers),
        ...unanswered.flat(),
        ...(messages === keys ? [] : [`key: ${messages} messages for ${keys} keys`]),
        ...(killed > 0 ? [] : ['no kill came into the race']),
        ...oddAnswers(refusals, [NO_ANSWER, NOT_CONNECTED]),
      ],
    };
  });
}
