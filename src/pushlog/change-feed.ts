import type { Clock } from '../core/clock.ts';
import type { Delivery } from '../core/delivery.ts';
import { type Store, StoreError } from '../store/store.ts';

/** Changes that are remembered: who was away for more of them reads the log anew. */
const REMEMBERED = 8_192;
/** Changes that fall within this time are read together, and those of one delivery merge into its latest state. */
const COLLECT_MS = 100;
/** Deliveries read and told at once, about: the event loop and the reading thread get their turns in between. */
const ROWS_AT_ONCE = 1_000;
/** How long to leave a store alone that could not be read. */
const TROUBLE_WAIT_MS = 1_000;

/** A delivery as it stands after a change. */
export interface DeliveryChange {
  /** Everything up to here has been told once this change is. */
  readonly position: string;
  readonly messageId: string;
  readonly delivery: Delivery;
}

export interface ChangeListener {
  /** In the order of `position`. Listeners that stand at the same point get the same array. */
  changed(changes: readonly DeliveryChange[]): void;
  /** What has changed is not known, or too much has: read the log anew. */
  reset(position: string): void;
}

/** Which deliveries change, for whoever watches the log. */
export interface ChangeFeed {
  /** A message with this many deliveries is new. Costs next to nothing, and while nobody watches nothing is read. */
  noteMessage(messageId: string, deliveryCount: number): void;
  noteDelivery(deliveryId: number): void;
  /** Many deliveries have changed at once. */
  noteMany(): void;
  /**
   * Tells `listener` of every change from now on, or from the position on that it has been told of before.
   *
   * @param since a position of this or any other feed; null: now.
   * @returns where the listener begins.
   */
  watch(listener: ChangeListener, since: string | null): Watch;
}

export interface Watch {
  readonly position: string;
  stop(): void;
}

/** A message's id, or a delivery's; null: many. */
type Changed = string | number | null;

interface Watcher {
  readonly listener: ChangeListener;
  /** The number of the last change that it has been told of. */
  told: number;
  needsReset: boolean;
}

export interface ChangeFeedDeps {
  readonly store: Pick<Store, 'listDeliveries'>;
  readonly clock: Pick<Clock, 'wait'>;
  /** Tells this process's positions from those of any other. */
  readonly epoch: string;
  /** The store could not be read; it is tried again. */
  readonly onTrouble: (error: unknown) => void;
}

export function createChangeFeed({ store, clock, epoch, onTrouble }: ChangeFeedDeps): ChangeFeed {
  /** Change n is at n % REMEMBERED; they count from 1. */
  const ring: Changed[] = [];
  /** Deliveries of each. */
  const rowsOf: number[] = [];
  let last = 0;
  /** Changes up to this one cannot be told one by one. */
  let lost = 0;
  const watchers = new Set<Watcher>();
  let telling = false;

  function note(changed: Changed, rows: number): void {
    const place = ++last % REMEMBERED;
    ring[place] = changed;
    rowsOf[place] = rows;
    if (watchers.size > 0 && !telling) startTelling();
  }

  function startTelling(): void {
    telling = true;
    void tellAll().finally(() => {
      telling = false;
    });
  }

  /** Runs until every watcher knows all. */
  async function tellAll(): Promise<void> {
    while (isAnyBehind()) {
      await clock.wait(COLLECT_MS);
      resetTheLost();
      const from = Math.min(...[...watchers].map(({ told }) => told));
      if (from === last || watchers.size === 0) continue;
      const { numbers, until, ...selection } = collect(from);
      try {
        const rows = await store.listDeliveries(selection);
        tell(from, until, orderChanges(rows, numbers));
      } catch (error) {
        if (error instanceof StoreError && error.kind === 'closed') return;
        onTrouble(error);
        await clock.wait(TROUBLE_WAIT_MS);
      }
    }
  }

  function isAnyBehind(): boolean {
    return watchers.values().some(({ told, needsReset }) => told < last || needsReset);
  }

  function resetTheLost(): void {
    const oldestKnown = Math.max(lost, last - REMEMBERED);
    for (const watcher of watchers) {
      if (!watcher.needsReset && watcher.told >= oldestKnown) continue;
      watcher.needsReset = false;
      watcher.told = last;
      watcher.listener.reset(positionOf(last));
    }
  }

  /** The changes after `from`, as many as may be read at once; of each the number of its latest. */
  function collect(from: number) {
    const numbers = new Map<string | number, number>();
    let rows = 0;
    let until = from;
    while (until < last && rows < ROWS_AT_ONCE) {
      const place = ++until % REMEMBERED;
      const changed = ring[place] ?? null;
      if (changed === null) continue;
      if (!numbers.has(changed)) rows += rowsOf[place] ?? 0;
      numbers.set(changed, until);
    }
    const keys = [...numbers.keys()];
    return {
      numbers,
      until,
      deliveryIds: keys.filter((key) => typeof key === 'number'),
      messageIds: keys.filter((key) => typeof key === 'string'),
    };
  }

  function tell(from: number, until: number, changes: readonly NumberedChange[]): void {
    const all = withPositions(changes);
    for (const watcher of watchers) {
      // Who came meanwhile and was told less is served by the next round.
      if (watcher.told < from) continue;
      const news =
        watcher.told === from ? all : withPositions(changes.filter(({ number }) => number > watcher.told));
      watcher.told = Math.max(watcher.told, until);
      if (news.length > 0) watcher.listener.changed(news);
    }
  }

  /** Several deliveries may share the number of one change: only the last of them makes it a whole. */
  function withPositions(changes: readonly NumberedChange[]): DeliveryChange[] {
    return changes.map(({ number, messageId, delivery }, index) => {
      const isLastOfNumber = changes[index + 1]?.number !== number;
      return { position: positionOf(isLastOfNumber ? number : number - 1), messageId, delivery };
    });
  }

  function positionOf(number: number): string {
    return `${epoch}-${number}`;
  }

  /** null: no position of this feed. */
  function numberOf(position: string): number | null {
    const digits = position.startsWith(`${epoch}-`) ? position.slice(epoch.length + 1) : '';
    return /^\d{1,15}$/.test(digits) && Number(digits) <= last ? Number(digits) : null;
  }

  return {
    noteMessage: (messageId, deliveryCount) => note(messageId, deliveryCount),
    noteDelivery: (deliveryId) => note(deliveryId, 1),
    noteMany() {
      note(null, 0);
      lost = last;
    },
    watch(listener, since) {
      const known = since === null ? last : numberOf(since);
      const watcher: Watcher = { listener, told: known ?? last, needsReset: known === null };
      watchers.add(watcher);
      if (!telling && isAnyBehind()) startTelling();
      return { position: positionOf(watcher.told), stop: () => void watchers.delete(watcher) };
    },
  };
}

interface NumberedChange {
  readonly number: number;
  readonly messageId: string;
  readonly delivery: Delivery;
}

/** A delivery can be in a step by its own id and with its message: its latest change counts. */
function orderChanges(
  rows: readonly { readonly messageId: string; readonly delivery: Delivery }[],
  numbers: ReadonlyMap<string | number, number>,
): NumberedChange[] {
  return rows
    .map(({ messageId, delivery }) => {
      const own = numbers.get(Number(delivery.id)) ?? 0;
      return { number: Math.max(own, numbers.get(messageId) ?? 0), messageId, delivery };
    })
    .sort((a, b) => a.number - b.number);
}
