import { setTimeout as sleep } from 'node:timers/promises';
import { postText } from '../../test/support/service.ts';
import { brokenPromises } from '../check/invariants.ts';
import type { CheckedChannel, DriverLedger } from '../check/ledgers.ts';
import type { FaultProgram } from '../program.ts';
import { megabytes, readProcessFigures } from '../support/process-figures.ts';
import { type Behaviour, takesAll } from '../support/receivers.ts';
import { onStage } from '../support/stage.ts';
import { untilNothingIsOpen } from '../support/until-rest.ts';

const TEXT_BYTES = 900_000;
/** Less than all texts at once take. */
const HEAP_MIB = 256;
/** So long no group answers, once all is accepted: time to send whatever would be sent. */
const HELD_MS = 2_000;
const END_SEEN_MS = 5_000;

export const longtexts: FaultProgram = {
  name: 'longtexts',
  about: 'messages of 900 KB to groups that do not answer, on a small machine: it lives, nothing is lost',
  async run({ full }) {
    const many = await flood({ groups: 8, messages: full ? 200 : 60 });
    const wide = await flood({ groups: full ? 1_000 : 300, messages: 1 });
    return {
      kind: 'measured',
      value: [many.value, wide.value].join('; '),
      bound: `all taken, 0 lost, alive with a heap of ${HEAP_MIB} MiB`,
      broken: [...many.broken, ...wide.broken],
    };
  },
};

interface Size {
  readonly groups: number;
  readonly messages: number;
}

async function flood({ groups, messages }: Size): Promise<{ value: string; broken: readonly string[] }> {
  const channels: readonly CheckedChannel[] = Array.from({ length: groups }, (_, index) => ({
    name: `slow${index}`,
    ordered: false,
    endpoint: `slow${index}`,
    perMinute: 0,
    perSecond: 0,
  }));
  const { behaviour, release } = takesAllOnceReleased();
  return onStage({ channels, behaviour }, async (stage) => {
    const service = await stage.start({
      NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --max-old-space-size=${HEAP_MIB}`,
    });
    const driver: DriverLedger = { accepted: new Map(), idsOfKey: new Map() };
    const delivering = async () => {
      await acceptAll(service.url, messages, driver);
      await sleep(HELD_MS);
      release();
      await untilNothingIsOpen(service.url);
      return null;
    };
    // An end of the service is seen a moment later than the requests that fail with it.
    const failLater = (error: unknown) => sleep(END_SEEN_MS).then(() => Promise.reject(error));
    const died = await Promise.race([service.exited, delivering().catch(failLater)]);
    if (died !== null) return { value: `${groups} groups: died`, broken: [`the service ended: ${died}`] };

    const peakBytes = readProcessFigures(service.process.pid)?.peakRssBytes;
    const peak = peakBytes === undefined ? 'memory not measured' : `at most ${megabytes(peakBytes)}`;
    const accepted = driver.accepted.size;
    const ledgers = await stage.finish(driver);
    return {
      value: `${accepted} to ${groups} groups, ${ledgers.arrivals.length} requests, ${peak}`,
      broken: [
        ...(accepted === messages ? [] : [`${messages - accepted} messages were not taken`]),
        ...brokenPromises(ledgers),
      ],
    };
  });
}

async function acceptAll(url: string, messages: number, { accepted }: DriverLedger): Promise<void> {
  const filler = 'x'.repeat(TEXT_BYTES);
  for (let count = 0; count < messages; count++) {
    const token = `m${count}m`;
    const { status, body } = await postText(url, { msg: `${token} ${filler}` });
    if (status === 200) accepted.set(body.id, { token, key: token });
  }
}

/** Requests wait for their answers until `release`. */
function takesAllOnceReleased(): { readonly behaviour: Behaviour; release(): void } {
  const answer = takesAll();
  let held: (() => void)[] | null = [];
  return {
    behaviour(request, response) {
      if (held === null) return answer(request, response);
      held.push(() => answer(request, response));
      return { taken: true };
    },
    release() {
      const released = held ?? [];
      held = null;
      for (const go of released) go();
    },
  };
}
