import type { Socket } from 'node:net';
import type { OutcomeKind } from '../../src/core/outcome.ts';
import type { PlayedPlatform } from '../support/platforms.ts';

/** A request as a behaviour sees it. */
export interface ZooRequest {
  readonly platform: PlayedPlatform;
  /** Which message of the behaviour it carries, from 0. */
  readonly round: number;
}

/** Any of these is right. */
export type Wanted = readonly OutcomeKind[];

/** One way of being a bad receiver, and what each provider must make of it. */
export interface Behaviour {
  readonly name: string;
  /** How many messages it gets; 1 if left out. */
  readonly rounds?: number;
  /** The next message is sent when the one before has its answer; without it all go at once. */
  readonly inTurn?: boolean;
  /** How often the receiver sees a request for each attempt; `each` if left out. */
  readonly requests?: 'each' | 'none' | 'at_most_each';
  /** `https` where the address says so. */
  readonly https?: boolean;
  readonly receiver: ReceiverKind;
  wanted(platform: PlayedPlatform, round: number): Wanted;
}

export type Play = (socket: Socket, request: ZooRequest) => void;

/** What stands at the address. */
export type ReceiverKind =
  | {
      readonly kind: 'script';
      readonly play: Play;
      readonly cert?: string;
      /** Before any byte has come. */
      readonly onConnect?: (socket: Socket) => void;
    }
  /** Speaks no TLS and no HTTP: whatever comes, this happens on the raw socket. */
  | { readonly kind: 'raw'; readonly onConnect: (socket: Socket) => void }
  /** Nobody listens. */
  | { readonly kind: 'closed_port' }
  /** A process that listens and is stopped: it never accepts. */
  | { readonly kind: 'stopped_process'; readonly backlogFull: boolean }
  /** An address that no receiver of ours has: `host[:port]`. */
  | { readonly kind: 'elsewhere'; readonly host: string };
