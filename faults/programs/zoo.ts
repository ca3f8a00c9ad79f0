import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogEntryWithAttempts } from '../../src/store/store.ts';
import { createWorkplace, postText, startService } from '../../test/support/service.ts';
import { testCertificates } from '../../test/support/test-certificates.ts';
import type { FaultProgram } from '../program.ts';
import { PLAYED_PLATFORMS, type PlayedPlatform } from '../support/platforms.ts';
import { megabytes, readProcessFigures } from '../support/process-figures.ts';
import { shuffled } from '../support/random.ts';
import { readLogOfFile } from '../support/read-log.ts';
import type { Behaviour } from '../zoo/behaviour.ts';
import { allBehaviours } from '../zoo/behaviours.ts';
import { type Enclosure, keyOf, openEnclosure } from '../zoo/enclosure.ts';

const TIMEOUT_SECONDS = 1;
/** An attempt must be over this long after its deadline. */
const OVERTIME_MS = 1_000;
/** Behaviours that are met at the same time: their receivers must not be what is slow. */
const AT_ONCE = 4;
/** Over a thousand channels are met for the first time. */
const MAX_GROWTH_BYTES = 192 * 1_048_576;
const LOOK_EVERY_MS = 30;

interface Exhibit {
  readonly tag: string;
  readonly behaviour: Behaviour;
  readonly enclosure: Enclosure;
}

export const zoo: FaultProgram = {
  name: 'zoo',
  about:
    'hostile receivers for every provider: right outcome, in time, in bounded memory, one request per attempt',
  async run({ random, say }) {
    const canary = await openEnclosure({
      kind: 'raw',
      onConnect: (socket) => void canaryHits.push(socket.remotePort),
    });
    const canaryHits: unknown[] = [];
    const exhibits = await Promise.all(
      allBehaviours(`http://${canary.host}/canary`)
        .filter(({ receiver }) => receiver.kind !== 'stopped_process' || process.platform !== 'win32')
        .map(async (behaviour, index): Promise<Exhibit> => {
          return { tag: `b${index}`, behaviour, enclosure: await openEnclosure(behaviour.receiver) };
        }),
    );
    const workplace = createWorkplace(configOf(exhibits));
    try {
      const ca = join(workplace.folder, 'ca.pem');
      writeFileSync(ca, testCertificates.expired + testCertificates.other);
      const service = await startService(workplace, ['serve'], { NODE_EXTRA_CA_CERTS: ca });
      const before = readProcessFigures(service.process.pid);
      const waiting = shuffled(exhibits, random);
      const visitor = async () => {
        for (let next = waiting.shift(); next; next = waiting.shift()) await visit(service.url, next);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, visitor));
      const health = await fetch(`${service.url}/healthz`);
      const after = readProcessFigures(service.process.pid);
      const exit = await service.end('SIGTERM');
      const log = await readLogOfFile(join(workplace.folder, 'data/postpoint.db'));
      const attempts = log.flatMap(({ deliveries }) => deliveries.flatMap((delivery) => delivery.attempts));
      const slowestMs = Math.max(...attempts.map(({ durationMs }) => durationMs ?? 0));
      const growth = before && after ? after.peakRssBytes - before.rssBytes : null;
      if (growth === null) say('memory is not measured on this system');
      return {
        kind: 'measured',
        value: `${exhibits.length} behaviours x ${PLAYED_PLATFORMS.length} providers, ${attempts.length} attempts, slowest ${slowestMs.toFixed(0)} ms, memory +${growth === null ? '?' : megabytes(growth)}, ${canaryHits.length} canary hits`,
        bound: `right outcomes, requests = attempts, <= ${TIMEOUT_SECONDS * 1_000 + OVERTIME_MS} ms each, memory +${megabytes(MAX_GROWTH_BYTES)}, 0 canary hits`,
        broken: [
          ...exhibits.flatMap((exhibit) => wrongsOf(exhibit, log)),
          ...(canaryHits.length > 0 ? [`a canary was connected to ${canaryHits.length} times`] : []),
          ...(growth !== null && growth > MAX_GROWTH_BYTES ? [`memory grew by ${megabytes(growth)}`] : []),
          ...(health.status === 200 ? [] : [`/healthz says ${health.status}`]),
          ...(exit === 0 ? [] : [`the service ended with ${exit}`]),
        ],
      };
    } finally {
      await Promise.all(exhibits.map(({ enclosure }) => enclosure.close()));
      await canary.close();
      workplace.remove();
    }
  },
};

function configOf(exhibits: readonly Exhibit[]): string {
  const channels = exhibits.flatMap(({ tag, behaviour, enclosure }) =>
    PLAYED_PLATFORMS.map(
      ({ providerId, pathOf }) => `[channel.${tag}-${providerId}]
provider = "${providerId}"
endpoint.url = "${behaviour.https ? 'https' : 'http'}://${enclosure.host}${pathOf(keyOf(providerId))}"
rate_limit.minute.burst = 0
rate_limit.rate.frequency = 0
tags = ["${tag}"]`,
    ),
  );
  return `
api.port = 0
delivery.timeout = ${TIMEOUT_SECONDS}
delivery.retry.count = 0
delivery.shutdown_grace = 1
${channels.join('\n')}
`;
}

/** Sends a behaviour its messages and waits until each delivery has met it. */
async function visit(url: string, { tag, behaviour }: Exhibit): Promise<void> {
  const ids: string[] = [];
  for (let round = 0; round < (behaviour.rounds ?? 1); round++) {
    const { status, body } = await postText(url, { msg: `m${round}m ${tag}`, to: [tag] });
    if (status !== 200) throw new Error(`${behaviour.name}: ${status} ${body.msg}`);
    ids.push(body.id);
    if (behaviour.inTurn) await untilMet(url, body.id);
  }
  for (const id of ids) await untilMet(url, id);
}

async function untilMet(url: string, id: string): Promise<void> {
  for (;;) {
    const response = await fetch(`${url}/api/messages/${id}`);
    const { message } = (await response.json()) as {
      message: { deliveries: { status: string }[] };
    };
    if (message.deliveries.every(({ status }) => status !== 'queued' && status !== 'sending')) return;
    await sleep(LOOK_EVERY_MS);
  }
}

function wrongsOf(exhibit: Exhibit, log: readonly LogEntryWithAttempts[]): string[] {
  const messages = log.filter(({ text }) => text.endsWith(`m ${exhibit.tag}`));
  return PLAYED_PLATFORMS.flatMap((platform) =>
    messages.flatMap((message) => wrongsOfDelivery(exhibit, platform, message)),
  );
}

function wrongsOfDelivery(
  { tag, behaviour, enclosure }: Exhibit,
  platform: PlayedPlatform,
  message: LogEntryWithAttempts,
): string[] {
  const { name, requests = 'each' } = behaviour;
  const round = Number(/m(\d+)m/.exec(message.text)?.[1]);
  const where = `${name}, ${platform.providerId}, message ${round + 1}`;
  const delivery = message.deliveries.find(({ channel }) => channel === `${tag}-${platform.providerId}`);
  const attempts = delivery?.attempts ?? [];
  if (attempts.length === 0) return [`${where}: no attempt`];
  const seen = enclosure.seen.filter(
    (request) => request.platform === platform && request.round === round,
  ).length;
  const allowed = {
    each: [attempts.length, attempts.length],
    none: [0, 0],
    at_most_each: [0, attempts.length],
  } as const;
  const [least, most] = allowed[requests];
  const wanted = behaviour.wanted(platform, round);
  return [
    ...attempts
      .filter(({ outcome }) => outcome === null || !wanted.includes(outcome))
      .map(({ outcome, error }) => `${where}: ${outcome} instead of ${wanted.join(' or ')} (${error?.en})`),
    ...attempts
      .filter(({ durationMs }) => durationMs === null || durationMs > TIMEOUT_SECONDS * 1_000 + OVERTIME_MS)
      .map(({ durationMs }) => `${where}: took ${durationMs} ms`),
    ...(seen < least || seen > most ? [`${where}: ${seen} requests seen, ${attempts.length} attempts`] : []),
  ];
}
