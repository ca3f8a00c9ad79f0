import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Lang, texts } from '../texts/texts.ts';
import { type Faults, readFault } from './faults.ts';
import { isForeignPage } from './guard.ts';
import type { Arrival, GroupView } from './history.ts';
import type { LiveEvents } from './live-events.ts';
import { parseJson, utf8 } from './payload.ts';
import { readBody } from './read-body.ts';
import type { SandboxGroup } from './server.ts';

export interface ControlDeps {
  readonly faults: Faults;
  readonly events: LiveEvents;
  groups(): readonly SandboxGroup[];
  view(): readonly GroupView[];
  reset(): void;
}

const MAX_FAULT_BYTES = 2 * 1024 * 1024;
/** Characters of a body that the page gets. */
const MAX_EXCERPT = 4_000;
/** Header values that the page shows; of any other only the name, since it may be somebody's secret. */
const OPEN_HEADERS = ['content-type', 'user-agent', 'webhook-id', 'webhook-timestamp'];

/** The routes below `/_sandbox/`. */
export async function handleControl(
  deps: ControlDeps,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  lang: Lang,
): Promise<void> {
  const json = (status: number, value: unknown) => {
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    };
    response.writeHead(status, headers).end(JSON.stringify(value));
  };
  const read = request.method === 'GET' || request.method === 'HEAD';
  if (!read && isForeignPage(request)) return json(403, { error: texts[lang].sandbox.refusedOrigin });
  switch (`${request.method} ${path}`) {
    case 'GET /_sandbox/events':
      deps.events.open(response);
      return;
    case 'GET /_sandbox/texts':
      return json(200, pageTexts());
    case 'GET /_sandbox/messages':
      return json(200, { groups: describeGroups(deps.groups(), deps.view()) });
    case 'POST /_sandbox/reset':
      deps.reset();
      return json(200, { ok: true });
    case 'DELETE /_sandbox/faults':
      deps.faults.clear();
      return json(200, { faults: 0 });
    case 'POST /_sandbox/faults': {
      const body = await readBody(request, MAX_FAULT_BYTES);
      if (body === null) return;
      const fault = readFault(body.tooLarge ? null : parseJson(utf8(body.body)));
      if (typeof fault === 'string') return json(400, { error: `${texts[lang].sandbox.badFault}: ${fault}` });
      deps.faults.add(fault.fault, fault.times);
      return json(200, { faults: deps.faults.count() });
    }
    default:
      return json(404, { error: texts[lang].sandbox.noRoute });
  }
}

function pageTexts(): unknown {
  return { zh: texts.zh.sandbox.page, en: texts.en.sandbox.page };
}

function describeGroups(groups: readonly SandboxGroup[], views: readonly GroupView[]): unknown {
  return groups.map((group) => {
    const view = views.find(({ id }) => id === group.id);
    return { ...group, counts: view?.counts, arrivals: view?.arrivals.map(describeArrival) ?? [] };
  });
}

/** An arrival as the page and other programs get it. */
export function describeArrival(arrival: Arrival): unknown {
  const headers = Object.entries(arrival.request.headers).map(([name, value]) =>
    OPEN_HEADERS.includes(name) ? `${name}: ${String(value)}` : name,
  );
  const body = arrival.request.body.slice(0, MAX_EXCERPT);
  return { ...arrival, request: { ...arrival.request, headers, body } };
}
