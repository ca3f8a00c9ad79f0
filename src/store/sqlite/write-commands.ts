import type { DatabaseSync } from 'node:sqlite';
import type { LocalText } from '../../core/local-text.ts';
import { roomInWindows } from '../../core/rate-windows.ts';
import type {
  ChannelRegistration,
  EndpointRoom,
  EndpointWindows,
  HeldEndpoint,
  InterruptedAttempt,
  RegisteredChannel,
} from '../store.ts';
import { createAcceptMessage } from './accept-message.ts';
import type { WriteCommands } from './commands.ts';
import type { DeliveryCounts } from './delivery-counts.ts';
import { createLeases } from './leases.ts';
import { createRecordAttempt } from './record-attempt.ts';
import { createResend } from './resend.ts';
import { writeSeenTime } from './seen-time.ts';
import { slotLedgerOf } from './slot-ledger.ts';
import type { Statements } from './statements.ts';
import type { StoreClock } from './store-clock.ts';
import { createSuccession, type Succession } from './succession.ts';
import { createTakeTurns } from './take-turns.ts';

/** How often the store notes the time that it has seen, at most. */
const NOTE_TIME_MS = 1_000;

interface HeldRow {
  readonly id: number;
  readonly paused_until_ms: number;
  readonly pause_reason: string | null;
  readonly stopped_at_ms: number | null;
  readonly stop_reason: string | null;
}

/** The commands of the SQLite store. Each expects to run inside a transaction; none begins or ends one. */
export function createWriteCommands(
  sql: Statements,
  clock: StoreClock,
  counts: DeliveryCounts,
): WriteCommands {
  const leases = createLeases();
  const succession = createSuccession(sql);
  let notedMs = 0;

  /** Leaves a mark of the time, so that a clock that is set before the next start is noticed. */
  function noteTime(nowMs: number): void {
    if (nowMs - notedMs < NOTE_TIME_MS) return;
    writeSeenTime(sql, clock);
    notedMs = nowMs;
  }

  return {
    registerChannels: (channels) => channels.map((channel) => registerChannel(sql, succession, channel)),
    accept: createAcceptMessage(sql, clock, counts, noteTime),
    takeTurns: createTakeTurns(sql, clock, counts, leases, noteTime),
    recordAttempt: createRecordAttempt(sql, clock, counts, leases, succession),
    resend: createResend(sql, clock, counts),
    listInterrupted: () => sql.interrupted.all() as unknown as InterruptedAttempt[],
    listHeldEndpoints: () => listHeldEndpoints(sql, clock),
    listWaitingChannels: () => (sql.waitingChannels.all() as { name: string }[]).map(({ name }) => name),
    resumeEndpoint: (endpointId) => void sql.resumeEndpoint.run(endpointId),
    listWindowRoom: (endpoints) => endpoints.map((endpoint) => windowRoom(sql, clock, endpoint)),
    probe: () => writeSeenTime(sql, clock),
  };
}

function registerChannel(
  sql: Statements,
  succession: Succession,
  { name, providerId, endpointHash }: ChannelRegistration,
): RegisteredChannel {
  sql.addChannel.run(name, providerId);
  sql.putEndpoint.run(endpointHash, providerId);
  const channel = sql.findChannel.get(name, providerId) as { id: number };
  const endpoint = sql.findEndpoint.get(endpointHash) as { id: number };
  const moved = succession.begin(name, channel.id);
  return { name, channelId: channel.id, endpointId: endpoint.id, moved };
}

function listHeldEndpoints(sql: Statements, clock: StoreClock): HeldEndpoint[] {
  const rows = sql.heldEndpoints.all(clock.nowMs()) as unknown as HeldRow[];
  return rows.map((row) => {
    const reason = row.stop_reason ?? row.pause_reason;
    return {
      endpointId: row.id,
      pausedUntilMs: row.stop_reason === null ? row.paused_until_ms - clock.aheadMs : null,
      stoppedAtMs: row.stopped_at_ms,
      reason: reason === null ? null : (JSON.parse(reason) as LocalText),
    };
  });
}

function windowRoom(
  sql: Statements,
  clock: StoreClock,
  { endpointId, windows }: EndpointWindows,
): EndpointRoom {
  const slots = slotLedgerOf(sql, endpointId);
  return {
    windows: windows.map((window) => ({ ...window, ...roomInWindows([window], slots, clock.nowMs()) })),
  };
}

/** What a process that died left in flight ends now: its slots count for one more window. */
export function endAbandonedSlots(db: DatabaseSync, clock: StoreClock): void {
  db.prepare('UPDATE slot SET ended_ms = ? WHERE ended_ms IS NULL').run(clock.endMs());
}
