import type { Statements } from './statements.ts';

/**
 * A channel that gets another provider is another one in the tables: so the log keeps what was true when it was written. To
 * its readers it is the same group, so what is open of the earlier one goes on with the provider that its name has now.
 *
 * The new platform splits texts in its own way and has not been tried yet. So a delivery begins anew: with its first part and
 * all of its retries, without a wait. Where the group may have any of the text, each attempt says that it may be a copy.
 */
export interface Succession {
  /**
   * Moves what waits for earlier channels of this name.
   *
   * @returns how many deliveries were moved; those in flight are not among them, see `follow`.
   */
  begin(name: string, channelId: number): number;
  /** Moves a delivery whose attempt has ended, if it was in flight for an earlier channel. It is still open. */
  follow(deliveryId: number, channelId: number): void;
}

export function createSuccession(sql: Statements): Succession {
  /** Earlier channels, and who has what they leave. */
  const heirs = new Map<number, number>();
  return {
    begin(name, channelId) {
      heirs.delete(channelId);
      let moved = 0;
      for (const { id } of sql.earlierChannels.all(name, channelId) as { id: number }[]) {
        heirs.set(id, channelId);
        for (const move of [sql.moveQueued, sql.moveRetrying])
          moved += Number(move.run(channelId, id).changes);
      }
      return moved;
    },
    follow(deliveryId, channelId) {
      const heir = heirs.get(channelId);
      if (heir !== undefined) sql.moveOne.run(heir, deliveryId);
    },
  };
}
