import type { StoreConfig } from '../config/config.ts';
import { systemClock } from '../core/clock.ts';
import { type InFlightFileOptions, openInFlightFile } from '../store/in-flight-file.ts';

export type { GuestRequest, GuestSlots } from '../store/sqlite/guest-slots.ts';

import { type GuestSlots, openGuestSlots, openLoneSlots } from '../store/sqlite/guest-slots.ts';
import { realStorePath } from '../store/sqlite/real-path.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import type { Store, StoreError } from '../store/store.ts';
import { systemBoot } from '../store/system-boot.ts';

/** The configuration names a kind of store that this release does not have. */
export class StoreKindError extends Error {
  readonly kind: string;

  constructor(kind: string) {
    super(`store kind ${kind} is not available`);
    this.name = 'StoreKindError';
    this.kind = kind;
  }
}

export interface StoreEvents {
  /** The store can only be recovered by a restart. */
  readonly onFatal: (error: StoreError) => void;
  /** An older store is brought up to date, which may take minutes. */
  readonly onMigrating: () => void;
}

export function openStore(config: StoreConfig, events: StoreEvents): Promise<Store> {
  switch (config.kind) {
    case 'sqlite':
      return openSqliteStore({ path: config.path, ...events });
    case 'postgres':
      return Promise.reject(new StoreKindError(config.kind));
    default:
      return config satisfies never;
  }
}

/**
 * The windows of a store for a command that sends beside the service.
 *
 * @returns `shared`: the service counts them too, where one runs.
 */
export function openWindows(config: StoreConfig): { slots: GuestSlots; shared: boolean } {
  const boot = systemBoot();
  try {
    if (config.kind !== 'sqlite') throw new StoreKindError(config.kind);
    return { slots: openGuestSlots(config.path, systemClock, boot), shared: true };
  } catch {
    return { slots: openLoneSlots(systemClock, boot), shared: false };
  }
}

/** Beside an open store, so that no other process has it. */
export function openInFlightMarks(
  config: StoreConfig,
  onTrouble: InFlightFileOptions['onTrouble'],
): ReturnType<typeof openInFlightFile> {
  if (config.kind !== 'sqlite') throw new StoreKindError(config.kind);
  const path = `${realStorePath(config.path)}.inflight`;
  return openInFlightFile({ path, clock: systemClock, boot: systemBoot(), onTrouble });
}
