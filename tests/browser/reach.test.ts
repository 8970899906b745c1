import type { FrameLocator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { useTwoPanes } from './two-panes.ts';

const panes = useTwoPanes();

const TABS_MAX = 20;

/** Presses Tab until the control of this name has the focus, in whichever frame it is. */
const tabTo = async (page: Page, frame: FrameLocator, role: 'textbox' | 'button', name: string): Promise<void> => {
  const control = frame.getByRole(role, { name, exact: true });
  for (let presses = 0; presses < TABS_MAX; presses += 1) {
    await page.keyboard.press('Tab');
    if (await control.evaluate((element) => element.matches(':focus-visible'))) return;
  }
  throw new Error(`${TABS_MAX} times Tab did not reach ${name}`);
};

test('the keyboard alone adds a task and starts it', async () => {
  const { left, right, page } = panes();
  await tabTo(page, left.frame, 'textbox', 'New task');
  await page.keyboard.type('Read');
  await page.keyboard.press('Enter');
  await left.task('Read').waitFor();
  await tabTo(page, left.frame, 'button', 'Start Read');
  await page.keyboard.press('Enter');
  await right.frame.getByRole('button', { name: 'Pause Read' }).waitFor();
  await tabTo(page, left.frame, 'button', 'More for Read');
  await page.keyboard.press('Enter');
  await left.frame.getByRole('menuitem', { name: 'Rename and tag' }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await left.frame.getByRole('dialog', { name: 'Edit task' }).waitFor();
  await page.keyboard.type('!');
  await page.keyboard.press('Escape');
  await left.frame.getByRole('dialog').waitFor({ state: 'hidden' });
});

const CONTROLS =
  /^\s*- (button|textbox|combobox|switch|checkbox|radio|radiogroup|menuitem|link|dialog|timer|article|log)(?=[\s:[]|$)(?! ").*$/gm;

/** Controls without a name in the accessibility tree. */
const nameless = async (frame: FrameLocator): Promise<string[]> =>
  [...(await frame.locator('body').ariaSnapshot()).matchAll(CONTROLS)].map(([line]) => line.trim());

test('every control has a name', async () => {
  const { left, right, page } = panes();
  expect(await nameless(left.frame)).toEqual([]);
  await left.add('Read');
  await right.task('Read').waitFor();
  await right.setOffline(true);
  await left.edit('Read', { title: 'Read A', tags: ['book'] });
  await right.edit('Read', { title: 'Read B' });
  await right.setOffline(false);
  await right.openConflicts();
  expect(await nameless(right.frame)).toEqual([]);
  await right.closeSheet();
  await left.choose('Read B', 'History');
  await left.frame.getByText('Created as').waitFor();
  expect(await nameless(left.frame)).toEqual([]);
  await left.closeSheet();
  await left.choose('Read B', 'Rename and tag');
  expect(await nameless(left.frame)).toEqual([]);
  const outside = [...(await page.locator('body').ariaSnapshot()).matchAll(CONTROLS)].map(([line]) => line.trim());
  expect(outside).toEqual([]);
});

test('the colours follow the switch in both panes, and stay', async () => {
  const { left, right, page } = panes();
  await page.getByTitle('Dark').click();
  const scheme = (frame: FrameLocator) => frame.locator(':root').getAttribute('data-mantine-color-scheme');
  for (const pane of [left, right]) await expect.poll(() => scheme(pane.frame)).toBe('dark');
  await page.reload();
  await left.waitForStatus('Synced');
  expect(await page.locator(':root').getAttribute('data-mantine-color-scheme')).toBe('dark');
  expect(await scheme(left.frame)).toBe('dark');
});
