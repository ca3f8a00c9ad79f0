import type { Arrival, DriverLedger, Ledgers } from './ledgers.ts';

/**
 * Holds three ledgers against each other: what clients were promised, what receivers saw, what the log says.
 *
 * @returns one sentence for each broken promise; empty when all is well.
 */
export function brokenPromises(ledgers: Ledgers): string[] {
  return [
    ...lostMessages(ledgers),
    ...unexplainedCopies(ledgers),
    ...unloggedSends(ledgers),
    ...windowsOverLimit(ledgers),
    ...outOfOrder(ledgers),
    ...gapsInTheLog(ledgers),
    ...keysWithSeveralMessages(ledgers),
    ...leakedSecrets(ledgers),
  ];
}

/** How often a receiver has a message more than once, and how many attempts ended `unknown`. */
export function countCopies({ arrivals, log }: Ledgers): {
  readonly copies: number;
  readonly unknown: number;
} {
  const taken = arrivals.filter((arrival) => arrival.taken);
  const unknown = log.flatMap(({ deliveries }) =>
    deliveries.flatMap(({ attempts }) => attempts.filter(({ outcome }) => outcome === 'unknown')),
  );
  return { copies: taken.length - new Set(taken.map(partOf)).size, unknown: unknown.length };
}

/** Every accepted message has one delivery per channel, and each came to an end; `delivered` means that the receiver took it. */
function lostMessages({ driver, arrivals, log, channels }: Ledgers): string[] {
  const entries = new Map(log.map((entry) => [entry.id, entry]));
  const taken = new Set(arrivals.filter((arrival) => arrival.taken).map(pairOf));
  return [...driver.accepted].flatMap(([id, { token }]) =>
    channels.flatMap(({ name }) => {
      const delivery = entries.get(id)?.deliveries.find(({ channel }) => channel === name);
      if (delivery === undefined) return [`lost: ${id} has no delivery to ${name}`];
      if (delivery.status !== 'delivered' && delivery.status !== 'failed')
        return [`lost: ${id} to ${name} is ${delivery.status}`];
      if (delivery.status === 'delivered' && !taken.has(pairOf({ channel: name, token }))) {
        return [`lost: ${id} is "delivered" to ${name}, which never took it`];
      }
      return [];
    }),
  );
}

/** A receiver takes a message twice only where an attempt's end was unknown, and the later attempt says so. */
function unexplainedCopies({ arrivals, log, driver, channels }: Ledgers): string[] {
  const holding = new Set(
    channels.filter(({ onUncertain }) => onUncertain === 'hold').map(({ name }) => name),
  );
  const takenParts = Map.groupBy(
    arrivals.filter(({ taken }) => taken),
    pairOf,
  );
  return log.flatMap((entry) => {
    const token = tokenOfEntry(driver, entry);
    return entry.deliveries.flatMap(({ channel, attempts }) => {
      const taken = takenParts.get(pairOf({ channel, token })) ?? [];
      const copies = taken.length - new Set(taken.map(partOf)).size;
      const unknown = attempts.filter(({ outcome }) => outcome === 'unknown').length;
      const flagged = attempts.filter(({ possibleDuplicate }) => possibleDuplicate).length;
      if (copies > 0 && holding.has(channel))
        return [
          `copies: ${channel} took ${entry.id} ${copies} times too often, and it holds what is uncertain`,
        ];
      if (copies > unknown)
        return [
          `copies: ${channel} took ${entry.id} ${copies} times too often, ${unknown} attempts were unknown`,
        ];
      if (copies > flagged)
        return [`copies: ${channel} took ${entry.id} ${copies} times too often, ${flagged} attempts say so`];
      return [];
    });
  });
}

/** Receivers never see a request without an attempt on record. */
function unloggedSends({ arrivals, log, driver }: Ledgers): string[] {
  const seen = Map.groupBy(arrivals, pairOf);
  const attemptsOf = new Map<string, number>();
  for (const entry of log) {
    const token = tokenOfEntry(driver, entry);
    for (const { channel, attempts } of entry.deliveries)
      attemptsOf.set(pairOf({ channel, token }), attempts.length);
  }
  return [...seen].flatMap(([pair, requests]) => {
    const attempts = attemptsOf.get(pair) ?? 0;
    return requests.length > attempts
      ? [`unlogged: ${requests.length} requests for ${pair}, ${attempts} attempts`]
      : [];
  });
}

/** No rolling window at the receiver holds more than its limit. */
export function windowsOverLimit({ arrivals, channels }: Pick<Ledgers, 'arrivals' | 'channels'>): string[] {
  const endpointOf = new Map(channels.map(({ name, endpoint }) => [name, endpoint]));
  return [...new Set(channels.map(({ endpoint }) => endpoint))].flatMap((endpoint) => {
    const limits = channels.find((channel) => channel.endpoint === endpoint);
    const times = arrivals
      .filter(({ channel }) => endpointOf.get(channel) === endpoint)
      .map(({ atMs }) => atMs);
    times.sort((a, b) => a - b);
    return [
      ...overLimit(endpoint, times, limits?.perMinute ?? 0, 60_000),
      ...overLimit(endpoint, times, limits?.perSecond ?? 0, 1_000),
    ];
  });
}

function overLimit(endpoint: string, times: readonly number[], limit: number, windowMs: number): string[] {
  if (limit === 0) return [];
  const index = times.findIndex(
    (atMs, first) => (times[first + limit] ?? Number.POSITIVE_INFINITY) - atMs < windowMs,
  );
  return index < 0
    ? []
    : [`limit: ${endpoint} saw more than ${limit} requests in ${windowMs} ms from ${times[index]} ms on`];
}

/** On an ordered channel the receiver takes messages in order of acceptance; what failed is left out. */
function outOfOrder({ arrivals, log, channels, driver }: Ledgers): string[] {
  return channels
    .filter(({ ordered }) => ordered)
    .flatMap(({ name }) => {
      const delivered = log.flatMap((entry) => {
        const delivery = entry.deliveries.find(({ channel }) => channel === name);
        const token = tokenOfEntry(driver, entry);
        return delivery?.status === 'delivered' ? [{ position: Number(delivery.id), token }] : [];
      });
      delivered.sort((a, b) => a.position - b.position);
      const firsts = [
        ...new Set(
          arrivals.filter(({ channel, taken }) => channel === name && taken).map(({ token }) => token),
        ),
      ];
      const ofDelivered = new Set(delivered.map(({ token }) => token));
      const seen = firsts.filter((token) => ofDelivered.has(token));
      const wrong = seen.findIndex((token, index) => token !== delivered[index]?.token);
      return wrong < 0
        ? []
        : [`order: ${name} took ${seen[wrong]} at place ${wrong}, accepted was ${delivered[wrong]?.token}`];
    });
}

/** Attempts are numbered from 1 without gaps, and each has its end on record. */
function gapsInTheLog({ log }: Ledgers): string[] {
  return log.flatMap(({ id, deliveries }) =>
    deliveries.flatMap(({ channel, attempts, attemptCount }) => {
      const gapFree =
        attempts.every(({ number }, index) => number === index + 1) && attempts.length === attemptCount;
      const ended = attempts.every(({ outcome }) => outcome !== null);
      return gapFree && ended ? [] : [`log: attempts of ${id} to ${channel} have a gap or no end`];
    }),
  );
}

/** One key, one message: every answer to it carries the same id, and the log has its text once. */
function keysWithSeveralMessages({ driver, log }: Ledgers): string[] {
  const several = [...driver.idsOfKey]
    .filter(([, ids]) => ids.size > 1)
    .map(([key]) => `key: ${key} got several ids`);
  const byKey = Map.groupBy(log, ({ requestId }) => requestId);
  const doubled = [...byKey].filter(([key, entries]) => key !== null && entries.length > 1);
  return [...several, ...doubled.map(([key, entries]) => `key: ${key} made ${entries.length} messages`)];
}

/** Secrets appear neither in what the service printed nor in the push log. */
function leakedSecrets({ secrets = [], output = '', log }: Ledgers): string[] {
  return secrets.flatMap((secret) => {
    if (output.includes(secret)) return [`secret: ${secret} is in the output`];
    // One by one: all of a long log is more than one string can hold.
    const isInLog = log.some((entry) => JSON.stringify(entry).includes(secret));
    return isInLog ? [`secret: ${secret} is in the push log`] : [];
  });
}

/** A message whose client never saw a 200 may be in the log too; its text begins with its token. */
function tokenOfEntry(
  { accepted }: DriverLedger,
  { id, text }: { readonly id: string; readonly text: string },
): string {
  return accepted.get(id)?.token ?? tokenOfText(text);
}

/** Every text that is sent in a fault program carries `m<number>m`. */
export function tokenOfText(text: string): string {
  return /m\d+m/.exec(text)?.[0] ?? 'no token';
}

function partOf(arrival: Arrival): string {
  return `${pairOf(arrival)} ${arrival.part}`;
}

function pairOf({ channel, token }: Pick<Arrival, 'channel' | 'token'>): string {
  return `${channel} ${token}`;
}
