import type { ServerResponse } from 'node:http';
import { type Receivers, startReceivers } from '../../faults/support/receivers.ts';
import { createWorkplace, type RunningService, startService, type Workplace } from './service.ts';

/** The real command with receivers that can be told how to answer. */
export interface PagesService {
  readonly service: RunningService;
  readonly place: Workplace;
  readonly receivers: Receivers;
  /** How this channel's receiver answers from now on. */
  answer(channel: string, how: (response: ServerResponse) => void): void;
  /** Bodies that the channel's receiver got. */
  bodiesOf(channel: string): readonly string[];
  close(): Promise<void>;
}

/** WeCom's own word for success; a plain webhook takes it too, since its status is 200. */
export const takes = (response: ServerResponse) =>
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"errcode":0,"errmsg":"ok"}');
export const refuses =
  (status: number, body = '') =>
  (response: ServerResponse) =>
    response.writeHead(status).end(body);
/** The request has come and nobody knows what became of it. */
export const breaksOff = (response: ServerResponse) => response.destroy();

/** @param configOf the configuration, given the receiver's address for each channel. */
export async function startPagesService(
  configOf: (urlOf: (channel: string) => string) => string,
): Promise<PagesService> {
  const answers = new Map<string, (response: ServerResponse) => void>();
  const bodies = new Map<string, string[]>();
  const receivers = await startReceivers(({ channel, body }, response) => {
    bodies.set(channel, [...(bodies.get(channel) ?? []), body]);
    (answers.get(channel) ?? takes)(response);
    return { taken: true };
  });
  const place = createWorkplace(configOf(receivers.urlOf));
  const service = await startService(place);
  return {
    service,
    place,
    receivers,
    answer: (channel, how) => answers.set(channel, how),
    bodiesOf: (channel) => bodies.get(channel) ?? [],
    async close() {
      await service.end('SIGTERM');
      place.remove();
      await receivers.close();
    },
  };
}
