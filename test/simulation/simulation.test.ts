import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brokenPromises } from '../../faults/check/invariants.ts';
import type { Arrival, Ledgers } from '../../faults/check/ledgers.ts';
import { simulate } from '../../faults/simulation/simulate.ts';

const seed = Number(process.env.POSTPOINT_SEED ?? 20261123);

test(`a day of traffic with faults breaks no promise (POSTPOINT_SEED=${seed})`, async () => {
  const ledgers = await simulate({ seed, hours: 24 });
  assert.deepEqual(brokenPromises(ledgers), []);

  // A day on which nothing went wrong would prove nothing.
  const { driver, arrivals, log, faults } = ledgers;
  const attempts = log.flatMap(({ deliveries }) => deliveries.flatMap((delivery) => delivery.attempts));
  assert.ok(driver.accepted.size > 500, `${driver.accepted.size} messages`);
  assert.ok(arrivals.length > driver.accepted.size * 5, `${arrivals.length} arrivals`);
  assert.ok(faults.crashes >= 5, `${faults.crashes} crashes`);
  assert.ok(faults.storeFaults >= 10, `${faults.storeFaults} store faults`);
  assert.ok(faults.lostAnswers >= 5, `${faults.lostAnswers} lost answers`);
  for (const kind of ['ok', 'transient', 'unknown']) {
    assert.ok(
      attempts.some(({ outcome }) => outcome === kind),
      `an attempt that ended ${kind}`,
    );
  }
});

test('the same seed gives the same hour', async () => {
  const [first, second] = [await simulate({ seed, hours: 1 }), await simulate({ seed, hours: 1 })];
  assert.deepEqual(second.arrivals, first.arrivals);
  assert.deepEqual(second.log, first.log);
});

// The checker itself must be able to fail: each case plants one broken promise in an hour that was fine.
const arrivalOf = ({ arrivals }: Ledgers, channel: string): Arrival => {
  const arrival = arrivals.find((candidate) => candidate.channel === channel && candidate.taken);
  assert.ok(arrival);
  return arrival;
};
const planted: { name: string; finds: RegExp; plant: (ledgers: Ledgers) => Ledgers }[] = [
  {
    name: 'a lost message',
    finds: /^lost: .* has no delivery/,
    plant: (ledgers) => ({ ...ledgers, log: ledgers.log.slice(1) }),
  },
  {
    name: 'a delivery that nobody received',
    finds: /^lost: .* never took it/,
    plant: (ledgers) => ({
      ...ledgers,
      arrivals: ledgers.arrivals.filter(({ channel }) => channel !== 'feishu'),
    }),
  },
  {
    name: 'an unexplained copy',
    finds: /^copies: /,
    plant: (ledgers) => {
      const copy = arrivalOf(ledgers, 'hook-a');
      return { ...ledgers, arrivals: [...ledgers.arrivals, copy, copy, copy, copy] };
    },
  },
  {
    name: 'a send that is in no log',
    finds: /^unlogged: /,
    plant: (ledgers) => ({
      ...ledgers,
      arrivals: [
        ...ledgers.arrivals,
        { channel: 'feishu', token: 'm999999m', part: 0, atMs: 0, taken: false },
      ],
    }),
  },
  {
    name: 'one request too many in a window',
    finds: /^limit: wecom saw more than 1 requests in 1000 ms/,
    plant: (ledgers) => {
      const arrival = arrivalOf(ledgers, 'wecom');
      return {
        ...ledgers,
        arrivals: [...ledgers.arrivals, { ...arrival, taken: false, atMs: arrival.atMs + 999 }],
      };
    },
  },
  {
    name: 'two messages in the wrong order',
    finds: /^order: wecom/,
    plant: (ledgers) => ({ ...ledgers, arrivals: ledgers.arrivals.toReversed() }),
  },
  {
    name: 'an attempt without an end',
    finds: /^log: /,
    plant: (ledgers) => ({
      ...ledgers,
      log: ledgers.log.map((entry) => ({
        ...entry,
        deliveries: entry.deliveries.map((delivery) => ({
          ...delivery,
          attempts: delivery.attempts.slice(1),
        })),
      })),
    }),
  },
  {
    name: 'a key with two messages',
    finds: /^key: /,
    plant: (ledgers) => ({ ...ledgers, log: [...ledgers.log, ...ledgers.log.slice(0, 1)] }),
  },
  {
    name: 'a secret on the console',
    finds: /^secret: .* output/,
    plant: (ledgers) => ({ ...ledgers, output: 'POST /?key=k3y-canary', secrets: ['k3y-canary'] }),
  },
  {
    name: 'a secret in the push log',
    finds: /^secret: .* log/,
    plant: (ledgers) => ({ ...ledgers, secrets: [arrivalOf(ledgers, 'hook-a').token] }),
  },
];
test('the checker finds every kind of broken promise', async (t) => {
  const fine = await simulate({ seed: 1, hours: 1 });
  assert.deepEqual(brokenPromises(fine), []);
  for (const { name, finds, plant } of planted) {
    await t.test(name, () => {
      const found = brokenPromises(plant(fine));
      assert.ok(
        found.some((sentence) => finds.test(sentence)),
        `found only ${JSON.stringify(found.slice(0, 3))}`,
      );
    });
  }
});
