import type { SlotLedger } from '../../core/rate-windows.ts';
import type { Statements } from './statements.ts';

/** The booked slots of one endpoint, counted in the store when they are asked for. */
export function slotLedgerOf(sql: Statements, endpointId: number): SlotLedger {
  return {
    get inFlight() {
      return (sql.slotsInFlight.get(endpointId) as { count: number }).count;
    },
    countEndedAfter: (ms) => (sql.slotsEndedAfter.get(endpointId, ms) as { count: number }).count,
    nthEndedAfter: (ms, n) =>
      (sql.nthSlot.get(endpointId, ms, n) as { ended_ms: number } | undefined)?.ended_ms,
  };
}
