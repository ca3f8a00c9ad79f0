import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ChangeFeed, DeliveryChange } from '../../pushlog/change-feed.ts';
import { type Lang, langOfHeader } from '../../texts/texts.ts';
import { unavailable } from '../error-handler.ts';
import { lastEventIdOf } from '../events-query.ts';
import { deliveryJson } from '../message-json.ts';
import type { DeliveryEventJson } from '../schemas.ts';

/** Clients that watch at the same time. */
const MAX_CLIENTS = 256;
/** What waits for one client to read it; one that lets more pile up is cut off and connects again. */
const MAX_UNREAD_BYTES = 4 * 1024 * 1024;
/** How soon a client connects again. */
const RETRY_MS = 2_000;

export interface EventsDeps {
  readonly feed: ChangeFeed;
  /** How often a quiet stream shows that it lives. */
  readonly pingIntervalMs: number;
  /** For callers that ask for none. */
  readonly lang: Lang;
}

export interface EventStreams {
  /** Ends every stream: a stop waits for none of them. */
  endAll(): void;
}

/** `GET /api/events`: each change of a delivery, as server-sent events. */
export function registerEvents(
  app: FastifyInstance,
  { feed, pingIntervalMs, lang }: EventsDeps,
): EventStreams {
  const open = new Set<ServerResponse>();
  const render = createRender();

  app.get('/events', ({ raw, headers }, reply) => {
    const since = lastEventIdOf(raw.url ?? '', headers['last-event-id']);
    if (raw.method === 'HEAD') {
      begin(reply).end();
      return;
    }
    if (open.size >= MAX_CLIENTS) throw unavailable('overloaded');
    const response = begin(reply);
    const callerLang = langOfHeader(headers['accept-language'], lang);
    const write = (text: string) => {
      if (response.writableLength > MAX_UNREAD_BYTES) response.destroy();
      else response.write(text);
    };

    const watch = feed.watch(
      {
        changed: (changes) => write(render(changes, callerLang)),
        reset: (position) => write(event(position, 'reset', {})),
      },
      since,
    );
    write(`retry: ${RETRY_MS}\n\n${event(watch.position, 'hello', { id: watch.position })}`);
    const ping = setInterval(() => write(': ping\n\n'), pingIntervalMs);
    open.add(response);
    response.once('close', () => {
      clearInterval(ping);
      watch.stop();
      open.delete(response);
    });
  });

  return {
    endAll() {
      for (const response of open) response.end();
    },
  };
}

/** The same changes go to many clients, but only in a few languages. */
function createRender(): (changes: readonly DeliveryChange[], lang: Lang) => string {
  const rendered = new WeakMap<readonly DeliveryChange[], Map<Lang, string>>();
  return (changes, lang) => {
    const byLang = rendered.get(changes) ?? new Map<Lang, string>();
    rendered.set(changes, byLang);
    const text = byLang.get(lang) ?? changes.map((change) => deliveryEvent(change, lang)).join('');
    byLang.set(lang, text);
    return text;
  };
}

/** Sends the head; from then on the response is the route's own. */
function begin(reply: FastifyReply): ServerResponse {
  reply
    .header('content-type', 'text/event-stream; charset=utf-8')
    // A proxy that collects answers would hold events back.
    .header('x-accel-buffering', 'no');
  const headers = reply.getHeaders();
  reply.hijack();
  reply.raw.writeHead(200, headers as Record<string, string>);
  reply.raw.flushHeaders();
  return reply.raw;
}

function deliveryEvent({ position, messageId, delivery }: DeliveryChange, lang: Lang): string {
  const data: DeliveryEventJson = { message_id: messageId, ...deliveryJson(delivery, lang) };
  return event(position, 'delivery', data);
}

/** JSON has no line end outside of its escapes, so that it is one `data` line. */
function event(id: string, name: string, data: object): string {
  return `id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
