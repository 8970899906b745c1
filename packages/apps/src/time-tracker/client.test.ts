import { expect, test } from 'vitest';
import { openWorld } from './client/upload-world.suite.ts';
import { importTasks } from './client.ts';
import { NOW, task } from './timer-server.suite.ts';

test('a native client takes over what two timers kept, and no time is lost', async () => {
  const world = await openWorld();
  const [a, b] = [await world.native(), await world.native()];
  const { updatedAt: _, version: __, ...old } = task('r', { intervals: [{ start: 1, end: 3 }] });
  expect(await importTasks(a.client, [old, { id: 'bad' }], NOW)).toMatchObject({ taken: 1, refused: [{ place: 1 }] });
  expect(await importTasks(a.client, [old], NOW)).toMatchObject({ taken: 0, refused: [] });
  const other = task('r', { intervals: [{ start: 2, end: 9 }], version: 5 });
  expect(await importTasks(b.client, [other], NOW)).toMatchObject({ taken: 1 });
  for (const { client } of [a, b, a]) await client.sync();
  for (const { client } of [a, b]) {
    expect(client.collection('tasks').list()).toMatchObject([{ id: 'r', intervals: [{ start: 1, end: 9 }] }]);
  }
});
