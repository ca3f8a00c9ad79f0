import type {
  AcceptCommand,
  AcceptResult,
  ChannelRegistration,
  EndpointRoom,
  EndpointWindows,
  HeldEndpoint,
  InterruptedAttempt,
  RecordAttemptCommand,
  RegisteredChannel,
  ResendCommand,
  ResendResult,
  TakeTurnsCommand,
  Turns,
} from '../store.ts';

/** What the writing thread can be asked for: each command runs inside a transaction that it may share with others. */
export interface WriteCommands {
  registerChannels(channels: readonly ChannelRegistration[]): RegisteredChannel[];
  accept(command: AcceptCommand): AcceptResult;
  takeTurns(command: TakeTurnsCommand): Turns;
  recordAttempt(command: RecordAttemptCommand): void;
  resend(command: ResendCommand): ResendResult;
  listInterrupted(): InterruptedAttempt[];
  listHeldEndpoints(): HeldEndpoint[];
  listWaitingChannels(): string[];
  resumeEndpoint(endpointId: number): void;
  listWindowRoom(endpoints: readonly EndpointWindows[]): EndpointRoom[];
  /** Writes a little, to find out whether the store works again. */
  probe(): void;
}

export type WriteCommandName = keyof WriteCommands;
