import { setTimeout as sleep } from 'node:timers/promises';
import { DAMAGES } from '../badfile/damages.ts';
import { brokenPromises } from '../check/invariants.ts';
import type { CheckedChannel, DriverLedger } from '../check/ledgers.ts';
import type { FaultProgram } from '../program.ts';
import { backlog } from '../programs/backlog.ts';
import { startOnEach } from '../programs/badfile.ts';
import { descriptors } from '../programs/descriptors.ts';
import { diskfull } from '../programs/diskfull.ts';
import { fuzz } from '../programs/fuzz.ts';
import { raceForKeys } from '../programs/idem.ts';
import { countCalls, failCalls } from '../programs/iofault.ts';
import { isolate } from '../programs/isolate.ts';
import { killUnderLoad } from '../programs/kill9.ts';
import { longtexts } from '../programs/longtexts.ts';
import { overload } from '../programs/overload.ts';
import { dieAndRecover, type Policy } from '../programs/points.ts';
import { powercut } from '../programs/powercut.ts';
import { rate } from '../programs/rate.ts';
import { delaySyncs } from '../programs/slowdisk.ts';
import { soak } from '../programs/soak.ts';
import { stopUnderLoad } from '../programs/term.ts';
import { zoo } from '../programs/zoo.ts';
import { simulate } from '../simulation/simulate.ts';
import { SERVING_POINTS } from '../support/crash-points.ts';
import { post } from '../support/post.ts';
import { createRandom } from '../support/random.ts';
import { answerJson, type Behaviour, takesAll } from '../support/receivers.ts';
import { smallDiskMissing } from '../support/small-disk.ts';
import { onStage } from '../support/stage.ts';
import { straceMissing } from '../support/strace.ts';
import { mixedText } from '../support/traffic.ts';
import { untilNothingIsOpen } from '../support/until-rest.ts';

/** A program in its smallest form, with just enough in it for a bug to show. */
export interface Scene {
  /** Whose code plays it and whose checker judges it; null: it is the canary's own. */
  readonly program: string | null;
  /** It holds times or memory against a bound, so nothing else may run beside it. */
  readonly alone: boolean;
  /** @returns why it cannot be played here, or null. */
  missing(): string | null;
  /** @returns what was broken. */
  play(): Promise<readonly string[]>;
}

const SEED = 1;
/** Simulated days at most; most bugs show on the first. */
const DAYS = 12;

export const SCENES = {
  days: sceneOf('sim', () => someDays(true)),
  'days without a crash': sceneOf('sim', () => someDays(false)),
  'kills under load': sceneOf('kill9', async () => (await killUnderLoad({ seed: SEED, kills: 3 })).broken),
  'dies before an accept commits': sceneOf('points', () => die('accept_before_commit')),
  'dies before an accept is answered': sceneOf('points', () => die('accept_before_answer')),
  'dies before a turn commits': sceneOf('points', () => die('turn_before_commit')),
  'dies with a request at a receiver': sceneOf('points', () => die('request_written')),
  'dies with a request at a receiver that holds': sceneOf('points', () => die('request_written', 'hold')),
  'dies with an answer in hand': sceneOf('points', () => die('answer_in_hand')),
  'stops under load': sceneOf('term', async () => (await stopUnderLoad({ seed: SEED, cycles: 10 })).broken),
  'keys race': sceneOf('idem', async () => (await raceForKeys({ seed: SEED, keys: 10, kills: 1 })).broken),
  'power fails': { ...whole(powercut, straceMissing), alone: false },
  'writes fail': { ...sceneOf('iofault', writesFail), missing: straceMissing },
  diskfull: whole(diskfull, smallDiskMissing),
  'each sync is slow': { ...sceneOf('slowdisk', syncsAreSlow), missing: straceMissing },
  'marks are cut off': sceneOf('badfile', () => damage(/^the marks are cut off/)),
  'the store is gone': sceneOf('badfile', () => damage(/^no file beside a log of writes/)),
  backlog: whole(backlog, procMissing),
  descriptors: whole(descriptors, procMissing),
  zoo: whole(zoo),
  rate: whole(rate),
  isolate: whole(isolate),
  overload: whole(overload),
  longtexts: whole(longtexts),
  soak: whole(soak, procMissing),
  fuzz: whole(fuzz),
  'a fault between two parts': sceneOf(null, faultBetweenParts),
  'connections break': sceneOf(null, connectionsBreak),
  redirects: sceneOf(null, redirects),
  'a limit outlives a kill': sceneOf(null, limitOutlivesKill),
  'a receiver says nothing': sceneOf(null, sayNothing),
  'strangers ask': sceneOf(null, strangersAsk),
} as const satisfies Record<string, Scene>;

export type SceneName = keyof typeof SCENES;

function sceneOf(program: string | null, play: Scene['play']): Scene {
  return { program, alone: false, missing: () => null, play };
}

/** The short run of a program, as it is. */
function whole(program: FaultProgram, missing: Scene['missing'] = () => null): Scene {
  return { program: program.name, alone: true, missing, play: () => runShort(program) };
}

async function runShort(program: FaultProgram): Promise<readonly string[]> {
  const context = { seed: SEED, random: createRandom(SEED), full: false, say: () => undefined };
  const result = await program.run(context);
  return result.kind === 'measured' ? result.broken : [`not run: ${result.why}`];
}

function procMissing(): string | null {
  return process.platform === 'linux' ? null : 'what a process takes is read from /proc';
}

async function someDays(crashes: boolean): Promise<readonly string[]> {
  for (let day = 0; day < DAYS; day++) {
    const broken = brokenPromises(await simulate({ seed: SEED + day, hours: 24, crashes }));
    if (broken.length > 0) return broken;
  }
  return [];
}

/** From the middle of a run on, no write of the store's files has room. */
async function writesFail(): Promise<readonly string[]> {
  const count = (await countCalls()).get('pwrite64') ?? 0;
  const point = { syscall: 'pwrite64', error: 'ENOSPC', nth: Math.floor(count / 2), lasting: true };
  return (await failCalls([point])).broken;
}

async function syncsAreSlow(): Promise<readonly string[]> {
  return (await delaySyncs({ delayMs: 100, messages: 40, flood: false })).broken;
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

/** The second part of each long text is refused at first: the first one is there and must not come again. */
function faultBetweenParts(): Promise<readonly string[]> {
  const refused = new Set<string>();
  const channel = { ...CHANNEL, provider: 'workweixin_bot' };
  return sendSome(
    (request, response) => {
      if (request.part === 0 || refused.has(request.token)) return takesAll()(request, response);
      refused.add(request.token);
      answerJson(response, 503, {});
      return { taken: false };
    },
    { channel, text: mixedText, check: () => (refused.size > 0 ? [] : ['no text came in parts']) },
  );
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
  {
    channel = CHANNEL,
    text = (token: string) => token,
    settings = '',
    restMs = 60_000,
    check = () => [] as string[],
  } = {},
): Promise<readonly string[]> {
  return onStage({ channels: [channel], behaviour, settings }, async (stage) => {
    await stage.start();
    const driver: DriverLedger = { accepted: new Map(), idsOfKey: new Map() };
    for (let number = 1; number <= MESSAGES; number++) {
      const [token, key] = [`m${number}m`, `key-${number}`];
      const { status, id } = await post(stage.url(), { msg: text(token), key });
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
