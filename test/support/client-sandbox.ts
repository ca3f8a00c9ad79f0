import type { TestContext } from 'node:test';
import type { GroupOptions } from '../../src/sandbox/group.ts';
import type { Arrival } from '../../src/sandbox/history.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts';
import { type SteppedClock, steppedClock } from '../../src/sandbox/testing.ts';

export interface ClientSandbox {
  readonly sandbox: Sandbox;
  /** Stands still at the present, which clients sign with, until it is stepped. */
  readonly clock: SteppedClock;
  readonly group: Sandbox['groups'][number];
  arrivals(): readonly Arrival[];
  /** `[display, …mentions]` of every post that members see. */
  shown(): readonly (readonly string[])[];
}

/** A sandbox with one group for somebody else's client; it closes with the test. */
export async function openClientSandbox(t: TestContext, options: GroupOptions): Promise<ClientSandbox> {
  // Some clients would otherwise send through the proxy of the machine that runs the tests.
  for (const name of Object.keys(process.env)) if (/_proxy$/i.test(name)) process.env[name] = '';
  const clock = steppedClock(Date.now());
  const sandbox = await startSandbox({ clock, groups: [options] });
  t.after(() => sandbox.close());
  const [group] = sandbox.groups;
  if (group === undefined) throw new Error('one group in, one group out');
  const arrivals = () => sandbox.received()[0]?.arrivals ?? [];
  return {
    sandbox,
    clock,
    group,
    arrivals,
    shown: () =>
      arrivals().flatMap(({ posts }) => posts.map(({ display, mentions }) => [display, ...mentions])),
  };
}

/** A fault of the platform's own making, for the next request. */
export function planFault(sandbox: Sandbox, kind: 'fail' | 'limit'): void {
  const fault = {
    kind,
    group: null,
    platform: null,
    delayMs: 0,
    status: 500,
    headers: {},
    body: '',
    taken: false,
  };
  sandbox.addFault(fault, 1);
}
