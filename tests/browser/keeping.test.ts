import type { FrameLocator } from 'playwright-core';
import { expect, test } from 'vitest';
import { downloadFrom } from './chromium.ts';
import { useTwoPanes } from './two-panes.ts';

const panes = useTwoPanes();

const chooseFile = (frame: FrameLocator, tasks: unknown) =>
  frame
    .getByLabel('File of tasks')
    .first()
    .setInputFiles({ name: 'tasks.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(tasks)) });

const load = async (frame: FrameLocator, tasks: unknown) => {
  await chooseFile(frame, tasks);
  await frame.getByRole('button', { name: /^Load \d+ task/ }).click();
  await frame.getByText(/loaded\.$/).waitFor();
};

test('a reload keeps the tasks, the offline switch and the outbox, which then is sent', async () => {
  const { left, right, page } = panes();
  await left.add('Shared');
  await right.task('Shared').waitFor();
  await right.setOffline(true);
  await right.add('Written offline');
  await right.start('Shared');
  await right.frame.getByText('2 changes in the outbox').waitFor();
  await page.reload();
  await right.waitForStatus('Offline');
  await right.frame.getByText('2 changes in the outbox').waitFor();
  await right.task('Written offline').waitFor();
  await right.frame.getByRole('button', { name: 'Pause Shared' }).waitFor();
  await left.frame.getByRole('button', { name: 'Start Shared' }).waitFor();
  await right.setOffline(false);
  await left.task('Written offline').waitFor();
  await left.frame.getByRole('button', { name: 'Pause Shared' }).waitFor();
  await right.frame.getByText('Outbox empty').waitFor();
});

test('loads what a timer kept in localStorage, item by item', async () => {
  const { left, right } = panes();
  await chooseFile(left.frame, [
    { id: 'a', title: 'Read', intervals: [{ start: 0, end: 3_661_000 }], archived: false, tags: ['book'] },
    { id: 'b', title: '', intervals: [], archived: false, tags: [] },
    { id: 'c', title: 'Old', intervals: [], archived: true, tags: [] },
  ]);
  await left.frame.getByText('2 tasks can be loaded.').waitFor();
  expect(await left.frame.getByLabel('Cannot be loaded').textContent()).toMatch(
    /1 item cannot be loadedItem 2: title: .*VALIDATION_FAILED/,
  );
  expect(await left.task('Read').count()).toBe(0);
  await left.frame.getByRole('button', { name: 'Load 2 tasks' }).click();
  await right.task('Read').getByText('01:01:01').waitFor();
  await right.task('Read').getByText('book').waitFor();
  await chooseFile(right.frame, [{ id: 'a', title: 'Read' }]);
  await right.frame.getByText('1 task is here already').waitFor();
});

test('time that does not fit into one task is kept as a conflict', async () => {
  const { left, right } = panes();
  const big = (from: number) => [
    { id: 'big', title: 'Big', intervals: Array.from({ length: 5_000 }, (_, i) => ({ start: from + i * 10, end: from + i * 10 + 5 })) },
  ];
  await right.setOffline(true);
  await load(left.frame, big(0));
  await load(right.frame, big(1_000_000));
  await right.add('Not blocked');
  await left.waitForStatus('Synced');
  await right.setOffline(false);
  await left.task('Not blocked').waitFor();
  await left.openConflicts();
  const conflict = left.frame.getByRole('article', { name: 'Time of Big' });
  expect((await conflict.textContent())?.match(/00:00:25 in 5000 stretches/g)).toHaveLength(2);
});

test('what is only here can be saved to a file', async () => {
  const { left, page } = panes();
  await left.setOffline(true);
  await left.add('Only here');
  await left.frame.getByRole('button', { name: 'More for left' }).click();
  const saved = await downloadFrom(page, () => left.frame.getByRole('menuitem', { name: 'Save what is only here' }).click());
  expect(saved).toMatchObject({ outbox: [{ op: 'put', fields: { title: 'Only here' } }] });
});

test('the search finds titles and tags', async () => {
  const { left } = panes();
  await left.add('Read');
  await left.add('Write');
  await left.edit('Write', { tags: ['réport'] });
  await left.frame.getByLabel('Search tasks').fill('rep');
  await left.task('Read').waitFor({ state: 'detached' });
  await left.task('Write').waitFor();
});
