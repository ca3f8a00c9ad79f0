import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, systemClock } from '../core/clock.ts';
import { langOfHeader, localText, texts } from '../texts/texts.ts';
import { type ControlDeps, describeArrival, handleControl } from './control.ts';
import { dingtalkStandIn } from './dingtalk_bot.ts';
import { discordStandIn } from './discord_bot.ts';
import { type Fault, openFaults } from './faults.ts';
import { feishuStandIn } from './feishu_bot.ts';
import {
  completeGroups,
  DEMO_GROUPS,
  type Group,
  type GroupOptions,
  PLATFORMS,
  type PlatformId,
} from './group.ts';
import { isSafeHost } from './guard.ts';
import { type GroupView, openHistory } from './history.ts';
import { liveEvents } from './live-events.ts';
import { mattermostStandIn } from './mattermost_bot.ts';
import { findPageFile, PAGE_HEADERS, type ReadPageFile, readPageFile } from './page-files.ts';
import { readBody } from './read-body.ts';
import { sendAnswer, sendFaulty } from './send-answer.ts';
import { slackStandIn } from './slack_bot.ts';
import {
  type Answer,
  type OpenStandIn,
  type PlatformRequest,
  type Ruling,
  refused,
  type StandIn,
  textAnswer,
} from './stand-in.ts';
import { webhookStandIn } from './webhook.ts';
import { workweixinStandIn } from './workweixin_bot.ts';

export { sandboxConfigToml } from './config-toml.ts';

const STAND_INS: Readonly<Record<PlatformId, OpenStandIn>> = {
  workweixin_bot: workweixinStandIn,
  feishu_bot: feishuStandIn,
  dingtalk_bot: dingtalkStandIn,
  slack_bot: slackStandIn,
  discord_bot: discordStandIn,
  mattermost_bot: mattermostStandIn,
  webhook: webhookStandIn,
};

/** Messages, and as many refusals, that are kept per group. */
const KEEP = 200;

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
    PLATFORMS.map((id) => STAND_INS[id](groups.filter(({ platform }) => platform === id)));
  let standIns = openStandIns();
  let views: readonly SandboxGroup[] = [];

  const reset = () => {
    standIns = openStandIns();
    history.clear();
    faults.clear();
    events.send('reset', {});
  };
  const control: ControlDeps = { faults, events, groups: () => views, view: () => history.view(), reset };

  /** Writes down what became of a request, at its group or, without one, at the first of its platform. */
  const record = (
    standIn: StandIn,
    request: PlatformRequest,
    target: string,
    ruling: Ruling,
    status: number | null,
  ) => {
    if (ruling.kind === 'looked') return;
    const group = standIn.findGroup(request) ?? groups.find(({ platform }) => platform === standIn.id);
    if (!group) return;
    const arrival = history.add(group, request, target, {
      verdict: ruling.kind,
      posts: ruling.kind === 'refused' ? [] : ruling.posts,
      why: ruling.kind === 'refused' ? ruling.why : null,
      status,
      answer: status === null ? '' : ruling.answer.body,
    });
    const counts = history.view().find(({ id }) => id === group.id)?.counts;
    events.send('arrival', { group: group.id, counts, arrival: describeArrival(arrival) });
  };

  const servePlatform = async (
    standIn: StandIn,
    incoming: IncomingMessage,
    response: ServerResponse,
    url: URL,
  ) => {
    const read = await readBody(incoming, standIn.bodyLimitBytes);
    if (read === null) return;
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const request = (): PlatformRequest => ({
      method: incoming.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: incoming.headers,
      body: read.body,
      bodyTooLarge: read.tooLarge,
      ip: (incoming.socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
      wallMs: clock.wallMs(),
      monotonicMs: clock.monotonicMs(),
    });
    const target = url.pathname + url.search;
    const fault = faults.next(standIn.findGroup(request())?.id ?? null, standIn.id);
    const signal = AbortSignal.any([gone.signal, closing.signal]);
    if (fault?.kind === 'delay') await clock.wait(fault.delayMs, signal);
    if (closing.signal.aborted) return;
    const now = request();
    if (fault === null) {
      const ruling = await standIn.rule(now);
      record(standIn, now, target, ruling, ruling.answer.status);
      sendAnswer(response, ruling.answer);
      return;
    }
    const scripted = scriptedAnswer(standIn, now, fault);
    const ruling = fault.taken ? await standIn.rule(now) : refused(scripted ?? NO_ANSWER, SCRIPTED);
    const answer = scripted ?? ruling.answer;
    const silent = fault.kind === 'hang' || fault.kind === 'reset';
    record(standIn, now, target, { ...ruling, answer }, silent ? null : answer.status);
    await sendFaulty(response, answer, fault, clock, signal);
  };

  const serve = async (incoming: IncomingMessage, response: ServerResponse) => {
    const lang = langOfHeader(incoming.headers['accept-language']);
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
    if (url && standIn) return servePlatform(standIn, incoming, response, url);
    sendAnswer(response, textAnswer(404, `${texts[lang].sandbox.noRoute}\n`));
  };

  const server = createServer((incoming, response) => {
    serve(incoming, response).catch(() => {
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end();
    });
  });
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

const SCRIPTED = localText((t) => t.sandbox.why.scripted);
const NO_ANSWER: Answer = textAnswer(200, '');

/** null: the fault leaves the answer to the platform's rules. */
function scriptedAnswer(standIn: StandIn, request: PlatformRequest, fault: Fault): Answer | null {
  if (fault.kind === 'fail') return standIn.busy(request);
  if (fault.kind === 'limit') return standIn.tooFast(request);
  if (fault.kind === 'status') return { status: fault.status, headers: fault.headers, body: fault.body };
  return null;
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
  return {
    id: group.id,
    platform: group.platform,
    endpointUrl: `${origin}${group.target}`,
    secret: group.secret,
  };
}
