import { expect, test } from 'vitest';
import { useTwoPanes } from './two-panes.ts';

const panes = useTwoPanes();

test('what one pane does shows in the other', async () => {
  const { left, right, page } = panes();
  await left.add('Write the report');
  await right.start('Write the report');
  await left.pause('Write the report');
  await left.edit('Write the report', { tags: ['work'] });
  await right.task('Write the report').getByText('work').waitFor();
  await right.choose('Write the report', 'Archive');
  await left.task('Write the report').waitFor({ state: 'detached' });
  await left.frame.getByText('Archived', { exact: true }).click();
  await left.choose('Write the report', 'Delete');
  await right.frame.getByText('Archived', { exact: true }).click();
  await right.frame.getByText('Nothing is archived').waitFor();
  await left.frame.getByRole('button', { name: 'Undo' }).click();
  await right.task('Write the report').getByText('work').waitFor();
  await expect.poll(() => page.getByRole('log').textContent()).toMatch(/left pushed|right pushed/i);
});

test('a running timer ticks in both panes', async () => {
  const { left, right } = panes();
  await left.add('Read');
  await left.start('Read');
  for (const pane of [left, right]) await pane.frame.getByRole('timer').filter({ hasText: '00:00:02' }).waitFor();
});

test('cut one off, edit in both, join: nothing is lost, and the conflict is settled in both', async () => {
  const { left, right } = panes();
  await left.add('Write the report');
  await right.task('Write the report').waitFor();
  await right.setOffline(true);
  await right.waitForStatus('Offline');

  await left.edit('Write the report', { title: 'Write the annual report', tags: ['work'] });
  await right.edit('Write the report', { title: 'Write the report for Ada', tags: ['ada'] });
  await right.start('Write the report for Ada');
  await right.add('Only here so far');
  await right.frame.getByText('3 changes in the outbox').waitFor();
  expect(await left.task('Only here so far').count()).toBe(0);

  await right.setOffline(false);
  for (const pane of [left, right]) {
    await pane.waitForStatus('Synced');
    await pane.task('Only here so far').waitFor();
    const task = pane.task('Write the report for Ada');
    await task.getByText('work').waitFor();
    await task.getByText('ada', { exact: true }).waitFor();
    await task.getByRole('button', { name: 'Pause Write the report for Ada' }).waitFor();
  }

  await left.openConflicts();
  const conflict = left.frame.getByRole('article', { name: 'Title of Write the report for Ada' });
  const sides = await conflict.locator('dl > div').allTextContents();
  expect(sides[0]).toMatch(/^Mine written here.*Write the annual report$/);
  expect(sides[1]).toMatch(/^Theirs written elsewhere.*stands.*Write the report for Ada$/);
  expect(sides[2]).toMatch(/^Base before both.*Write the report$/);
  expect(await conflict.textContent()).toMatch(/The edit with the later time stands\.\s*newest/);
  await right.openConflicts();
  await conflict.getByRole('button', { name: 'Keep mine' }).click();
  await right.frame.getByText('No open conflicts').waitFor();
  for (const pane of [left, right]) {
    await pane.closeSheet();
    await pane.task('Write the annual report').waitFor();
    await pane.frame.getByRole('button', { name: 'Conflicts: 0' }).waitFor();
  }
});

test('a conflict can be settled with a third value', async () => {
  const { left, right } = panes();
  await left.add('Read');
  await right.task('Read').waitFor();
  await right.setOffline(true);
  await left.edit('Read', { title: 'Read A' });
  await right.edit('Read', { title: 'Read B' });
  await right.setOffline(false);
  await right.openConflicts();
  await right.frame.getByRole('button', { name: 'Edit…' }).click();
  await right.frame.getByLabel('Title as it should be').fill('Read A and B');
  await right.frame.getByRole('button', { name: 'Use this' }).click();
  await left.task('Read A and B').waitFor();
  await left.frame.getByRole('button', { name: 'Conflicts: 0' }).waitFor();
});

test('a delete against an edit is kept as a conflict, and the edit can be brought back', async () => {
  const { left, right } = panes();
  await left.add('Read');
  await right.task('Read').waitFor();
  await right.setOffline(true);
  await right.edit('Read', { title: 'Read on' });
  await left.choose('Read', 'Delete');
  await left.waitForStatus('Synced');
  await right.setOffline(false);
  await right.openConflicts();
  await right.frame.getByRole('button', { name: 'Keep mine' }).click();
  await left.task('Read on').waitFor();
});

test('the history tells what happened, and brings a state back', async () => {
  const { left, right } = panes();
  await left.add('Read');
  await right.edit('Read', { title: 'Read chapter four' });
  await left.task('Read chapter four').waitFor();
  await left.choose('Read chapter four', 'History');
  const history = left.frame.getByRole('dialog');
  await history.getByText('Renamed “Read” to “Read chapter four”').waitFor();
  await history.getByText('Created as “Read”').waitFor();
  expect(await history.textContent()).toMatch(/Elsewhere,[\s\S]*Here,/);
  await history.getByRole('button', { name: 'Restore this' }).click();
  await right.task('Read').waitFor();
});

test('an edit of a task that was deleted meanwhile says why it cannot be stored', async () => {
  const { left, right } = panes();
  await left.add('Read');
  await right.task('Read').waitFor();
  await left.choose('Read', 'Rename and tag');
  await left.frame.getByLabel('Title').fill('Read on');
  await right.choose('Read', 'Delete');
  await left.frame.getByText('No tasks yet').waitFor();
  await left.frame.getByRole('button', { name: 'Save' }).click();
  const notice = left.frame.getByRole('status', { name: 'What happened' });
  await expect.poll(() => notice.textContent()).toMatch(/\w/);
  await notice.getByRole('button', { name: 'Dismiss' }).click();
  expect(await left.frame.getByLabel('Title').inputValue()).toBe('Read on');
});
