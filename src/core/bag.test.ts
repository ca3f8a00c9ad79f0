import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBag } from './bag.ts';

// Goal: it holds what was added and not removed, whatever the order. Method: random steps beside a Set.

test('a bag holds what a set would', () => {
  const bag = createBag<number>();
  const set = new Set<number>();
  const removals: { item: number; remove: () => void }[] = [];
  let seed = 7;
  const random = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed / 2 ** 31;
  };
  for (let step = 0; step < 2_000; step++) {
    const known = removals[Math.floor(random() * removals.length)];
    if (known !== undefined && random() < 0.5) {
      known.remove();
      set.delete(known.item);
    } else {
      removals.push({ item: step, remove: bag.add(step) });
      set.add(step);
    }
    assert.equal(bag.size, set.size);
    assert.deepEqual(
      [...bag.items()].sort((a, b) => a - b),
      [...set].sort((a, b) => a - b),
    );
  }
  assert.ok(set.size > 100, `${set.size}`);
});

test('what was removed twice took nothing else with it', () => {
  const bag = createBag<string>();
  const removeFirst = bag.add('a');
  bag.add('b');
  removeFirst();
  removeFirst();
  assert.deepEqual(bag.items(), ['b']);
});
