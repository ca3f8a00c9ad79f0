import type {
  AcceptCommand,
  AcceptResult,
  ChannelRef,
  ChannelRegistration,
  HeldEndpoint,
  InterruptedAttempt,
  RecordAttemptCommand,
  TakeTurnsCommand,
  Turns,
} from '../store.ts';

/** What the writing thread can be asked for: each command runs inside a transaction that it may share with others. */
export interface WriteCommands {
  registerChannels(channels: readonly ChannelRegistration[]): ChannelRef[];
  accept(command: AcceptCommand): AcceptResult;
  takeTurns(command: TakeTurnsCommand): Turns;
  recordAttempt(command: RecordAttemptCommand): void;
  listInterrupted(): InterruptedAttempt[];
  listHeldEndpoints(): HeldEndpoint[];
  resumeEndpoint(endpointId: number): void;
  /** Writes a little, to find out whether the store works again. */
  probe(): void;
}

export type WriteCommandName = keyof WriteCommands;
