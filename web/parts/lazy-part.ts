import { type ComponentType, lazy } from 'react';
import { ApiFault } from '../api/client.ts';

/** A part of the pages that has a file of its own. Where that cannot be had, the service is away: no fault of the page. */
export function lazyPart<P extends object>(load: () => Promise<{ default: ComponentType<P> }>) {
  return lazy(() =>
    load().catch((error: unknown) => {
      throw new ApiFault('network', 0, String(error));
    }),
  );
}
