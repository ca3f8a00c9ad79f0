import { chmodSync, cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  createWorkplace,
  eventually,
  type RunningService,
  StartFailure,
  startService,
  type Workplace,
} from '../../test/support/service.ts';
import { DAMAGES, type Damage, type Kept } from '../badfile/damages.ts';
import { fingerprints } from '../badfile/fingerprints.ts';
import { brokenPromises } from '../check/invariants.ts';
import type { CheckedChannel, DriverLedger, Ledgers } from '../check/ledgers.ts';
import type { FaultProgram } from '../program.ts';
import { inParallel } from '../support/in-parallel.ts';
import { post } from '../support/post.ts';
import { readLogOfFile } from '../support/read-log.ts';
import { type Receivers, type SeenArrival, startReceivers, takesAll } from '../support/receivers.ts';
import { smallDiskMissing } from '../support/small-disk.ts';
import { obeysFileModes } from '../support/unprivileged.ts';
import { untilNothingIsOpen } from '../support/until-rest.ts';

const CHANNELS: readonly CheckedChannel[] = ['quick', 'slow'].map((name) => ({
  ...{ name, endpoint: name, ordered: false },
  ...{ perMinute: 0, perSecond: 0 },
}));
const AT_ONCE = 2;
/** Enough for the store and its index to have pages in their middle. */
const CHECKPOINTED_MESSAGES = 200;
/** Accepted afterwards, and then the process dies: they are in the log of writes, and half of their requests in flight. */
const LOGGED_MESSAGES = 10;
const NEW_MESSAGES = 5;
const FILLER = ' some words of a message'.repeat(10);

export const badfile: FaultProgram = {
  name: 'badfile',
  about:
    'files of the store are read-only, damaged, cut off, foreign or in the way: a start says what is wrong or serves, and loses nothing',
  async run({ say }) {
    const modes = obeysFileModes();
    const noSmallDisk = smallDiskMissing();
    const missing = { 'file modes': modes.kind === 'missing' ? modes.why : null, 'small disk': noSmallDisk };
    const damages = DAMAGES.filter(({ needs }) => needs === undefined || missing[needs] === null);
    for (const [need, why] of Object.entries(missing))
      if (why !== null) say(`not run without ${need}: ${why}`);
    const results = await startOnEach(damages, modes.kind === 'obeyed' ? modes.front : []);
    const refused = results.filter((result) => result.refused).length;
    return {
      kind: 'measured',
      value: `${damages.length} damages of ${DAMAGES.length}: ${refused} starts refused, ${damages.length - refused} served, ${CHECKPOINTED_MESSAGES + LOGGED_MESSAGES} messages before each`,
      bound: 'refused with the reason and exit code 1, or served; 0 lost, 0 unlogged',
      broken: results.flatMap(({ broken }) => broken),
    };
  },
};

/** @param obeying the command in front of a service that must obey file modes. */
export async function startOnEach(damages: readonly Damage[], obeying: readonly string[]): Promise<Found[]> {
  const model = await makeModel();
  try {
    return await inParallel(damages, AT_ONCE, async (damage) => {
      const { refused, broken } = await startOn(damage, model, damage.needs === 'file modes' ? obeying : []);
      return { refused, broken: broken.map((text) => `${damage.name}: ${text}`) };
    });
  } finally {
    model.workplace.remove();
  }
}

/** A store whose process was killed, and what it had promised. */
interface Model {
  readonly workplace: Workplace;
  readonly all: DriverLedger;
  /** Those that are in the store file itself, whatever becomes of its log of writes. */
  readonly checkpointed: DriverLedger;
  readonly arrivals: readonly SeenArrival[];
}

async function makeModel(): Promise<Model> {
  let hangs = false;
  const takes = takesAll();
  const receivers = await startReceivers((request, response) =>
    hangs && request.channel === 'slow' ? { taken: true } : takes(request, response),
  );
  const workplace = createWorkplace(configFor(receivers));
  try {
    const all = newLedger();
    const first = await startService(workplace);
    await postSome(first.url, all, { from: 1, count: CHECKPOINTED_MESSAGES });
    await untilNothingIsOpen(first.url);
    await makeIndex(first.url, workplace);
    await first.end('SIGTERM');
    const checkpointed = copyOf(all);
    hangs = true;
    const second = await startService(workplace);
    await postSome(second.url, all, { from: CHECKPOINTED_MESSAGES + 1, count: LOGGED_MESSAGES });
    const expected = 2 * (CHECKPOINTED_MESSAGES + LOGGED_MESSAGES);
    await eventually('all have come', () => receivers.arrivals.length >= expected || undefined, 60_000);
    await second.end('SIGKILL');
    return { workplace, all, checkpointed, arrivals: receivers.arrivals };
  } catch (error) {
    workplace.remove();
    throw error;
  } finally {
    await receivers.close();
  }
}

/** Nothing is indexed at once but for a search. */
async function makeIndex(url: string, { folder }: Workplace): Promise<void> {
  await (await fetch(`${url}/api/messages?q=words`)).text();
  const path = join(folder, 'data/postpoint.db.search');
  await eventually('there is an index', () => existsSync(path) || undefined);
}

interface Found {
  readonly refused: boolean;
  readonly broken: readonly string[];
}

async function startOn(damage: Damage, model: Model, front: readonly string[]): Promise<Found> {
  const receivers = await startReceivers(takesAll());
  const workplace = createWorkplace(configFor(receivers));
  const folder = join(workplace.folder, 'data');
  const store = join(folder, 'postpoint.db');
  cpSync(join(model.workplace.folder, 'data'), folder, { recursive: true });
  const undo = damage.spoil(store);
  let service: RunningService | null = null;
  try {
    const before = fingerprints(folder);
    const started = await startService(workplace, ['serve'], {}, front).catch((error: unknown) => error);
    if (started instanceof StartFailure)
      return {
        refused: true,
        broken: [
          ...refusedBadly(damage, started),
          ...(await harmedByRefusal(damage, before, { store, folder, model })),
        ],
      };
    if (started instanceof Error) throw started;
    service = started as RunningService;
    const { wanted } = damage;
    if (wanted.kind === 'refuses') return { refused: false, broken: ['it started'] };
    const broken =
      wanted.kind === 'honest'
        ? await servedDishonestly(service.url)
        : await servedBadly(service, store, ledgersOf(wanted.keeps, model, receivers));
    return { refused: false, broken };
  } finally {
    await service?.end('SIGKILL');
    undo();
    chmodSync(workplace.folder, 0o700);
    await receivers.close();
    workplace.remove();
  }
}

function refusedBadly({ wanted }: Damage, { end, output }: StartFailure): string[] {
  return [
    ...(end === 1 ? [] : [`it ended with ${end}`]),
    ...(/^\s+at /m.test(output) ? [`it printed a stack: ${output}`] : []),
    ...(wanted.kind === 'serves' || !wanted.says.test(output) ? [`it said: ${output}`] : []),
  ];
}

async function harmedByRefusal(
  { wanted }: Damage,
  before: ReadonlyMap<string, string>,
  { store, folder, model }: { readonly store: string; readonly folder: string; readonly model: Model },
): Promise<string[]> {
  if (wanted.kind !== 'refuses') return [];
  if (wanted.later) {
    const left = new Set((await readLogOfFile(store)).map(({ id }) => id));
    return [...model.all.accepted.keys()].filter((id) => !left.has(id)).map((id) => `lost: ${id}`);
  }
  const after = fingerprints(folder);
  return [...before].flatMap(([name, print]) =>
    after.get(name) === print ? [] : [`it refused and changed ${name}`],
  );
}

/** It may answer that it cannot, but what it says that it has taken must be there. */
async function servedDishonestly(url: string): Promise<string[]> {
  const ledger = newLedger();
  await postSome(url, ledger, { from: 1_001, count: NEW_MESSAGES });
  const found = [...ledger.accepted].map(async ([id, { token }]) => {
    const text = await (await fetch(`${url}/api/messages/${id}`)).text();
    return text.includes(token) ? null : `lost: ${id}, the log says ${text.slice(0, 200)}`;
  });
  return (await Promise.all(found)).filter((sentence) => sentence !== null);
}

async function servedBadly(service: RunningService, store: string, ledgers: Expected): Promise<string[]> {
  const refused = await postSome(service.url, ledgers.driver, { from: 1_001, count: NEW_MESSAGES });
  await untilNothingIsOpen(service.url);
  const found = await (await fetch(`${service.url}/api/messages?q=m1001m`)).text();
  const code = await service.end('SIGTERM');
  return [
    ...refused.map((status) => `a message was answered with ${status}`),
    ...(found.includes('m1001m') ? [] : [`a search did not find a new message: ${found.slice(0, 200)}`]),
    ...(code === 0 ? [] : [`it ended with ${code}`]),
    ...brokenPromises({ ...ledgers, log: await readLogOfFile(store), output: service.output() }),
  ];
}

type Expected = Omit<Ledgers, 'log'>;

/** What the damage itself took is no concern of the service, and neither are its requests. */
function ledgersOf(keeps: Kept, model: Model, { arrivals, secrets }: Receivers): Expected {
  const driver = { all: copyOf(model.all), checkpointed: copyOf(model.checkpointed), nothing: newLedger() }[
    keeps
  ];
  const kept = new Set([...driver.accepted.values()].map(({ token }) => token));
  const earlier = model.arrivals.filter(({ token }) => kept.has(token));
  return {
    driver,
    channels: CHANNELS,
    secrets,
    get arrivals() {
      return [...earlier, ...arrivals];
    },
  };
}

function configFor(receivers: Receivers): string {
  const tables = CHANNELS.map(
    ({ name }) => `[channel.${name}]
provider = "webhook"
endpoint.url = "${receivers.urlOf(name)}"
rate_limit.rate.frequency = 0
`,
  );
  return `api.port = 0\ndelivery.retry.interval = 0.05\n${tables.join('')}`;
}

function newLedger(): DriverLedger {
  return { accepted: new Map(), idsOfKey: new Map() };
}

function copyOf({ accepted, idsOfKey }: DriverLedger): DriverLedger {
  return { accepted: new Map(accepted), idsOfKey: new Map(idsOfKey) };
}

/** One after the other. @returns the statuses other than 200. */
async function postSome(
  url: string,
  { accepted }: DriverLedger,
  { from, count }: { readonly from: number; readonly count: number },
): Promise<number[]> {
  const refused: number[] = [];
  for (let number = from; number < from + count; number++) {
    const [token, key] = [`m${number}m`, `key-${number}`];
    const { status, id } = await post(url, { msg: `${token}${FILLER}`, key });
    if (status === 200) accepted.set(id, { token, key });
    else refused.push(status);
  }
  return refused;
}
