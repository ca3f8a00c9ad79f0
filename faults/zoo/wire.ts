import type { Socket } from 'node:net';
import { httpAnswer } from '../../test/support/scripted-server.ts';
import type { PlayedPlatform } from '../support/platforms.ts';
import type { Play, Wanted } from './behaviour.ts';

/** Moves that several behaviours make, and the outcomes that several of them want. */

export const OK_HEAD = 'HTTP/1.1 200 OK\r\n';

/** The platform's own success, whole and well-formed. */
export function success({ accepted }: PlayedPlatform, extraHeaders = ''): string {
  return httpAnswer(200, accepted, extraHeaders);
}

/** A head that promises ten bytes more than come. */
export function unfinished({ accepted }: PlayedPlatform, bytes = accepted): string {
  return `${OK_HEAD}Content-Length: ${Buffer.byteLength(bytes) + 10}\r\n\r\n${bytes}`;
}

export function answers(text: string | ((platform: PlayedPlatform) => string)): Play {
  return (socket, { platform }) => {
    socket.write(typeof text === 'string' ? text : text(platform));
  };
}

/** Answers and closes. */
export function ends(text: string | ((platform: PlayedPlatform) => string)): Play {
  return (socket, { platform }) => {
    socket.end(typeof text === 'string' ? text : text(platform));
  };
}

/** One byte every now and then, for ever. */
export function drip(socket: Socket, start: string): void {
  socket.write(start);
  const timer = setInterval(() => socket.write('x'), 50);
  socket.on('close', () => clearInterval(timer));
}

/** As fast as the other side reads, for ever. */
export function flood(socket: Socket, start: string, chunk: string): void {
  socket.write(start);
  const more = () => {
    while (!socket.destroyed && socket.write(chunk));
    if (!socket.destroyed) socket.once('drain', more);
  };
  more();
}

/** RST once what was written has gone out: one at once would overtake it. */
export function writeThenReset(socket: Socket, text: string): void {
  socket.write(text, () => setTimeout(() => socket.resetAndDestroy(), 30));
}

export const always =
  (...wanted: Wanted) =>
  (): Wanted =>
    wanted;

/** 200 without a readable body: no verdict where the body holds it, a success where the status does. */
export const statusAlone = ({ verdictIn }: PlayedPlatform): Wanted =>
  verdictIn === 'status' ? ['ok'] : ['unknown'];

/** As `statusAlone`, but a web page, which Discord never sends: it comes from somebody in between. */
export const webPage = ({ providerId }: PlayedPlatform): Wanted =>
  providerId === 'webhook' ? ['ok'] : ['unknown'];
