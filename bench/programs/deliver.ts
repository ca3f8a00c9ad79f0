import type { BenchProgram } from '../program.ts';
import { FIGURES, loadTable } from '../support/load-table.ts';
import { type Bench, type Measured, measureSubject, withBench } from '../support/measure-load.ts';
import { processFiguresMissing } from '../support/process-cost.ts';
import { measureInTurn, ratio } from '../support/rounds.ts';
import { postpoint, undiciCeiling } from '../support/subjects.ts';

const CONNECTIONS = 64;
/** Below what a channel with 64 requests in flight gets through a receiver that takes 100 ms each: 640 a second. */
const CALM_PER_SECOND = 200;

interface Setting {
  readonly name: string;
  readonly channels: number;
  /** false: each message to the next channel. */
  readonly toAll: boolean;
  readonly path: string;
  readonly perSecond?: number;
}

const SETTINGS: readonly Setting[] = [
  { name: '1 channel', channels: 1, toAll: false, path: '' },
  { name: '7 channels in turn', channels: 7, toAll: false, path: '' },
  { name: '7 channels, each message to all', channels: 7, toAll: true, path: '' },
  { name: '100 channels in turn', channels: 100, toAll: false, path: '' },
  { name: '1 channel, receiver takes 100 ms', channels: 1, toAll: false, path: 'slow' },
  {
    name: `the same at ${CALM_PER_SECOND} messages/s`,
    channels: 1,
    toAll: false,
    path: 'slow',
    perSecond: CALM_PER_SECOND,
  },
];

export const deliver: BenchProgram = {
  name: 'deliver',
  about: "delivery to a sink with 1, 7 and 100 channels and to a slow receiver, against undici's own ceiling",
  async run(context) {
    const why = processFiguresMissing();
    if (why !== null) return { kind: 'not_run', why };
    return withBench(async (bench) => {
      const { measureMs } = context;
      const undici = undiciCeiling(`${bench.sinkUrl}/`);
      const measured = await measureInTurn(context, [
        // Nothing is posted to it: what arrives is all there is.
        { name: undici.name, measure: () => measureSubject(bench, undici, { connections: 0, measureMs }) },
        ...SETTINGS.map((setting) => ({
          name: setting.name,
          measure: () => measureSetting(bench, setting, measureMs),
        })),
      ]);
      const ceiling = measured[undici.name] ?? [];
      const toCeiling = {
        title: "Arrived per second, to undici's ceiling",
        head: ['', 'value'],
        rows: SETTINGS.map(({ name }) => [name, ratio(measured[name] ?? [], ceiling, FIGURES.arrived)]),
      };
      const tables = [toCeiling, loadTable(`${CONNECTIONS} connections`, measured)];
      return { kind: 'measured', tables, rounds: measured };
    });
  },
};

function measureSetting(bench: Bench, setting: Setting, measureMs: number): Promise<Measured> {
  const { name, toAll, path, perSecond } = setting;
  // A path for each: limits and pauses belong to an endpoint, and each channel is to have its own.
  const channels = Array.from({ length: setting.channels }, (_, index) => ({
    name: `c${index + 1}`,
    url: `${bench.sinkUrl}/${path}${index + 1}`,
  }));
  const to = toAll ? [] : channels.map((channel) => channel.name);
  const rate = perSecond === undefined ? {} : { perSecond };
  return measureSubject(bench, postpoint(name, { channels }), {
    connections: CONNECTIONS,
    to,
    measureMs,
    ...rate,
  });
}
