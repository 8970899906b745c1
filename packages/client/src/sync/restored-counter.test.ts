import { expect, it } from 'vitest';
import { createWorld } from '../simulation/world.suite.ts';

it('a pending counter edit of the old epoch is concurrent with what the restored server has', async () => {
  const world = createWorld();
  const one = await world.open({ debounceMs: 0 });
  const two = await world.open({ debounceMs: 0 });
  const settled = () => world.until(() => [one, two].every((c) => c.status().state === 'synced' && c.status().pending === 0));
  await settled();
  await world.during(one.collection('notes').put({ title: 'c', likes: 0 }, 'c'));
  await settled();
  await world.during(two.sync());
  const restore = world.backup();
  await world.during(two.collection('notes').patch('c', { likes: 1 }));
  await settled();
  await world.during(one.sync());
  one.setOnline(false);
  await world.during(one.collection('notes').patch('c', { likes: 2 }));
  await restore();
  one.setOnline(true);
  await settled();
  for (const c of [two, one, two]) await world.during(c.sync());
  await settled();
  expect(one.collection('notes').get('c')?.likes).toBe(2);
});
