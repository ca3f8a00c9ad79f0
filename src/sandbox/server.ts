import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, systemClock } from '../core/clock.ts';
import type { LocalText } from '../core/local-text.ts';
import { langOfHeader, texts } from '../texts/texts.ts';
import { type ControlDeps, handleControl } from './control.ts';
import { type Fault, openFaults } from './faults.ts';
import { completeGroups, DEMO_GROUPS, type Group, type GroupOptions } from './group.ts';
import { isSafeHost } from './guard.ts';
import { type GroupView, openHistory } from './history.ts';
import { liveEvents } from './live-events.ts';
import { findPageFile, PAGE_HEADERS, type ReadPageFile, readPageFile } from './page-files.ts';
import { PLATFORM_IDS, type PlatformId, platformOf } from './platforms.ts';
import { sendAnswer } from './send-answer.ts';
import { type PlatformDeps, servePlatform } from './serve-platform.ts';
import { textAnswer } from './stand-in.ts';

/** Messages, and as many refusals, that are kept per group. */
const KEEP = 200;
const KEEP_ALIVE_MS = 65_000;

export interface SandboxOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any free one. */
  readonly port?: number;
  /** The platforms' clock: windows, bans, clock skew. A test passes one that it can step. */
  readonly clock?: Clock;
  /** Default: one ready group of each platform. */
  readonly groups?: readonly GroupOptions[];
  /** Messages, and as many refusals, kept per group. Default 200. */
  readonly keep?: number;
  /** Where the page's files come from; a single executable passes its own. */
  readonly readPageFile?: ReadPageFile;
}

/** A group as a sender needs it. */
export interface SandboxGroup {
  readonly id: string;
  readonly platform: PlatformId;
  readonly label: LocalText;
  /** The platform's colour, `#rrggbb`. */
  readonly mark: string;
  /** To be used as `endpoint.url`. */
  readonly endpointUrl: string;
  readonly secret: string | null;
}

export interface Sandbox {
  /** Where the page is: `http://127.0.0.1:<port>/`. */
  readonly url: string;
  readonly groups: readonly SandboxGroup[];
  /** What arrived, per group. A request with a wrong key is listed at the first group of its platform. */
  received(): readonly GroupView[];
  /** Plans faults, as `POST /_sandbox/faults` does. */
  addFault(fault: Fault, times: number): void;
  clearFaults(): void;
  /** Forgets messages, faults, windows and bans. */
  reset(): void;
  close(): Promise<void>;
}

/** Starts stand-ins of the platforms on real HTTP, with a page that shows what members of each group see. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { host = '127.0.0.1', port = 0, clock = systemClock, keep = KEEP } = options;
  const groups = completeGroups(options.groups ?? DEMO_GROUPS);
  const history = openHistory(groups, keep);
  const faults = openFaults();
  const events = liveEvents();
  const closing = new AbortController();
  const openStandIns = () =>
    PLATFORM_IDS.map((id) => ({
      ...platformOf(id).open(groups.filter(({ platform }) => platform === id)),
      id,
    }));
  let standIns = openStandIns();
  let views: readonly SandboxGroup[] = [];

  const reset = () => {
    standIns = openStandIns();
    history.clear();
    faults.clear();
    events.send('reset', {});
  };
  const control: ControlDeps = { faults, events, groups: () => views, view: () => history.view(), reset };

  const deps: PlatformDeps = { groups, history, faults, events, clock, closing: closing.signal };

  const serve = async (incoming: IncomingMessage, response: ServerResponse) => {
    const lang = langOfHeader(incoming.headers['accept-language'], 'zh');
    if (!isSafeHost(incoming.headers.host)) {
      sendAnswer(response, textAnswer(403, `${texts[lang].sandbox.refusedHost}\n`));
      return;
    }
    const url = readTarget(incoming.url ?? '');
    const path = url?.pathname ?? '';
    const file = incoming.method === 'GET' ? findPageFile(path) : null;
    if (file) {
      const content = await (options.readPageFile ?? readPageFile)(file.name);
      response.writeHead(200, { ...PAGE_HEADERS, 'content-type': file.type }).end(content);
      return;
    }
    if (path.startsWith('/_sandbox/')) return handleControl(control, incoming, response, path, lang);
    const standIn = standIns.find((candidate) => candidate.claims(path));
    if (url && standIn) return servePlatform(deps, standIn, incoming, response, url);
    sendAnswer(response, textAnswer(404, `${texts[lang].sandbox.noRoute}\n`));
  };

  const server = createServer((incoming, response) => {
    serve(incoming, response).catch(() => {
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end();
    });
  });
  // Longer than senders keep an idle connection: a reuse never meets a socket that is just being closed.
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const origin = originOf(server.address());
  views = groups.map((group) => describeGroup(group, origin));

  return {
    url: `${origin}/`,
    groups: views,
    received: () => history.view(),
    addFault: (fault, times) => faults.add(fault, times),
    clearFaults: () => faults.clear(),
    reset,
    close: () =>
      new Promise((resolve) => {
        closing.abort();
        events.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** null: a target that is no path (a proxy's absolute form, `*`). */
function readTarget(target: string): URL | null {
  return target.startsWith('/') ? URL.parse(`http://sandbox${target}`) : null;
}

function originOf(address: AddressInfo | string | null): string {
  if (address === null || typeof address === 'string') throw new Error('the sandbox listens on no TCP port');
  const { family, address: ip, port } = address;
  if (ip === '0.0.0.0' || ip === '::') return `http://127.0.0.1:${port}`;
  return `http://${family === 'IPv6' ? `[${ip}]` : ip}:${port}`;
}

function describeGroup(group: Group, origin: string): SandboxGroup {
  const { label, mark } = platformOf(group.platform);
  return {
    id: group.id,
    platform: group.platform,
    label,
    mark,
    endpointUrl: `${origin}${group.target}`,
    secret: group.secret,
  };
}
