import type { LookupAddress } from 'node:dns';
import { lookup as systemLookup } from 'node:dns/promises';
import { type Clock, systemClock } from '../core/clock.ts';

export type Lookup = (host: string) => Promise<readonly LookupAddress[]>;

/** How long a fresh lookup may take before the addresses of the last one are used. */
const SLOW_LOOKUP_MS = 1_000;
/** Addresses older than this are not used any more. */
const MAX_STALE_MS = 600_000;

const lookupAll: Lookup = (host) => systemLookup(host, { all: true });

/**
 * A lookup through the system's resolver (hosts file, mDNS, DNS) under which one dead name holds up no other.
 *
 * libuv runs getaddrinfo in half of its threads (`bin/postpoint.js` says how many), and a name whose DNS server is
 * silent keeps one for many seconds. So a name is never looked up twice at the same time, and while the lookup of
 * a name that was found lately hangs in that queue, its last addresses serve. Addresses are still checked by the
 * caller each time, and TLS still proves who answers.
 */
export function createResolver(lookup: Lookup = lookupAll, clock: Clock = systemClock): Lookup {
  const pending = new Map<string, Promise<readonly LookupAddress[]>>();
  const found = new Map<string, { addresses: readonly LookupAddress[]; atMs: number }>();

  function fresh(host: string): Promise<readonly LookupAddress[]> {
    const running = pending.get(host);
    if (running) return running;
    const started = lookup(host)
      .then((addresses) => {
        found.set(host, { addresses, atMs: clock.monotonicMs() });
        return addresses;
      })
      .finally(() => pending.delete(host));
    pending.set(host, started);
    return started;
  }

  return async (host) => {
    const current = fresh(host);
    const last = found.get(host);
    if (last === undefined || clock.monotonicMs() - last.atMs > MAX_STALE_MS) return current;
    const done = new AbortController();
    // A lookup that fails in time is the truth; one that fails later has nobody listening.
    current.catch(() => {});
    const slow = clock.wait(SLOW_LOOKUP_MS, done.signal).then(() => last.addresses);
    try {
      return await Promise.race([current, slow]);
    } finally {
      done.abort();
    }
  };
}
