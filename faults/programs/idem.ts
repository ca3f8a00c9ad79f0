import { setTimeout as sleep } from 'node:timers/promises';
import { brokenPromises } from '../check/invariants.ts';
import type { DriverLedger } from '../check/ledgers.ts';
import type { FaultProgram } from '../program.ts';
import { oddAnswers } from '../support/honest-clients.ts';
import { NO_ANSWER, NOT_CONNECTED, post, postUntilAccepted } from '../support/post.ts';
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
  async run({ random, full, say }) {
    const keys = full ? 2_000 : 100;
    const kills = full ? 60 : 5;
    return onStage({ channels: [CHANNEL], behaviour: takesAll(2) }, async (stage) => {
      await stage.start();
      const driver: DriverLedger = { accepted: new Map(), idsOfKey: new Map() };
      const refusals = new Map<number, number>();
      let unanswered = 0;
      let raced = 0;

      async function race(): Promise<void> {
        while (raced < keys) {
          const token = `m${++raced}m`;
          const key = `key-${token}`;
          const ids = await Promise.all(
            Array.from({ length: RACERS }, (_, racer) => {
              // The same key with another text is answered as a repeat too: whoever comes first names the message.
              const msg = racer % 4 === 3 ? `${token} otherwise` : token;
              const send = () => post(stage.url(), { msg, key, form: racer % 2 === 1 });
              return postUntilAccepted(send, GIVE_UP_MS, (status) =>
                refusals.set(status, (refusals.get(status) ?? 0) + 1),
              );
            }),
          );
          for (const id of ids) {
            if (id === null) unanswered++;
            else driver.accepted.set(id, { token, key });
          }
          driver.idsOfKey.set(key, new Set(ids.filter((id) => id !== null)));
          if (raced % 500 === 0) say(`${raced} keys`);
        }
      }

      const racing = Promise.all(Array.from({ length: KEYS_AT_ONCE }, race));
      let killed = 0;
      for (; killed < kills && raced < keys; killed++) {
        // Spread over the whole race, at whatever speed it runs.
        const nextAt = ((killed + random.next()) * keys) / kills;
        while (raced < nextAt && raced < keys) await sleep(1);
        await stage.end('SIGKILL');
        await stage.start();
      }
      await racing;
      const ledgers = await stage.finish(driver);
      const messages = ledgers.log.length;
      return {
        kind: 'measured',
        value: `${keys} keys x ${RACERS} requests, ${killed} kills: ${messages} messages, ${driver.accepted.size} ids`,
        bound: `${keys} messages, one id per key, every racer answered with 200 at last`,
        broken: [
          ...brokenPromises(ledgers),
          ...(messages === keys ? [] : [`key: ${messages} messages for ${keys} keys`]),
          ...(unanswered === 0 ? [] : [`answers: ${unanswered} racers never got a 200`]),
          ...(killed > 0 ? [] : ['no kill came into the race']),
          ...oddAnswers(refusals, [NO_ANSWER, NOT_CONNECTED]),
        ],
      };
    });
  },
};
