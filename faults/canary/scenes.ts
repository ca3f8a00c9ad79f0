import { setTimeout as sleep } from 'node:timers/promises';
import { DAMAGES } from '../badfile/damages.ts';
import { brokenPromises } from '../check/invariants.ts';
import type { CheckedChannel, DriverLedger } from '../check/ledgers.ts';
import { startOnEach } from '../programs/badfile.ts';
import { raceForKeys } from '../programs/idem.ts';
import { killUnderLoad } from '../programs/kill9.ts';
import { dieAndRecover, type Policy } from '../programs/points.ts';
import { powercut } from '../programs/powercut.ts';
import { stopUnderLoad } from '../programs/term.ts';
import { simulate } from '../simulation/simulate.ts';
import { SERVING_POINTS } from '../support/crash-points.ts';
import { post } from '../support/post.ts';
import { createRandom } from '../support/random.ts';
import { answerJson, type Behaviour, takesAll } from '../support/receivers.ts';
import { onStage } from '../support/stage.ts';
import { untilNothingIsOpen } from '../support/until-rest.ts';

/** The programs in their smallest form, each with just enough in it for a bug to show. Returns what was broken. */
type Scene = () => Promise<readonly string[]>;

const SEED = 1;
/** Simulated days at most; most bugs show on the first. */
const DAYS = 12;

export const SCENES = {
  days: () => someDays(true),
  'days without a crash': () => someDays(false),
  'dies before an accept commits': () => die('accept_before_commit'),
  'dies before an accept is answered': () => die('accept_before_answer'),
  'dies before a turn commits': () => die('turn_before_commit'),
  'dies with a request at a receiver': () => die('request_written'),
  'dies with a request at a receiver that holds': () => die('request_written', 'hold'),
  'dies with an answer in hand': () => die('answer_in_hand'),
  'marks are cut off': () => damage(/^the marks are cut off/),
  'the store is gone': () => damage(/^no file beside a log of writes/),
  'kills under load': async () => (await killUnderLoad({ seed: SEED, kills: 3 })).broken,
  'stops under load': async () => (await stopUnderLoad({ seed: SEED, cycles: 3 })).broken,
  'keys race': async () => (await raceForKeys({ seed: SEED, keys: 10, kills: 1 })).broken,
  'connections break': connectionsBreak,
  redirects,
  'a limit outlives a kill': limitOutlivesKill,
  'a receiver says nothing': sayNothing,
  'strangers ask': strangersAsk,
  'power fails': powerFails,
} as const satisfies Record<string, Scene>;

export type SceneName = keyof typeof SCENES;

async function someDays(crashes: boolean): Promise<readonly string[]> {
  for (let day = 0; day < DAYS; day++) {
    const broken = brokenPromises(await simulate({ seed: SEED + day, hours: 24, crashes }));
    if (broken.length > 0) return broken;
  }
  return [];
}

async function powerFails(): Promise<readonly string[]> {
  const context = { seed: SEED, random: createRandom(SEED), full: false, say: () => undefined };
  const result = await powercut.run(context);
  return result.kind === 'measured' ? result.broken : [`not run: ${result.why}`];
}

function die(name: string, policy: Policy = 'retry'): Promise<readonly string[]> {
  const point = SERVING_POINTS.find((candidate) => candidate.name === name);
  if (point === undefined) throw new Error(`no point ${name}`);
  return dieAndRecover({ point, hit: 1, policy });
}

async function damage(names: RegExp): Promise<readonly string[]> {
  const results = await startOnEach(
    DAMAGES.filter(({ name }) => names.test(name)),
    [],
  );
  return results.flatMap(({ broken }) => broken);
}

const CHANNEL: CheckedChannel = { name: 'one', ordered: false, endpoint: 'one', perMinute: 0, perSecond: 0 };
const MESSAGES = 12;

/** Every third request is taken, and then its connection breaks off. */
function connectionsBreak(): Promise<readonly string[]> {
  let count = 0;
  return sendSome((request, response) => {
    if (++count % 3 !== 0) return takesAll()(request, response);
    response.destroy();
    return { taken: true };
  });
}

/** The group has moved: nobody asked us to go there. */
function redirects(): Promise<readonly string[]> {
  let followed = 0;
  return sendSome(
    ({ channel }, response) => {
      if (channel === 'elsewhere') followed++;
      if (channel === 'elsewhere') answerJson(response, 200, {});
      else response.writeHead(307, { location: '/elsewhere' }).end();
      return { taken: false };
    },
    { check: () => (followed > 0 ? [`redirect: ${followed} requests went elsewhere`] : []) },
  );
}

/** Takes the request and never answers: an attempt ends with its deadline all the same. */
function sayNothing(): Promise<readonly string[]> {
  return sendSome(() => ({ taken: true }), {
    settings: 'delivery.timeout = 1\ndelivery.retry.count = 0',
    restMs: 30_000,
  });
}

async function sendSome(
  behaviour: Behaviour,
  { settings = '', restMs = 60_000, check = () => [] as string[] } = {},
): Promise<readonly string[]> {
  return onStage({ channels: [CHANNEL], behaviour, settings }, async (stage) => {
    await stage.start();
    const driver: DriverLedger = { accepted: new Map(), idsOfKey: new Map() };
    for (let number = 1; number <= MESSAGES; number++) {
      const [token, key] = [`m${number}m`, `key-${number}`];
      const { status, id } = await post(stage.url(), { msg: token, key });
      if (status === 200) driver.accepted.set(id, { token, key });
      // One after the other, so that connections are used again.
      await sleep(20);
    }
    try {
      await untilNothingIsOpen(stage.url(), restMs);
    } catch {
      return [`deadline: deliveries are still open after ${restMs} ms`];
    }
    const ledgers = await stage.finish(driver);
    return [...brokenPromises(ledgers), ...check()];
  });
}

const LIMIT = 5;

/** A channel has used up its minute, the process dies, and more is waiting: nothing of it may leave yet. */
function limitOutlivesKill(): Promise<readonly string[]> {
  const limited: CheckedChannel = { ...CHANNEL, name: 'limited', endpoint: 'limited', perMinute: LIMIT };
  return onStage({ channels: [CHANNEL, limited], behaviour: takesAll() }, async (stage) => {
    const { arrivals } = stage.receivers;
    const cameTo = (name: string) => arrivals.filter(({ channel }) => channel === name).length;
    const untilCame = async (name: string, count: number) => {
      while (cameTo(name) < count) await sleep(5);
    };
    await stage.start();
    for (let number = 1; number <= 2 * LIMIT; number++) {
      await post(stage.url(), { msg: `m${number}m`, key: `key-${number}` });
    }
    await untilCame('limited', LIMIT);
    await stage.end('SIGKILL');
    await stage.start();
    // The lanes of the new process all run when one of them has sent this much.
    for (let number = 1; number <= MESSAGES; number++) {
      await post(stage.url(), { msg: `m9${number}m`, key: `key-9${number}` });
    }
    await untilCame(CHANNEL.name, 2 * LIMIT + MESSAGES);
    const seen = cameTo('limited');
    return seen > LIMIT ? [`limit: ${seen} requests in a minute, ${LIMIT} are allowed`] : [];
  });
}

const LOCKED_ROUTES = [
  'POST /api/text',
  'GET /api/messages',
  'GET /api/messages/01ARZ3NDEKTSV4RRFFQ69G5FAV',
  'GET /api/channels',
  'POST /api/channels/one/resume',
  'GET /api/nothing',
];

/** Without the configured header nothing under /api/ says more than 401. */
function strangersAsk(): Promise<readonly string[]> {
  const settings = 'api.headers = { "X-Key" = "k3y" }';
  return onStage({ channels: [CHANNEL], behaviour: takesAll(), settings }, async (stage) => {
    await stage.start();
    const answers = await Promise.all(
      LOCKED_ROUTES.map(async (route) => {
        const [method = '', path] = route.split(' ');
        const { status } = await fetch(`${stage.url()}${path}`, { method, headers: { 'x-key': 'k3' } });
        return { route, status };
      }),
    );
    return answers
      .filter(({ status }) => status !== 401)
      .map(({ route, status }) => `auth: ${route} said ${status} to a stranger`);
  });
}
