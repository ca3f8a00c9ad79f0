import type { Outcome } from '../../core/outcome.ts';
import type { AcceptCommand, RecordAttemptCommand, Turn, Turns } from '../store.ts';
import type { WriteCommandName } from './commands.ts';
import type { Reply, Request } from './group-commit.ts';

/**
 * How the commands of every message cross between the threads, and turns back: as lists of values. Of an object the name of
 * each field is written too, and looked up on the other side: that was 5 µs of a message's 150.
 */
export type RequestList =
  | readonly [
      name: 'accept',
      id: string,
      requestId: string | null,
      msgType: 'text',
      text: string,
      createdAtMs: number,
      channelIds: readonly number[],
    ]
  | readonly [
      name: 'recordAttempt',
      attemptId: number,
      deliveryId: number,
      durationMs: number | null,
      kind: Outcome['kind'],
      httpStatus: number | null,
      platformCode: string | null,
      response: string | null,
      error: Outcome['error'],
      /** null: delivered. */
      next: Exclude<RecordAttemptCommand['next'], typeof DELIVERED> | null,
    ]
  | readonly [name: 'other', request: Request];

const DELIVERED = { kind: 'delivered' } as const;

/** Of an outcome only what the store keeps crosses. */
export function listOfRequest(request: Request): RequestList {
  const { name, argument } = request;
  if (name === 'accept') {
    const { message, channelIds } = argument as AcceptCommand;
    const { id, requestId, msgType, text, createdAtMs } = message;
    return [name, id, requestId, msgType, text, createdAtMs, channelIds];
  }
  if (name === 'recordAttempt') {
    const { attemptId, deliveryId, durationMs, outcome, next } = argument as RecordAttemptCommand;
    const { kind, httpStatus, platformCode, response, error } = outcome;
    const then = next.kind === 'delivered' ? null : next;
    return [name, attemptId, deliveryId, durationMs, kind, httpStatus, platformCode, response, error, then];
  }
  return ['other', request];
}

export function requestOfList(list: RequestList): Request {
  if (list[0] === 'accept') {
    const [name, id, requestId, msgType, text, createdAtMs, channelIds] = list;
    const argument: AcceptCommand = { message: { id, requestId, msgType, text, createdAtMs }, channelIds };
    return { name, argument };
  }
  if (list[0] === 'recordAttempt') {
    const [name, attemptId, deliveryId, durationMs, kind, httpStatus, platformCode, response, error, next] =
      list;
    const outcome = { kind, httpStatus, platformCode, response, error };
    const argument: RecordAttemptCommand = {
      attemptId,
      deliveryId,
      durationMs,
      outcome,
      next: next ?? DELIVERED,
    };
    return { name, argument };
  }
  return list[1];
}

type TurnList = readonly [
  attemptId: number,
  attemptNumber: number,
  deliveryId: number,
  messageId: string,
  text: string,
  retriesUsed: number,
  partIndex: number,
  possibleDuplicate: boolean,
  limitsInARow: number,
];

type TurnsList = Omit<Turns, 'turns'> & { readonly turns: readonly TurnList[] };

/** @param name of the command that it answers. */
export function withTurnLists(name: WriteCommandName | undefined, reply: Reply): Reply {
  if (name !== 'takeTurns' || !reply.ok) return reply;
  const { turns, ...rest } = reply.value as Turns;
  return { ok: true, value: { ...rest, turns: turns.map(listOfTurn) } satisfies TurnsList };
}

/** @returns what the command of this name returned. */
export function withTurns(name: WriteCommandName, value: unknown): unknown {
  if (name !== 'takeTurns') return value;
  const { turns, ...rest } = value as TurnsList;
  return { ...rest, turns: turns.map(turnOfList) } satisfies Turns;
}

function listOfTurn(turn: Turn): TurnList {
  const { attemptId, attemptNumber, deliveryId, messageId, text } = turn;
  const { retriesUsed, partIndex, possibleDuplicate, limitsInARow } = turn;
  return [
    attemptId,
    attemptNumber,
    deliveryId,
    messageId,
    text,
    retriesUsed,
    partIndex,
    possibleDuplicate,
    limitsInARow,
  ];
}

function turnOfList(list: TurnList): Turn {
  const [attemptId, attemptNumber, deliveryId, messageId, text, ...rest] = list;
  const [retriesUsed, partIndex, possibleDuplicate, limitsInARow] = rest;
  return {
    attemptId,
    attemptNumber,
    deliveryId,
    messageId,
    text,
    retriesUsed,
    partIndex,
    possibleDuplicate,
    limitsInARow,
  };
}
