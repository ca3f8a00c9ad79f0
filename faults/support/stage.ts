import { join } from 'node:path';
import { createWorkplace, type RunningService, startService } from '../../test/support/service.ts';
import type { CheckedChannel, DriverLedger, Ledgers } from '../check/ledgers.ts';
import { readLogOfFile } from './read-log.ts';
import { type Behaviour, type Receivers, type SeenArrival, startReceivers } from './receivers.ts';
import { untilNothingIsOpen } from './until-rest.ts';

/** The real command in a working directory of its own, with receivers on loopback for its channels. */
export interface Stage {
  readonly receivers: Receivers;
  /** Where the service listens now. */
  url(): string;
  /** Starts the service, for the first time or again. @throws when it does not get as far as listening. */
  start(env?: Readonly<Record<string, string>>): Promise<RunningService>;
  /** Ends the service that runs. @returns the exit code, or the signal's name. */
  end(signal: NodeJS.Signals): Promise<number | string>;
  /** Waits until no delivery is open, stops the service and reads its log. */
  finish(driver: DriverLedger): Promise<SeenLedgers>;
}

export interface SeenLedgers extends Ledgers {
  readonly arrivals: readonly SeenArrival[];
}

export interface StageOptions {
  readonly channels: readonly CheckedChannel[];
  readonly behaviour: Behaviour;
  /** Further lines for the top of `config.toml`. */
  readonly settings?: string;
}

/**
 * Node.js keeps compiled code here: starts take most of the time of a program that kills, and this saves a third of it
 * (2,170 -> 1,450 ms of CPU time).
 */
const COMPILE_CACHE = join(import.meta.dirname, '../../node_modules/.cache/postpoint-faults');

/** Runs `use` on a stage; whatever happens, no process, socket or folder of it is left behind. */
export async function onStage<T>(options: StageOptions, use: (stage: Stage) => Promise<T>): Promise<T> {
  const { channels, behaviour, settings = '' } = options;
  const receivers = await startReceivers(behaviour);
  const workplace = createWorkplace(
    `api.port = 0\ndelivery.retry.interval = 0.05\n${settings}\n${channelTables(channels, receivers)}`,
  );
  const outputs: (() => string)[] = [];
  let service: RunningService | null = null;
  const running = () => {
    if (service === null) throw new Error('the service does not run');
    return service;
  };
  try {
    return await use({
      receivers,
      url: () => running().url,
      async start(env) {
        service = await startService(workplace, ['serve'], { NODE_COMPILE_CACHE: COMPILE_CACHE, ...env });
        outputs.push(service.output);
        return service;
      },
      end: (signal) => running().end(signal),
      async finish(driver) {
        await untilNothingIsOpen(running().url);
        await running().end('SIGTERM');
        return {
          driver,
          arrivals: receivers.arrivals,
          log: await readLogOfFile(join(workplace.folder, 'data/postpoint.db')),
          channels,
          output: outputs.map((output) => output()).join(''),
          secrets: receivers.secrets,
        };
      },
    });
  } finally {
    await (service as RunningService | null)?.end('SIGKILL');
    await receivers.close();
    workplace.remove();
  }
}

function channelTables(channels: readonly CheckedChannel[], receivers: Receivers): string {
  return channels
    .map(
      ({ name, provider = 'webhook', ordered, onUncertain = 'retry', perMinute, perSecond }) => `
[channel.${name}]
provider = "${provider}"
endpoint.url = "${receivers.urlOf(name)}"
ordered = ${ordered}
on_uncertain = "${onUncertain}"
rate_limit.minute.burst = ${perMinute}
rate_limit.rate.frequency = ${perSecond}
`,
    )
    .join('');
}
