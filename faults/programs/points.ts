import { setTimeout as sleep } from 'node:timers/promises';
import type { OutcomeKind } from '../../src/core/outcome.ts';
import { brokenPromises } from '../check/invariants.ts';
import type { CheckedChannel, DriverLedger, Ledgers } from '../check/ledgers.ts';
import type { FaultProgram } from '../program.ts';
import {
  type CrashPoint,
  MIGRATION_POINTS,
  SERVING_POINTS,
  SETTLE_POINTS,
  type StateAtCrash,
} from '../support/crash-points.ts';
import { inParallel } from '../support/in-parallel.ts';
import { killAtHit, patchedEnvironment } from '../support/patched-source.ts';
import { post, postUntilAccepted } from '../support/post.ts';
import { type Behaviour, takesAll } from '../support/receivers.ts';
import { onStage, type Stage } from '../support/stage.ts';
import { untilNothingIsOpen } from '../support/until-rest.ts';

export type Policy = 'retry' | 'hold';

/** How the message in hand must end: the outcomes of its attempts, and how often the receiver saw it. */
interface Ending {
  readonly outcomes: readonly OutcomeKind[];
  readonly arrivals: number;
}

const DONE: Ending = { outcomes: ['ok'], arrivals: 1 };
/** The process that comes after says that the request never left, and sends it. */
const SENT_LATER: Ending = { outcomes: ['transient', 'ok'], arrivals: 1 };

/** A message that is in hand when the process dies at a point ends in one of these ways and not otherwise. */
const ENDINGS: Readonly<Record<StateAtCrash, Readonly<Record<Policy, readonly Ending[]>>>> = {
  settled: { retry: [DONE], hold: [DONE] },
  accepted: { retry: [DONE, SENT_LATER], hold: [DONE, SENT_LATER] },
  not_sent: { retry: [SENT_LATER], hold: [SENT_LATER] },
  leaving: {
    retry: [{ outcomes: ['unknown', 'ok'], arrivals: 1 }],
    hold: [{ outcomes: ['unknown'], arrivals: 0 }],
  },
  arrived: {
    retry: [{ outcomes: ['unknown', 'ok'], arrivals: 2 }],
    hold: [{ outcomes: ['unknown'], arrivals: 1 }],
  },
  answered: { retry: [DONE], hold: [DONE] },
};

interface Crash {
  readonly point: CrashPoint;
  readonly hit: number;
  readonly policy: Policy;
  /** The process dies here first, so that the next start has something to settle. */
  readonly earlier?: CrashPoint;
}

/** Long enough that no answer is back before a process dies that dies in the next turn of its event loop. */
const ANSWER_AFTER_MS = 200;
const AT_ONCE = 2;
/** A key names a message for two minutes. */
const GIVE_UP_MS = 110_000;

export const points: FaultProgram = {
  name: 'points',
  about:
    'SIGKILL exactly before and after each commit and each send: every message ends as that point demands',
  async run({ random, full, say }) {
    const crashes = full ? everyCrash() : everyPointOnce(() => random.next());
    let done = 0;
    const broken = await inParallel(crashes, AT_ONCE, async (crash) => {
      const sentences = await dieAndRecover(crash);
      if (++done % 20 === 0) say(`${done} of ${crashes.length} crashes`);
      return sentences.map((sentence) => `${nameOf(crash)}: ${sentence}`);
    });
    for (const state of Object.keys(ENDINGS)) {
      say(`${crashes.filter(({ point }) => point.state === state).length} crashes "${state}"`);
    }
    const names = new Set(crashes.map(({ point }) => point.name));
    return {
      kind: 'measured',
      value: `${crashes.length} crashes at ${names.size} points, ${broken.flat().length} broken promises`,
      bound: '0 lost; copies exactly where the answer was not seen, 0 with "hold"',
      broken: broken.flat(),
    };
  },
};

const ARRIVED = SERVING_POINTS.find(({ name }) => name === 'request_written');

function everyCrash(): Crash[] {
  const policies: readonly Policy[] = ['retry', 'hold'];
  return policies.flatMap((policy) => [
    ...SERVING_POINTS.flatMap((point) => [1, 2, 3, 5, 8].map((hit) => ({ point, hit, policy }))),
    ...startCrashes(policy),
  ]);
}

function everyPointOnce(random: () => number): Crash[] {
  const policy = (): Policy => (random() < 0.5 ? 'retry' : 'hold');
  return [
    ...SERVING_POINTS.map((point) => ({ point, hit: 1 + Math.floor(3 * random()), policy: policy() })),
    ...startCrashes(policy()),
  ];
}

function startCrashes(policy: Policy): Crash[] {
  return [
    ...MIGRATION_POINTS.map((point) => ({ point, hit: 1, policy })),
    ...SETTLE_POINTS.map((point) => ({
      point,
      hit: 1,
      policy,
      ...(ARRIVED === undefined ? {} : { earlier: ARRIVED }),
    })),
  ];
}

/** One message after the other, each to its end, so that exactly one is in hand when the process dies. */
export async function dieAndRecover(crash: Crash): Promise<string[]> {
  const { point, hit, policy, earlier } = crash;
  const channel: CheckedChannel = {
    name: 'one',
    ordered: true,
    onUncertain: policy,
    endpoint: 'one',
    perMinute: 0,
    perSecond: 0,
  };
  return onStage({ channels: [channel], behaviour: takesOnePerConnection }, async (stage) => {
    const life = startDoomed(stage, earlier === undefined ? [crash] : [{ point: earlier, hit: 1 }, crash]);
    try {
      await life.begun;
      const driver: DriverLedger = { accepted: new Map(), idsOfKey: new Map() };
      const inHand = new Set<string>();
      for (let number = 1; number <= hit + 2; number++) {
        const token = `m${number}m`;
        const deathsBefore = life.deaths();
        await sendToItsEnd(stage, driver, token);
        if (life.deaths() > deathsBefore) inHand.add(token);
      }
      if (life.deaths() !== life.planned)
        return [`the process died ${life.deaths()} times of ${life.planned}`];
      const ledgers = await stage.finish(driver);
      return [...brokenPromises(ledgers), ...wrongEndings(ledgers, inHand, ENDINGS[point.state][policy])];
    } finally {
      life.letGo();
    }
  });
}

/** Each request connects anew, so that it passes the points of connecting too. */
const takesOnePerConnection: Behaviour = (request, response) => {
  response.shouldKeepAlive = false;
  return takesAll(ANSWER_AFTER_MS)(request, response);
};

/** Starts the service with each crash in turn and brings it back after each death, at last without any. */
function startDoomed(stage: Stage, crashes: readonly Pick<Crash, 'point' | 'hit'>[]) {
  const queue = [...crashes];
  let deaths = 0;
  let over = false;

  async function next(): Promise<void> {
    const crash = queue.shift();
    if (crash === undefined) {
      await stage.start();
      return;
    }
    const patch = crash.point.patch(killAtHit(crash.hit));
    try {
      const service = await stage.start(patchedEnvironment([patch]));
      void service.exited.then(afterDeath);
    } catch (error) {
      // Some points lie before the service listens.
      if (!String(error).includes('(SIGKILL)')) throw error;
      await afterDeath('SIGKILL');
    }
  }

  async function afterDeath(how: number | string): Promise<void> {
    if (over) return;
    if (how !== 'SIGKILL') throw new Error(`the service ended by itself: ${how}`);
    deaths++;
    await next();
  }

  return {
    begun: next(),
    deaths: () => deaths,
    planned: crashes.length,
    /** What ends from now on is ended by us. */
    letGo() {
      over = true;
    },
  };
}

/** Posts a message, waits until nothing is open any more, and posts it again: the key is still good. */
async function sendToItsEnd(stage: Stage, driver: DriverLedger, token: string): Promise<void> {
  const key = `key-${token}`;
  for (let time = 0; time < 2; time++) {
    const id = await postUntilAccepted(() => post(stage.url(), { msg: token, key }), GIVE_UP_MS);
    if (id === null) throw new Error(`${token} was never accepted`);
    driver.accepted.set(id, { token, key });
    driver.idsOfKey.set(key, (driver.idsOfKey.get(key) ?? new Set()).add(id));
    await untilRestOrDeath(stage);
  }
}

/** The process may die meanwhile; the next one brings the message to its end. */
async function untilRestOrDeath(stage: Stage): Promise<void> {
  for (;;) {
    try {
      await untilNothingIsOpen(stage.url(), 60_000);
      return;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      await sleep(20);
    }
  }
}

function wrongEndings(
  { log, arrivals }: Ledgers,
  inHand: ReadonlySet<string>,
  endings: readonly Ending[],
): string[] {
  return log.flatMap(({ text, deliveries }) => {
    const right = (inHand.has(text) ? endings : [DONE]).map(
      (ending) => `${ending.outcomes.join()} and arrived ${ending.arrivals} times`,
    );
    const outcomes = deliveries.flatMap(({ attempts }) => attempts.map(({ outcome }) => outcome));
    const seen = arrivals.filter(({ token }) => token === text).length;
    const ended = `${outcomes.join()} and arrived ${seen} times`;
    if (right.includes(ended)) return [];
    return [`${text} ended ${ended}, not ${right.join(' or ')}`];
  });
}

function nameOf({ point, hit, policy }: Crash): string {
  return `${point.name} (hit ${hit}, ${policy})`;
}
