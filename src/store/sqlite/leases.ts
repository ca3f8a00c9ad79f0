/** What the end of an attempt needs to know of its turn, without asking the tables for it: 2 µs of a message. */
export interface Lease {
  readonly channelId: number;
  /** Its channel has rate limits. */
  readonly hasSlot: boolean;
  /** Met by its endpoint before the turn. */
  readonly limitsInARow: number;
}

/**
 * The leases of this process, from their turns to their records. What is missing may be in the tables: an earlier process
 * has left it, or its record is tried again. What is in here may be of a transaction that was rolled back; its id is given
 * anew only by another turn, which writes over it, since no attempt is ever deleted.
 */
export interface Leases {
  add(attemptId: number, lease: Lease): void;
  /** @returns null: only the tables know. */
  take(attemptId: number): Lease | null;
}

export function createLeases(): Leases {
  const leases = new Map<number, Lease>();
  return {
    add: (attemptId, lease) => void leases.set(attemptId, lease),
    take(attemptId) {
      const lease = leases.get(attemptId) ?? null;
      leases.delete(attemptId);
      return lease;
    },
  };
}
